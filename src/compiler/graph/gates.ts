/** Why a call of a tool asks a person, in the order in which the rules are looked at. */
import { matchesGlob } from '../../util/glob.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { ApprovalRule, NeedsApproval, Program, ToolDefinition } from '../program.ts'

/** One rule about the calls of a tool, or of the tools of a server. */
export interface GraphGate {
  readonly decision: 'ask' | 'allow' | 'deny'
  /** `asks always`, `asks when args.amount > 100.0`, `rule 2 denies`. */
  readonly text: string
  /** Only calls of this agent. */
  readonly agent?: string
  /** It decides every call that it is about: nothing after it is looked at. */
  readonly final: boolean
}

/** What decides the calls of a tool; nothing when no call of it ever asks. */
export function toolGates(program: Program, tool: ToolDefinition): readonly GraphGate[] {
  const label = tool.type === 'hosted_mcp' ? tool.settings['server_label'] : undefined
  const matches = (pattern: string): boolean =>
    matchesGlob(pattern, tool.name) || (typeof label === 'string' && namesServer(pattern, label))
  return relevant([...ruleGates(program, matches), ...ownGates(tool)])
}

/** What decides the calls of the tools of an MCP server. */
export function serverGates(program: Program, server: string): readonly GraphGate[] {
  const written = program.mcp_servers[server]?.['require_approval']
  return relevant([
    ...ruleGates(program, (pattern) => namesServer(pattern, server)),
    ...(written === undefined ? [] : requireApprovalGates(written)),
  ])
}

/** Those of a node that are about the calls of one agent. */
export function gatesForAgent(gates: readonly GraphGate[], agent: string): readonly GraphGate[] {
  const own = gates.filter((gate) => gate.agent === undefined || gate.agent === agent)
  return relevant(own.map(({ agent: _, ...gate }) => gate))
}

/** With the agent it is limited to. */
export function gateText({ text, agent }: GraphGate): string {
  return agent === undefined ? text : `${text} (${agent})`
}

/** Up to the first that decides for everybody; a list that only allows says nothing. */
function relevant(gates: readonly GraphGate[]): readonly GraphGate[] {
  const end = gates.findIndex((gate) => gate.final && gate.agent === undefined)
  const looked = end < 0 ? gates : gates.slice(0, end + 1)
  return looked.some(({ decision }) => decision !== 'allow') ? looked : []
}

function ruleGates(program: Program, matches: (pattern: string) => boolean): readonly GraphGate[] {
  return program.approvals.rules.flatMap((rule, index) => {
    if (rule.tool !== undefined && !matches(rule.tool)) return []
    return [ruleGate(rule, index)]
  })
}

const VERBS = { ask: 'asks', allow: 'allows', deny: 'denies' } as const

function ruleGate({ agent, tool, when, decide }: ApprovalRule, index: number): GraphGate {
  // A pattern with a server may be about some of its tools only: it is said which.
  const part = tool?.includes('/') === true && !/^[^/]*\/\*+$/.test(tool) ? ` ${tool}` : ''
  return {
    decision: decide,
    text: `rule ${index + 1} ${VERBS[decide]}${part}${when === undefined ? '' : ` when ${when}`}`,
    ...(agent === undefined ? {} : { agent }),
    final: when === undefined && part === '',
  }
}

/** `files/*` and `*` are about the server `files`; `**` too. */
function namesServer(pattern: string, server: string): boolean {
  const slash = pattern.indexOf('/')
  return slash < 0 ? /^\*\*?$/.test(pattern) : matchesGlob(pattern.slice(0, slash), server)
}

function ownGates(tool: ToolDefinition): readonly GraphGate[] {
  const own = needsApprovalGate(tool.needs_approval)
  if (own !== null) return [own]
  if (!('settings' in tool)) return []
  const { needs_approval: byOperation, require_approval: hosted } = tool.settings
  if (tool.type === 'openapi' && isJsonObject(byOperation)) return byNameGates(byOperation)
  return tool.type === 'hosted_mcp' && hosted !== undefined ? requireApprovalGates(hosted) : []
}

function needsApprovalGate(written: NeedsApproval): GraphGate | null {
  if (written === false) return null
  if (written === true) return ask('always', true)
  return 'when' in written ? ask(`when ${written.when}`) : ask(`when ${written.handler} says so`)
}

function requireApprovalGates(written: Json): readonly GraphGate[] {
  if (written === true || written === 'always') return [ask('always', true)]
  if (!isJsonObject(written)) return []
  const map = Object.fromEntries(Object.entries(written).filter(([key]) => !key.startsWith('x-')))
  const { always, never, when, handler } = map
  if (isOnly(map, 'when') && typeof when === 'string' && when !== 'always' && when !== 'never') {
    return [ask(`when ${when}`)]
  }
  if (isOnly(map, 'handler') && typeof handler === 'string' && handler.includes('#')) {
    return [ask(`when ${handler} says so`)]
  }
  if (!isJsonObject(always) && !isJsonObject(never)) return byNameGates(map)
  const group = isJsonObject(always) ? groupText(always) : ''
  return group === '' ? [] : [ask(`for ${group}`)]
}

function isOnly(object: JsonObject, key: string): boolean {
  return Object.keys(object).length === 1 && Object.hasOwn(object, key)
}

/** The tools of `{ tool_names, read_only }`. */
function groupText({ tool_names: names, read_only: readOnly }: JsonObject): string {
  const listed = isJsonArray(names) ? names.filter((name) => typeof name === 'string') : []
  const others = typeof readOnly === 'boolean' ? [readOnly ? 'tools that only read' : 'tools that write'] : []
  return [...listed, ...others].join(', ')
}

/** A map by tool or operation. */
function byNameGates(map: JsonObject): readonly GraphGate[] {
  const always = Object.entries(map).filter(([, value]) => value === true || value === 'always')
  const gates = always.length === 0 ? [] : [ask(`for ${always.map(([name]) => name).join(', ')}`)]
  for (const [name, value] of Object.entries(map)) {
    if (!isJsonObject(value)) continue
    const { when, handler } = value
    if (typeof when === 'string') gates.push(ask(`for ${name} when ${when}`))
    else if (typeof handler === 'string') gates.push(ask(`for ${name} when ${handler} says so`))
  }
  return gates
}

function ask(why: string, final = false): GraphGate {
  return { decision: 'ask', text: `asks ${why}`, final }
}
