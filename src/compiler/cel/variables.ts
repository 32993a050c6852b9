/** What expressions see. */
import type { JsonSchema } from '../program.ts'

/** The variables an expression may read, each with the schema of its value (`true`: any value). */
export type CelVariables = Readonly<Record<string, JsonSchema>>

/** What `enabled` sees besides `context`: there is no call yet. */
export const turnVariables: CelVariables = {
  agent: { type: 'string' },
  tool: { type: 'string' },
  session_id: { type: ['string', 'null'] },
}

/** What every expression about a tool call sees, besides `args` and `context`. */
export const callVariables: CelVariables = { ...turnVariables, call_id: { type: 'string' } }

/** What the expressions of guardrails see, besides `context`. What a guardrail does not look at is `null` (`tool`: empty). */
export const guardrailVariables: CelVariables = {
  agent: { type: 'string' },
  tool: { type: 'string' },
  input: true,
  output: true,
  args: true,
}
