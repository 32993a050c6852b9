/** `tool_choice` names a tool that the agent has. */
import { valueAt } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import { suggest } from '../../util/suggest.ts'
import { handoffToolName } from '../lower/lower-agent.ts'
import { replaceText } from '../replace-text.ts'
import { usersOfModel } from './model-users.ts'
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
  for (const { path, users } of choicesOf(context)) {
    const name = valueAt(context.document.value, path)
    if (typeof name !== 'string' || apiNames.has(name) || name.includes('${') || users.length === 0) continue
    const known = users.map((agent) => callableNames(context, agent))
    if (known.some((names) => names === 'open' || names.includes(name))) continue
    const names = [...new Set(known.flatMap((one) => (one === 'open' ? [] : one)))]
    const suggestion = suggest(name, names)
    const agents = users.map((agent) => agent.name)
    const fix = replaceText(context.document.entryAt(path)?.node, suggestion)
    context.report('AS4020', { agents, name, suggestion, known: names }, { path }, { fix })
  }
}

interface Choice {
  readonly path: Path
  /** The agents that go by it: those that say nothing nearer. */
  readonly users: readonly Definition[]
}

/** An agent's settings win over the defaults, those over the settings of a model. */
function choicesOf(context: RuleContext): readonly Choice[] {
  const { document, scope } = context
  const agents = scope.definitions('agents')
  const silent = agents.filter(({ value }) => choiceIn(value['model_settings']) === undefined)
  const common: Path = ['defaults', 'model_settings', 'tool_choice']
  const modelUsers = (model: string): readonly Definition[] =>
    valueAt(document.value, common) === undefined
      ? usersOfModel(context, model).filter((user) => silent.some(({ name }) => name === user.name))
      : []
  return [
    ...agents
      .filter((agent) => !silent.includes(agent))
      .map((agent) => ({ path: [...agent.path, 'model_settings', 'tool_choice'], users: [agent] })),
    { path: common, users: silent },
    ...scope
      .definitions('models')
      .filter(({ value }) => choiceIn(value['settings']) !== undefined)
      .map(({ name, path }) => ({ path: [...path, 'settings', 'tool_choice'], users: modelUsers(name) })),
  ]
}

function choiceIn(settings: unknown): unknown {
  return isJsonObject(settings) ? settings['tool_choice'] : undefined
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
