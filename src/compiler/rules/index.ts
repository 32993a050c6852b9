/** The rules a spec is checked by. */
import { approvalRules } from './approval-rules.ts'
import { bypassedGates } from './bypassed-gates.ts'
import { entryAgent } from './entry-agent.ts'
import { expressions } from './expressions.ts'
import { fixedHosts } from './fixed-hosts.ts'
import { groupedApprovals } from './grouped-approvals.ts'
import { handoffConversations } from './handoff-conversations.ts'
import { guardrailPatterns } from './guardrail-patterns.ts'
import { hostedSettings } from './hosted-settings.ts'
import { inlineToolKeys } from './inline-tool-keys.ts'
import { interpolation } from './interpolation.ts'
import { jsonSchemas } from './json-schemas.ts'
import { keyDestinations } from './key-destinations.ts'
import { knownNames } from './known-names.ts'
import { literalSecrets } from './literal-secrets.ts'
import { lockedTools } from './locked-tools.ts'
import { modelVisibleNames } from './model-visible-names.ts'
import { noHandoffToSelf } from './no-handoff-to-self.ts'
import { reachableAgents } from './reachable-agents.ts'
import { responsesOnly } from './responses-only.ts'
import { sessionStore } from './session-store.ts'
import type { Rule } from './rule-context.ts'
import { scriptedHandoffs } from './scripted-handoffs.ts'
import { sideEffects } from './side-effects.ts'
import { stopAtToolNames } from './stop-at-tool-names.ts'
import { strictSchemas } from './strict-schemas.ts'
import { templates } from './templates.ts'
import { toolChoice } from './tool-choice.ts'
import { usedDefinitions } from './used-definitions.ts'

/** One rule, one file. The order is only that of the work: diagnostics are sorted afterwards. */
export const rules: readonly Rule[] = [
  knownNames,
  entryAgent,
  noHandoffToSelf,
  modelVisibleNames,
  inlineToolKeys,
  stopAtToolNames,
  toolChoice,
  scriptedHandoffs,
  handoffConversations,
  approvalRules,
  groupedApprovals,
  lockedTools,
  jsonSchemas,
  strictSchemas,
  expressions,
  guardrailPatterns,
  templates,
  fixedHosts,
  hostedSettings,
  responsesOnly,
  sessionStore,
  literalSecrets,
  keyDestinations,
  interpolation,
  bypassedGates,
  sideEffects,
  reachableAgents,
  usedDefinitions,
]
