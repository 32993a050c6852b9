/** Agents: what they are told, what they have, and where they hand over. */
import { isJsonObject } from '../../util/json.ts'
import type { AgentDefinition } from '../program.ts'
import { createChange, onlyIn, partOf } from './change.ts'
import type { Change, Node, Subject } from './change.ts'
import { isEqual } from './describe.ts'
import { diffHandoffs } from './diff-handoffs.ts'
import { diffKeys, sentenceOf } from './diff-keys.ts'
import type { Delta, KeyRule } from './diff-keys.ts'
import { isGatedServer, isGatedTool } from './gates.ts'
import { diffNames } from './name-lists.ts'
import type { Sides } from './sides.ts'

export function diffAgents(sides: Sides): readonly Change[] {
  const { a, b } = sides
  const added = Object.keys(b.agents).filter((name) => !Object.hasOwn(a.agents, name))
  return [
    ...Object.entries(a.agents).flatMap(([name, before]) => {
      const after = Object.hasOwn(b.agents, name) ? b.agents[name] : undefined
      return after === undefined
        ? [removedAgent(sides, name, added)]
        : diffAgent({ sides, name, before, after })
    }),
    ...added.map((name) =>
      createChange({ label: `agent ${name}`, b: ['agents', name], concerns: [] }, 'compatible', 'added'),
    ),
  ]
}

/** One agent that is in both, by its name in the newer spec. */
interface Pair {
  readonly sides: Sides
  readonly name: string
  readonly before: AgentDefinition
  readonly after: AgentDefinition
}

function diffAgent(pair: Pair): readonly Change[] {
  const { sides, name, before, after } = pair
  const subject: Subject = { ...subjectOf(sides, name), b: ['agents', name] }
  const changes = diffKeys(sides, subject, [before, after], (key) => ruleOf(pair, key))
  return [...diffName(pair, subject), ...changes]
}

function subjectOf(sides: Sides, name: string): Subject {
  const old = sides.oldAgent(name)
  return { label: `agent ${name}`, a: ['agents', old], concerns: [{ of: 'node', node: `agents/${old}` }] }
}

/** An approval is bound to the agent that asked for it by its name. */
function diffName({ sides, name, before }: Pair, subject: Subject): readonly Change[] {
  const old = sides.oldAgent(name)
  if (old === name) return []
  const isGated =
    before.tools.some((key) => isGatedTool(sides.a, key)) ||
    before.mcp_servers.some((server) => isGatedServer(sides.a, server))
  const renamed: Subject = {
    ...subject,
    concerns: [{ of: 'node', node: `agents/${old}`, calls: { agent: old } }],
  }
  const changeClass = isGated ? 'needs_reapproval' : 'behavioural'
  return [createChange(renamed, changeClass, `renamed from ${old} by a migration`, { isBinding: true })]
}

function removedAgent(sides: Sides, name: string, added: readonly string[]): Change {
  const subject = onlyIn(subjectOf(sides, name), 'a')
  const twin = added.find((other) => isEqual(sides.a.agents[name], sides.b.agents[other]))
  const hint = twin === undefined ? '' : `; ${twin} is the same, and a migration can say so (rename_agents)`
  return createChange(subject, 'breaking', `removed${hint}`)
}

function ruleOf(pair: Pair, key: string): KeyRule {
  switch (key) {
    case 'instructions':
      return changedInstructions
    case 'model':
      return changedModel
    case 'tools':
      return (delta) => changedTools(pair, delta)
    case 'mcp_servers':
      return (delta) => changedServers(pair, delta)
    case 'mcp_config':
      return (delta) => changedMcpConfig(pair, delta)
    case 'handoffs':
      return ({ sides, subject }) =>
        diffHandoffs(sides, subject, {
          agent: pair.name,
          before: pair.before.handoffs,
          after: pair.after.handoffs,
        })
    default:
      return 'behavioural'
  }
}

/** Where a text comes from does not matter, unless variables in it are resolved in one place and not in the other. */
function changedInstructions(delta: Delta): readonly Change[] {
  const [old, young] = [templateOf(delta.before), templateOf(delta.after)]
  const isSameText = old !== undefined && old === young && !old.includes('$')
  if (isSameText)
    return [createChange(delta.subject, 'cosmetic', 'instructions are the same text in another place')]
  const what = delta.modules.length > 0 ? sentenceOf(delta) : 'instructions changed'
  return [createChange(delta.subject, 'behavioural', what)]
}

function templateOf(instructions: unknown): string | undefined {
  const template = isJsonObject(instructions) ? instructions['template'] : undefined
  return typeof template === 'string' ? template : undefined
}

/** Another name for the same model changes nothing. */
function changedModel(delta: Delta): readonly Change[] {
  const { sides, subject, before, after } = delta
  const [old, young] = [sides.a.models[String(before)], sides.b.models[String(after)]]
  const isSame = old !== undefined && isEqual(old, young)
  return [createChange(subject, isSame ? 'cosmetic' : 'behavioural', sentenceOf(delta))]
}

/** A tool that is gone altogether is reported once, at the tool. */
function changedTools({ sides, before, after, name }: Pair, { subject }: Delta): readonly Change[] {
  const { a, b, older, toolKeys } = sides
  const kept = before.tools.map((key) => toolKeys.get(key))
  const { added, removed, isReordered } = diffNames(
    kept.map((key, index) => key ?? `gone ${index}`),
    after.tools,
  )
  const agent = sides.oldAgent(name)
  const changes = added.map(([index, key]) =>
    createChange(
      onlyIn(partOf(subject, index), 'b'),
      'behavioural',
      `now has tool ${b.tools[key]?.name ?? key}`,
    ),
  )
  for (const [index] of removed) {
    const key = before.tools[index] ?? ''
    if (!toolKeys.has(key)) continue
    const lost = withCalls(onlyIn(partOf(subject, index), 'a'), agent, { tool: key })
    const toolName = older.tools[key]?.name ?? a.tools[key]?.name ?? key
    const dropped = sides.migration.drops(toolName)
    changes.push(
      createChange(lost, dropped ? 'behavioural' : 'breaking', `no longer has tool ${toolName}`, {
        isBinding: true,
      }),
    )
  }
  if (isReordered) changes.push(createChange(subject, 'behavioural', 'tools are in another order'))
  return changes
}

function changedServers({ sides, before, after, name }: Pair, { subject }: Delta): readonly Change[] {
  const { added, removed, isReordered } = diffNames(before.mcp_servers, after.mcp_servers)
  const agent = sides.oldAgent(name)
  const changes = added.map(([index, server]) =>
    createChange(onlyIn(partOf(subject, index), 'b'), 'behavioural', `now has the tools of server ${server}`),
  )
  for (const [index, server] of removed) {
    if (!Object.hasOwn(sides.b.mcp_servers, server)) continue
    const lost = withCalls(onlyIn(partOf(subject, index), 'a'), agent, { server })
    const changeClass = sides.migration.dropsAll ? 'behavioural' : 'breaking'
    changes.push(
      createChange(lost, changeClass, `no longer has the tools of server ${server}`, { isBinding: true }),
    )
  }
  if (isReordered) changes.push(createChange(subject, 'behavioural', 'servers are in another order'))
  return changes
}

/** What the tools of servers are called, and how strict their schemas are, depends on the agent that has them. */
function changedMcpConfig(
  { sides, before, after, name }: Pair,
  { subject, ...delta }: Delta,
): readonly Change[] {
  const agent = sides.oldAgent(name)
  return diffKeys(sides, subject, [objectOf(delta.before), objectOf(delta.after)], (key) => (part) => {
    const about = (server: string): Subject => withCalls(part.subject, agent, { server })
    const shared = before.mcp_servers.filter((server) => after.mcp_servers.includes(server))
    if (key === 'include_server_in_tool_names') {
      return orPlain(
        part,
        shared.map((server) =>
          createChange(
            about(server),
            'breaking',
            `${sentenceOf(part)}: the tools of server ${server} are renamed`,
            { isBinding: true },
          ),
        ),
      )
    }
    if (key !== 'convert_schemas_to_strict')
      return [createChange(part.subject, 'behavioural', sentenceOf(part))]
    const changeClass = part.after === true ? 'breaking' : 'needs_reapproval'
    const gated = shared.filter((server) => isGatedServer(sides.a, server) || isGatedServer(sides.b, server))
    return orPlain(
      part,
      gated.map((server) =>
        createChange(
          about(server),
          changeClass,
          `${sentenceOf(part)}: the tools of server ${server} take other arguments`,
          { isBinding: true },
        ),
      ),
    )
  })
}

function orPlain(part: Delta, changes: readonly Change[]): readonly Change[] {
  return changes.length > 0 ? changes : [createChange(part.subject, 'behavioural', sentenceOf(part))]
}

function withCalls(
  subject: Subject,
  agent: string,
  calls: { readonly tool?: string; readonly server?: string },
): Subject {
  const node: Node = `agents/${agent}`
  return { ...subject, concerns: [{ of: 'node', node, calls: { agent, ...calls } }] }
}

function objectOf(value: unknown): object {
  return isJsonObject(value) ? value : {}
}
