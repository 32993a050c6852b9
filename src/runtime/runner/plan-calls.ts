/**
 * What to do with each call of a turn, decided together and journaled as one proposal: ask a person, answer without
 * running, or run the body. Decisions are consumed here, in the transaction of the step they allow.
 */
import type { FunctionToolDefinition } from '../../compiler/program.ts'
import { assertNever, InternalError, invariant } from '../../util/invariant.ts'
import type { JsonObject } from '../../util/json.ts'
import { decideGate } from '../approvals/policy.ts'
import type { Gate } from '../approvals/policy.ts'
import { RunFailure } from '../failures.ts'
import type { EventOf, NotRunReason } from '../state/events.ts'
import type { CallState, RequestState, RunState } from '../state/run-state.ts'
import { aboutCall, digestOf, viewCall } from './call-view.ts'
import type { CallView } from './call-view.ts'
import type { EventDraft } from './journal-writer.ts'
import type { RunContext } from './run-context.ts'
import { argumentFailureText } from './tool-failure.ts'
import { outputOf } from './tool-output.ts'

/** A body to run. Its `tool.started` is part of the plan it came with. */
export interface PlannedBody {
  readonly call: CallState
  readonly key: string
  readonly tool: FunctionToolDefinition
  readonly arguments: JsonObject
  readonly decision: number | null
}

export interface CallPlan {
  /** `approval.requested` and `tool.completed` of calls whose body does not run. */
  readonly drafts: readonly EventDraft[]
  readonly bodies: readonly PlannedBody[]
  /** The run fails once the drafts have landed. */
  readonly failure: RunFailure | null
}

type CallStep =
  | { readonly type: 'draft'; readonly draft: EventDraft; readonly failure?: RunFailure }
  | { readonly type: 'body'; readonly body: PlannedBody }

export async function planCalls(run: RunContext, calls: readonly CallState[]): Promise<CallPlan> {
  const steps = await Promise.all(calls.map((call) => planCall(run, call)))
  return {
    drafts: steps.flatMap((step) => (step.type === 'draft' ? [step.draft] : [])),
    bodies: steps.flatMap((step) => (step.type === 'body' ? [step.body] : [])),
    failure: steps.flatMap((step) => (step.type === 'draft' && step.failure ? [step.failure] : []))[0] ?? null,
  }
}

async function planCall(run: RunContext, call: CallState): Promise<CallStep> {
  const view = viewCall(run.spec.program, call)
  if (view === null) return unknownTool(call)
  switch (call.status) {
    case 'open':
      return planOpen(run, view)
    case 'pending':
      return planPending(run, view)
    case 'decided':
      return planDecided(run, view)
    case 'started':
      return planInDoubt(run, view)
    case 'completed':
      throw new InternalError('a completed call needs nothing more')
    default:
      return assertNever(call.status)
  }
}

async function planOpen(run: RunContext, view: CallView): Promise<CallStep> {
  const sticky = run.writer.state.sticky.get(view.identity)
  if (sticky?.decision === 'approve') return begin(run, view, null, view.arguments)
  if (sticky?.decision === 'reject') {
    return notRun(view, 'rejected', sticky.message ?? rejectionText(run), sticky.seq)
  }
  const gate = await gateOf(run, view)
  if (gate.decision === 'deny') return notRun(view, 'rejected', gate.message ?? rejectionText(run), null)
  if (gate.decision === 'ask') return ask(run, view, gate.rule)
  return begin(run, view, null, view.arguments)
}

/** Which rule decides this call. */
export function gateOf(run: Pick<RunContext, 'spec' | 'writer'>, view: CallView): Promise<Gate> {
  const { spec, writer } = run
  const { context, session } = writer.state
  const names = {
    agent: view.call.agent,
    tool: view.tool.name,
    call_id: view.call.call_id,
    session_id: session?.id ?? null,
  }
  const args = view.arguments ?? {}
  return decideGate(
    spec.program,
    { agent: view.call.agent, key: view.key, tool: view.tool, arguments: view.arguments },
    {
      condition: (expression) => spec.condition(expression, view.key, args, context, names),
      handler: async (reference) => {
        const handler = await spec.handler(reference)
        const verdict = await handler(structuredClone(args), {
          run_id: writer.state.run_id,
          call_id: names.call_id,
          agent: names.agent,
          tool: names.tool,
          context: structuredClone(context),
        })
        if (typeof verdict !== 'boolean') throw new TypeError(`it returned ${typeof verdict}, not true or false`)
        return verdict
      },
    },
  )
}

/** A pending call that has work: its request expired, or no longer says what would run. */
function planPending(run: RunContext, view: CallView): CallStep {
  const request = requestOf(run.writer.state, view.call)
  const changed = digestOf(view, request.kind) !== request.interruption.digest
  if (changed || request.kind === 'in_doubt' || run.spec.program.approvals.on_expired === 'ask') {
    return ask(run, view, request.rule, request.kind === 'in_doubt')
  }
  const text = `The request for approval expired without an answer. ${rejectionText(run)}`
  return notRun(view, 'expired', text, null)
}

async function planDecided(run: RunContext, view: CallView): Promise<CallStep> {
  const request = requestOf(run.writer.state, view.call)
  const decision = request.decision
  invariant(decision !== null, 'a decided call has a decision')
  const inDoubt = request.kind === 'in_doubt'
  if (digestOf(view, request.kind) !== decision.digest) return ask(run, view, request.rule, inDoubt)
  if (decision.decision === 'reject') return rejected(run, view, decision, inDoubt)
  if (decision.result !== undefined) return completed(view, decision)
  return begin(run, view, decision.seq, decision.arguments ?? view.arguments)
}

function rejected(run: RunContext, view: CallView, decision: EventOf<'approval.decided'>, inDoubt: boolean): CallStep {
  const fallback = inDoubt ? OUTCOME_UNKNOWN : rejectionText(run)
  const reason = inDoubt ? 'unknown_outcome' : 'rejected'
  return notRun(view, reason, decision.message ?? fallback, decision.seq)
}

const OUTCOME_UNKNOWN =
  'The tool was started, but whether it finished is unknown. It was not run again. Check before relying on it.'

/** A person says that a call in doubt did happen, with this result. */
function completed(view: CallView, decision: EventOf<'approval.decided'>): CallStep {
  const draft: EventDraft = {
    type: 'tool.completed',
    ...aboutCall(view),
    arguments: view.shown,
    decision: decision.seq,
    output: outputOf(decision.result),
    is_error: false,
    duration_ms: 0,
  }
  return { type: 'draft', draft }
}

/** A call that started and has no result: its body may have run. */
async function planInDoubt(run: RunContext, view: CallView): Promise<CallStep> {
  const rule = view.call.must_ask ? 'ask' : view.tool.on_unknown
  switch (rule) {
    case 'retry':
      return begin(run, view, view.call.consumed, view.arguments)
    case 'fail': {
      const failure = new RunFailure({
        code: 'tool_outcome_unknown',
        message: `Tool ${view.tool.name} was started, but whether it finished is unknown`,
        agent: view.call.agent,
        tool: view.tool.name,
        call_id: view.call.call_id,
      })
      return { ...notRun(view, 'unknown_outcome', OUTCOME_UNKNOWN, null), failure }
    }
    case 'ask':
      return ask(run, view, { kind: 'in_doubt', reason: 'the call was started and has no result' }, true)
    default:
      return assertNever(rule)
  }
}

/** Runs the body, unless the arguments do not allow it: then the model is told what is wrong with them. */
async function begin(
  run: RunContext,
  view: CallView,
  decision: number | null,
  args: JsonObject | null,
): Promise<CallStep> {
  invariant(view.tool.type === 'function', 'the runtime of other tools is refused before a run starts')
  const problem = args === null ? view.problem : await schemaProblem(run, view.tool, args)
  if (problem === null && args !== null) {
    return { type: 'body', body: { call: view.call, key: view.key, tool: view.tool, arguments: args, decision } }
  }
  const message = problem ?? 'the arguments are not usable'
  const step = notRun(view, 'invalid_arguments', argumentFailureText(message), decision)
  if (view.tool.failure_error_function.kind !== 'raise') return step
  const failure = new RunFailure({
    code: 'model_behavior_error',
    message: `The arguments of ${view.tool.name} are not usable: ${message}`,
    agent: view.call.agent,
    tool: view.tool.name,
    call_id: view.call.call_id,
  })
  return { ...step, failure }
}

async function schemaProblem(
  run: RunContext,
  tool: FunctionToolDefinition,
  args: JsonObject,
): Promise<string | null> {
  const issues = await run.spec.validate(tool.parameters, args)
  return issues.length === 0 ? null : issues.map((issue) => issue.message).join('; ')
}

function ask(run: RunContext, view: CallView, rule: JsonObject, inDoubt = false): CallStep {
  const kind = inDoubt ? 'in_doubt' : view.kind
  const { expires_after: expiresAfter } = run.spec.program.approvals
  const draft: EventDraft = {
    type: 'approval.requested',
    path: view.path,
    call_id: view.call.call_id,
    turn: view.call.turn,
    kind,
    agent: view.call.agent,
    tool: view.tool.name,
    server: null,
    arguments: view.shown,
    digest: digestOf(view, kind),
    tool_identity: view.identity,
    expires_at:
      expiresAfter === undefined ? null : new Date(run.clock.now().getTime() + expiresAfter).toISOString(),
    rule: { ...rule },
  }
  return { type: 'draft', draft }
}

function notRun(view: CallView, reason: NotRunReason, output: string, decision: number | null): CallStep & { type: 'draft' } {
  const draft: EventDraft = {
    type: 'tool.completed',
    ...aboutCall(view),
    arguments: view.shown,
    decision,
    output,
    is_error: true,
    duration_ms: 0,
    reason,
  }
  return { type: 'draft', draft }
}

function unknownTool(call: CallState): CallStep {
  const draft: EventDraft = {
    type: 'tool.completed',
    call_id: call.call_id,
    turn: call.turn,
    agent: call.agent,
    tool: call.name,
    kind: 'function',
    server: null,
    arguments: call.arguments_text,
    decision: null,
    output: `Tool '${call.name}' not found.`,
    is_error: true,
    duration_ms: 0,
    reason: 'not_found',
  }
  return { type: 'draft', draft }
}

function requestOf(state: RunState, call: CallState): RequestState {
  const request = call.request === null ? undefined : state.requests.get(call.request)
  invariant(request !== undefined, `call ${call.call_id} has a request`)
  return request
}

function rejectionText(run: RunContext): string {
  const text = run.spec.program.approvals.rejection_message
  return typeof text === 'string' ? text : 'Tool execution was not approved.'
}
