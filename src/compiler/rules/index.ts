/** The rules a spec is checked by, in order. */
import { entryAgent } from './entry-agent.ts'
import { knownNames } from './known-names.ts'
import { noHandoffToSelf } from './no-handoff-to-self.ts'
import type { Rule } from './rule-context.ts'

/** One rule, one file. The order is only that of the work: diagnostics are sorted afterwards. */
export const rules: readonly Rule[] = [knownNames, entryAgent, noHandoffToSelf]
