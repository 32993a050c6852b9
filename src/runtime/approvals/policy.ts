/**
 * Which rule decides a call: `approvals.rules` (first match), then the tool's own rule, then the default. Fails closed:
 * unusable arguments, an expression error or a throwing handler ask a person. Exact and sticky decisions come before all
 * of this and are looked up by the runner.
 */
import type { ApprovalRule, Program, ToolDefinition } from '../../compiler/program.ts'
import { matchesGlob } from '../../util/glob.ts'
import type { JsonObject } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { toPointer } from '../../spec/path.ts'

export interface Gate {
  readonly decision: 'allow' | 'ask' | 'deny'
  /** Why, for people and for the journal. */
  readonly rule: {
    readonly kind: 'rule' | 'tool' | 'server' | 'default' | 'sticky' | 'user_config'
    /** Place in the spec, as a JSON pointer. */
    readonly pointer: string | null
    readonly reason: string
  }
  /** What the model is told on `deny`. */
  readonly message?: string
}

export interface GatedCall {
  readonly agent: string
  /** The key of the tool in the Program. */
  readonly key: string
  readonly tool: ToolDefinition
  /** What rules name: `server/tool` for a tool of a server. */
  readonly name: string
  /** `null`: unusable. */
  readonly arguments: JsonObject | null
  /** The user's own config says `approvals: ask`: no rule of the spec that allows counts. */
  readonly userAsks: boolean
}

/** How conditions and handlers are evaluated for one call. Both may throw; then a person is asked. */
export interface GateEvaluator {
  condition(expression: string): boolean | Promise<boolean>
  handler(reference: string): boolean | Promise<boolean>
}

export async function decideGate(program: Program, call: GatedCall, evaluate: GateEvaluator): Promise<Gate> {
  let outranked: Gate | null = null
  for (const [index, rule] of program.approvals.rules.entries()) {
    if (!namesCall(rule, call)) continue
    const gate = await ruleGate(rule, `/approvals/rules/${index}`, call, evaluate)
    if (gate === null) continue
    if (!call.userAsks || gate.decision !== 'allow') return overAllowed(gate, outranked)
    outranked ??= gate
  }
  return overAllowed(await toolGate(call, evaluate), outranked)
}

/** What asks only because the user's config outranks a rule that would allow says so. */
function overAllowed(gate: Gate, outranked: Gate | null): Gate {
  if (outranked === null || gate.decision !== 'ask') return gate
  const { pointer, reason } = gate.rule
  const without = pointer === null ? reason : `${reason} (${pointer})`
  return {
    ...gate,
    rule: {
      kind: 'user_config',
      pointer: null,
      reason: `the user's config says "approvals: ask", over ${outranked.rule.pointer} of the spec, which allows; without that rule: ${without}`,
    },
  }
}

/** Whether a rule is about this call, its condition left out. */
export function namesCall(rule: ApprovalRule, call: Pick<GatedCall, 'agent' | 'name'>): boolean {
  if (rule.agent !== undefined && rule.agent !== call.agent) return false
  return rule.tool === undefined || matchesGlob(rule.tool, call.name)
}

/** `null`: the rule's condition does not hold. */
async function ruleGate(
  rule: ApprovalRule,
  pointer: string,
  call: GatedCall,
  evaluate: GateEvaluator,
): Promise<Gate | null> {
  const because = (reason: string, decision: Gate['decision'] = rule.decide): Gate => ({
    decision,
    rule: { kind: 'rule', pointer, reason },
    ...(rule.message === undefined ? {} : { message: rule.message }),
  })
  if (rule.when === undefined) return because(`rule: ${rule.decide}`)
  const verdict = await evaluateClosed(call, rule.when, evaluate.condition)
  if (verdict.doubt !== null) return because(verdict.doubt, rule.decide === 'deny' ? 'deny' : 'ask')
  return verdict.value ? because(`rule: ${rule.decide} when ${rule.when}`) : null
}

async function toolGate(call: GatedCall, evaluate: GateEvaluator): Promise<Gate> {
  // The provider asks only about calls that its rules say ask.
  const rule = call.tool.type === 'hosted_mcp' || call.tool.needs_approval
  const [pointer, key, kind] = ruleOf(call)
  const because = (decision: Gate['decision'], reason: string): Gate => ({
    decision,
    rule: { kind, pointer, reason },
  })
  if (rule === false) {
    return {
      decision: 'allow',
      rule: { kind: 'default', pointer: null, reason: 'the tool needs no approval' },
    }
  }
  if (rule === true) return because('ask', call.tool.type === 'hosted_mcp' ? key : `${key}: true`)
  const [expression, evaluator] =
    'when' in rule ? [rule.when, evaluate.condition] : [rule.handler, evaluate.handler]
  const verdict = await evaluateClosed(call, expression, evaluator)
  if (verdict.doubt !== null) return because('ask', verdict.doubt)
  return verdict.value
    ? because('ask', `${key}: ${expression}`)
    : because('allow', `${key} is false: ${expression}`)
}

/** Where a tool's own rule is written, and what it is called there; the tools of an MCP server have that of their server. */
export function ruleOf({
  key,
  tool,
}: Pick<GatedCall, 'key' | 'tool'>): readonly [pointer: string, key: string, kind: 'tool' | 'server'] {
  if (tool.type === 'mcp')
    return [toPointer(['mcp_servers', tool.server, 'require_approval']), 'require_approval', 'server']
  const name = tool.type === 'hosted_mcp' ? 'require_approval' : 'needs_approval'
  return [toPointer(['tools', key, name]), name, 'tool']
}

/** The value of a condition, or the reason why it is in doubt. */
async function evaluateClosed(
  call: GatedCall,
  expression: string,
  evaluate: (expression: string) => boolean | Promise<boolean>,
): Promise<{ readonly value: boolean; readonly doubt: string | null }> {
  if (call.arguments === null) return { value: false, doubt: 'the arguments are not a usable JSON object' }
  try {
    return { value: await evaluate(expression), doubt: null }
  } catch (error) {
    const message = messageOf(error)
    return { value: false, doubt: `${expression} could not be evaluated: ${message}` }
  }
}
