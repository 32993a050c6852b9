/** The parts of a spec that are not named definitions: context, approvals, session, run, tracing, guardrails, migrations. */
import type {
  ApprovalsSpec,
  ContextSpec,
  ErrorAnswerSpec,
  GuardrailSpec,
  MigrationSpec,
  RunSpec,
  SessionSpec,
  TracingSpec,
} from '../../spec/spec-types.generated.ts'
import { compact, mapValues } from '../../util/compact.ts'
import { assertNever } from '../../util/invariant.ts'
import type { JsonObject } from '../../util/json.ts'
import type {
  ApprovalsDefinition,
  NotifyDefinition,
  ContextDefinition,
  ErrorAnswer,
  OnErrorDefinition,
  RunDefinition,
  SessionDefinition,
} from '../program.ts'
import type { GuardrailDefinition } from '../program-guardrails.ts'
import { optionalMilliseconds, toHandler, toSchema, withoutExtensions } from './common.ts'

/** The context a run carries. */
export function lowerContext(context: ContextSpec): ContextDefinition {
  return compact({
    schema: context.schema === undefined ? undefined : toSchema(context.schema),
    default: context.default ?? {},
  })
}

/** Who decides about calls. */
export function lowerApprovals(approvals: ApprovalsSpec): ApprovalsDefinition {
  const { rejection_message: rejection } = approvals
  return compact({
    rules: (approvals.rules ?? []).map(({ agent, tool, when, decide, message }) =>
      compact({ agent, tool, when, decide, message }),
    ),
    expires_after: optionalMilliseconds(approvals.expires_after),
    on_expired: approvals.on_expired ?? 'deny',
    unattended: approvals.unattended ?? 'pause',
    rejection_message: typeof rejection === 'object' ? toHandler(rejection) : rejection,
    pre_approval_guardrails: approvals.pre_approval_guardrails ?? false,
    notify: approvals.notify && lowerNotify(approvals.notify),
  })
}

function lowerNotify(notify: NonNullable<ApprovalsSpec['notify']>): NotifyDefinition | undefined {
  const { url, handler, allow_private_addresses: isPrivateAllowed = false } = notify
  if (url !== undefined) return { url, allow_private_addresses: isPrivateAllowed }
  return handler === undefined ? undefined : { handler }
}

/** Ten minutes, as in openai-agents. */
const DEFAULT_TTL = 600_000

/** Conversation memory. */
export function lowerSession(session: SessionSpec): SessionDefinition {
  const { store, encryption, compaction } = session
  return compact({
    store: typeof store === 'object' ? toHandler(store) : store,
    limit: session.limit,
    resume_agent: session.resume_agent ?? 'last',
    input_callback: session.input_callback && toHandler(session.input_callback),
    encryption: encryption && {
      key: encryption.key,
      ttl: optionalMilliseconds(encryption.ttl) ?? DEFAULT_TTL,
    },
    compaction: compaction && { mode: compaction.mode ?? 'auto', threshold: compaction.threshold ?? 10 },
  })
}

/** How a run goes. */
export function lowerRun(run: RunSpec): RunDefinition {
  const { budget, conversation } = run
  return compact({
    max_turns: run.max_turns === undefined ? 10 : run.max_turns,
    on_error: lowerOnError(run.on_error ?? {}),
    tool_not_found: run.tool_not_found ?? 'return_error',
    tool_name_collision: run.tool_name_collision ?? 'error',
    max_tool_concurrency: run.max_tool_concurrency,
    nest_handoff_history: run.nest_handoff_history ?? false,
    handoff_input_filter: run.handoff_input_filter && toHandler(run.handoff_input_filter),
    call_model_input_filter: run.call_model_input_filter && lowerFilter(run.call_model_input_filter),
    reasoning_item_id_policy: run.reasoning_item_id_policy ?? 'preserve',
    conversation:
      typeof conversation === 'object'
        ? { conversation_id: conversation.conversation_id }
        : (conversation ?? 'none'),
    input_guardrails: run.input_guardrails ?? [],
    output_guardrails: run.output_guardrails ?? [],
    budget:
      budget &&
      compact({
        tokens: budget.tokens,
        requests: budget.requests,
        tool_calls: budget.tool_calls,
        duration: optionalMilliseconds(budget.duration),
      }),
    max_tool_calls_per_turn: run.max_tool_calls_per_turn ?? 128,
  })
}

function lowerFilter(
  filter: NonNullable<RunSpec['call_model_input_filter']>,
): NonNullable<RunDefinition['call_model_input_filter']> {
  if (filter.handler !== undefined) return { handler: filter.handler }
  const { recent_turns, max_output_chars, preview_chars, trimmable_tools } = filter.trim_tool_outputs ?? {}
  return {
    trim_tool_outputs: compact({
      recent_turns: recent_turns ?? 2,
      max_output_chars: max_output_chars ?? 500,
      preview_chars: preview_chars ?? 200,
      trimmable_tools,
    }),
  }
}

function lowerOnError(answers: NonNullable<RunSpec['on_error']>): OnErrorDefinition {
  return compact({
    max_turns: lowerAnswer(answers.max_turns),
    model_refusal: lowerAnswer(answers.model_refusal),
    invalid_final_output: lowerAnswer(answers.invalid_final_output),
  })
}

/** A handler says itself what becomes part of the history. */
function lowerAnswer(answer: ErrorAnswerSpec | undefined): ErrorAnswer | undefined {
  if (answer === undefined) return undefined
  if (answer.handler !== undefined) return { handler: answer.handler }
  return { final_output: answer.final_output, include_in_history: answer.include_in_history ?? true }
}

/** Traces. */
export function lowerTracing(tracing: TracingSpec): JsonObject {
  return { enabled: true, include_sensitive_data: false, ...withoutExtensions(tracing) }
}

/** Guardrails by name. */
export function lowerGuardrails(
  guardrails: Readonly<Record<string, GuardrailSpec>>,
): Record<string, GuardrailDefinition> {
  return mapValues(guardrails, lowerGuardrail)
}

function lowerGuardrail(guardrail: GuardrailSpec): GuardrailDefinition {
  const common = compact({
    run_in_parallel: guardrail.run_in_parallel ?? true,
    behavior: guardrail.behavior ?? ('reject_content' as const),
    message: guardrail.message,
  })
  switch (guardrail.type) {
    case 'handler':
      return { type: guardrail.type, ...common, handler: guardrail.handler }
    case 'regex':
      return {
        type: guardrail.type,
        ...common,
        pattern: guardrail.pattern,
        block: guardrail.block ?? 'matches',
      }
    case 'cel':
      return { type: guardrail.type, ...common, when: guardrail.when }
    case 'agent':
      return { type: guardrail.type, ...common, agent: guardrail.agent, trip_when: guardrail.trip_when }
    default:
      return assertNever(guardrail)
  }
}

/** Steps from older versions, in their order. */
export function lowerMigrations(migrations: readonly MigrationSpec[]): readonly JsonObject[] {
  return migrations.map((migration) => withoutExtensions(migration))
}
