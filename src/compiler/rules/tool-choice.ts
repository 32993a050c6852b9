/** `tool_choice` names a tool that the agent has. */
import { valueAt } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import { suggest } from '../../util/suggest.ts'
import { handoffToolName } from '../lower/lower-agent.ts'
import { replaceText } from '../replace-text.ts'
import { findModelUsers } from './model-users.ts'
import type { AgentGroup } from './model-users.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems } from './scope.ts'
import type { Definition } from './scope.ts'

/** Words of the API: what to do, and the tools of the provider by its own names for them. */
const apiNames: ReadonlySet<string> = new Set([
  'auto',
  'required',
  'none',
  'web_search',
  'web_search_preview',
  'file_search',
  'code_interpreter',
  'image_generation',
  'computer',
  'computer_use',
  'computer_use_preview',
  'mcp',
  'shell',
  'local_shell',
  'apply_patch',
  'programmatic_tool_calling',
])

/** A choice that several agents share is right when one of them has the tool. */
export function toolChoice(context: RuleContext): void {
  if (!context.complete) return
  const namesOf = namesByGroup(context)
  for (const { path, users } of choicesOf(context)) {
    const name = valueAt(context.document.value, path)
    if (typeof name !== 'string' || apiNames.has(name) || name.includes('${')) continue
    const known = users.map(namesOf)
    if (known.length === 0 || known.some((names) => names === 'open' || names.has(name))) continue
    const names = [...new Set(known.flatMap((one) => (one === 'open' ? [] : [...one])))]
    const suggestion = suggest(name, names)
    const [only] = users.length === 1 && users[0]?.length === 1 ? users[0] : []
    const fix = replaceText(context.document.entryAt(path)?.node, suggestion)
    context.report('AS4020', { agent: only?.name, name, suggestion, known: names }, { path }, { fix })
  }
}

interface Choice {
  readonly path: Path
  /** The agents that go by it: those that say nothing nearer. */
  readonly users: readonly AgentGroup[]
}

/** An agent's settings win over the defaults, those over the settings of a model. */
function choicesOf(context: RuleContext): readonly Choice[] {
  const { document, scope } = context
  const agents = scope.definitions('agents')
  const common: Path = ['defaults', 'model_settings', 'tool_choice']
  const own = agents
    .filter((agent) => !isSilent(agent))
    .map((agent) => ({ path: [...agent.path, 'model_settings', 'tool_choice'], users: [[agent]] }))
  if (valueAt(document.value, common) !== undefined) {
    const silent = agents.filter(isSilent)
    return silent.length === 0 ? own : [...own, { path: common, users: [silent] }]
  }
  const usersOf = findModelUsers(context, isSilent)
  const ofModels = scope
    .definitions('models')
    .filter(({ value }) => choiceIn(value['settings']) !== undefined)
    .map(({ name, path }) => ({ path: [...path, 'settings', 'tool_choice'], users: usersOf(name) }))
  return [...own, ...ofModels]
}

function isSilent({ value }: Definition): boolean {
  return choiceIn(value['model_settings']) === undefined
}

function choiceIn(settings: unknown): unknown {
  return isJsonObject(settings) ? settings['tool_choice'] : undefined
}

type Names = ReadonlySet<string> | 'open'

/** What one of a group of agents can call, found once for each group. */
function namesByGroup(context: RuleContext): (group: AgentGroup) => Names {
  const found = new Map<AgentGroup, Names>()
  return (group) => {
    const known = found.get(group)
    if (known !== undefined) return known
    const all = group.map((agent) => callableNames(context, agent))
    const names = all.includes('open') ? 'open' : new Set(all.flat())
    found.set(group, names)
    return names
  }
}

/**
 * What the model can call: tools and handoffs. `open` when not all of it can be known from the spec: what an MCP server
 * offers, the operations of a document, and a tool that is misspelt, which is reported where it is named.
 */
function callableNames({ scope }: RuleContext, agent: Definition): readonly string[] | 'open' {
  const tools = scope.toolsOf(agent)
  const isOpen =
    listItems(agent.value['mcp_servers']).length > 0 ||
    tools.length < listItems(agent.value['tools']).length ||
    tools.some(({ value }) => value['type'] === 'openapi')
  if (isOpen) return 'open'
  const handoffs = listItems(agent.value['handoffs']).flatMap(([, handoff]) => {
    const target = isJsonObject(handoff) ? handoff['agent'] : handoff
    const given = isJsonObject(handoff) ? handoff['tool_name'] : undefined
    if (typeof given === 'string') return [given]
    return typeof target === 'string' ? [handoffToolName(target)] : []
  })
  return [...tools.map((tool) => tool.visibleName), ...handoffs]
}
