/**
 * What to do with each call of a turn, decided together and journaled as one proposal: ask a person, answer without
 * running, or run the body. Decisions are consumed here, in the transaction of the step they allow.
 */
import { assertNever, InternalError, invariant } from '../../util/invariant.ts'
import { RunFailure } from '../failures.ts'
import type { EventOf } from '../state/events.ts'
import { nestedFrame } from '../state/run-state.ts'
import type { CallState, RequestState, RunState, StickyDecision } from '../state/run-state.ts'
import { askUnlessRefused, begin } from './begin-call.ts'
import { ask, askQuestion, notRun, unknownTool } from './call-drafts.ts'
import type { CallStep, PlannedBody } from './call-drafts.ts'
import { isAboutStarted } from '../approvals/about-started.ts'
import { digestOf, isAsAsked, viewCall } from '../approvals/call-view.ts'
import type { CallView } from '../approvals/call-view.ts'
import { currentView } from './current-tool.ts'
import { gateOf } from './gate-of.ts'
import { completedByPerson } from './person-result.ts'
import type { EventDraft } from '../state/event-draft.ts'
import { rejectionText } from './rejection-text.ts'
import type { RunContext } from './run-context.ts'

export interface CallPlan {
  /** `approval.requested` and `tool.completed` of calls whose body does not run, and the guardrails that said so. */
  readonly drafts: readonly EventDraft[]
  readonly bodies: readonly PlannedBody[]
  /** The run fails once the drafts have landed; no body is started then. */
  readonly failure: RunFailure | null
}

export async function planCalls(run: RunContext, calls: readonly CallState[]): Promise<CallPlan> {
  const steps = await Promise.all(calls.map((call) => planCall(run, call)))
  return {
    drafts: steps.flatMap((step) => [
      ...(step.type === 'body' ? [] : (step.tripped ?? [])),
      ...(step.type === 'draft' ? [step.draft] : []),
    ]),
    bodies: steps.flatMap((step) => (step.type === 'body' ? [step.body] : [])),
    failure: steps.flatMap((step) => (step.type !== 'body' && step.failure ? [step.failure] : []))[0] ?? null,
  }
}

async function planCall(run: RunContext, call: CallState): Promise<CallStep> {
  const known = viewCall(run.spec.program, call)
  if (known === null) return unknownTool(call)
  const view = await currentView(run, known)
  if ('type' in view) return view
  switch (call.status) {
    case 'open':
      return planOpen(run, view)
    case 'pending':
      return planPending(run, view)
    case 'decided':
      return planDecided(run, view)
    case 'started':
      return planStarted(run, view)
    case 'completed':
      throw new InternalError('a completed call needs nothing more')
    default:
      return assertNever(call.status)
  }
}

async function planOpen(run: RunContext, view: CallView): Promise<CallStep> {
  const { sticky: standing } = run.writer.state
  const sticky = standing.size === 0 ? undefined : standing.get(view.identity)
  if (sticky !== undefined) return planSticky(run, view, sticky)
  const gate = await gateOf(run, view)
  if (gate.decision === 'deny') {
    return notRun(view, 'rejected', gate.message ?? (await rejectionText(run, view)), null)
  }
  if (gate.decision === 'ask') return askUnlessRefused(run, view, gate.rule)
  return begin(run, view, null, view.arguments)
}

/** A decision for every later call of this tool. */
async function planSticky(run: RunContext, view: CallView, sticky: StickyDecision): Promise<CallStep> {
  if (sticky.decision === 'approve') return begin(run, view, sticky.seq, view.arguments)
  return notRun(view, 'rejected', sticky.message ?? (await rejectionText(run, view)), sticky.seq)
}

/** A pending call that has work: answered by `always`, expired, or asking for what would no longer run. */
async function planPending(run: RunContext, view: CallView): Promise<CallStep> {
  const request = requestOf(run.writer.state, view.call)
  if (request.stale) return askAnew(run, view, request)
  const { elicitation: question } = request.interruption
  const begun = isAboutStarted(request.kind)
  const changed = !isAsAsked(view, request)
  const sticky = run.writer.state.sticky.get(view.identity)
  if (!changed && sticky !== undefined && !begun) return planSticky(run, view, sticky)
  const asksOnExpiry = run.spec.program.approvals.on_expired === 'ask'
  if (!changed && question !== undefined) {
    return asksOnExpiry ? askQuestion(run, view, question) : notRun(view, 'expired', QUESTION_EXPIRED, null)
  }
  if (changed || begun || asksOnExpiry) return ask(run, view, request.rule, begun)
  const text = `The request for approval expired without an answer. ${await rejectionText(run, view)}`
  return notRun(view, 'expired', text, null)
}

const QUESTION_EXPIRED =
  'The server asked a question that nobody answered in time. The call was given up before it had a result.'

async function planDecided(run: RunContext, view: CallView): Promise<CallStep> {
  const request = requestOf(run.writer.state, view.call)
  const decision = request.decision
  invariant(decision !== null, 'a decided call has a decision')
  if (request.stale) return askAnew(run, view, request)
  const inDoubt = request.kind === 'in_doubt'
  if (digestOf(view, request.interruption) !== decision.digest) {
    return ask(run, view, request.rule, isAboutStarted(request.kind))
  }
  // It begins again, and the server gets the answer, or that there is none, when it asks.
  if (request.kind === 'elicitation') return begin(run, view, decision.seq, view.arguments)
  if (decision.decision === 'reject') return rejected(run, view, decision, inDoubt)
  if (decision.result !== undefined) return completedByPerson(run, view, decision)
  return begin(run, view, decision.seq, decision.arguments ?? view.arguments)
}

/** The spec is another one since this was asked: what it says now, but never less than asking. */
async function askAnew(run: RunContext, view: CallView, request: RequestState): Promise<CallStep> {
  if (isAboutStarted(request.kind)) return ask(run, view, request.rule, true)
  const gate = await gateOf(run, view)
  if (gate.decision === 'deny') {
    return notRun(view, 'rejected', gate.message ?? (await rejectionText(run, view)), null)
  }
  const rule = gate.decision === 'ask' ? gate.rule : { kind: 'spec_change', reason: 'the spec has changed' }
  return askUnlessRefused(run, view, rule)
}

async function rejected(
  run: RunContext,
  view: CallView,
  decision: EventOf<'approval.decided'>,
  inDoubt: boolean,
): Promise<CallStep> {
  if (inDoubt) return notRun(view, 'unknown_outcome', decision.message ?? OUTCOME_UNKNOWN, decision.seq)
  return notRun(view, 'rejected', decision.message ?? (await rejectionText(run, view)), decision.seq)
}

const OUTCOME_UNKNOWN =
  'The tool was started, but whether it finished is unknown. It was not run again. Check before relying on it.'

/** A call that started and has no result: its nested run goes on, or its body may have run. */
async function planStarted(run: RunContext, view: CallView): Promise<CallStep> {
  const { call, key, tool } = view
  if (tool.type === 'agent' && nestedFrame(run.writer.state, call) !== undefined) {
    const args = view.arguments ?? {}
    return { type: 'body', body: { call, key, tool, arguments: args, decision: call.consumed, input: null } }
  }
  return planInDoubt(run, view)
}

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

function requestOf(state: RunState, call: CallState): RequestState {
  const request = call.request === null ? undefined : state.requests.get(call.request)
  invariant(request !== undefined, `call ${call.call_id} has a request`)
  return request
}
