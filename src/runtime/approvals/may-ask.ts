/** Whether calls of a tool may ask a person, as far as the spec alone says. */
import type { Program } from '../../compiler/program.ts'
import { namesCall, ruleOf } from './policy.ts'
import type { GatedCall } from './policy.ts'

/** The first rule because of which a call may ask, or be refused. */
export interface StaticRule {
  readonly kind: 'rule' | 'tool' | 'server'
  /** Place in the spec, as a JSON pointer. */
  readonly pointer: string
  readonly reason: string
}

/** `null`: no call of this tool ever asks. Conditions may hold; a rule without one that allows ends the search. */
export function mayAsk(program: Program, call: Omit<GatedCall, 'arguments' | 'userAsks'>): StaticRule | null {
  const { tool } = call
  if (tool.type === 'hosted_mcp' && (tool.settings['require_approval'] ?? 'never') === 'never') return null
  for (const [index, rule] of program.approvals.rules.entries()) {
    if (!namesCall(rule, call)) continue
    if (rule.decide !== 'allow') {
      const reason =
        rule.when === undefined ? `rule: ${rule.decide}` : `rule: ${rule.decide} when ${rule.when}`
      return { kind: 'rule', pointer: `/approvals/rules/${index}`, reason }
    }
    if (rule.when === undefined) return null
  }
  const { needs_approval: own } = call.tool
  const [pointer, key, kind] = ruleOf(call)
  if (tool.type === 'hosted_mcp') return { kind, pointer, reason: key }
  if (own === false) return null
  const condition = own === true ? 'true' : 'when' in own ? own.when : own.handler
  return { kind, pointer, reason: `${key}: ${condition}` }
}
