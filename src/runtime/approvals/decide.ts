/**
 * Turns what a person decided into events, under conditions on the folded state: a request is answered once, the opposite
 * answer needs `replace`, a consumed or expired one is closed, and a digest that no longer fits is refused.
 */
import type { Program } from '../../compiler/program.ts'
import { canonicalJson } from '../../util/canonical-json.ts'
import { revealSensitive } from '../../compiler/json-schema/sensitive.ts'
import { valueAt } from '../../spec/document.ts'
import { fromPointer } from '../../spec/path.ts'
import { invariant } from '../../util/invariant.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { ConflictFailure, UsageFailure } from '../failures.ts'
import { answerTo, filledAnswer } from './answer-question.ts'
import { ARGS } from './arguments-marker.ts'
import { isAsAsked, viewCall } from './call-view.ts'
import type { CallView } from './call-view.ts'
import type { Judgement } from '../guardrails/judge-all.ts'
import { describeTrip, tripDraft } from '../guardrails/trip.ts'
import type { EventDraft } from '../state/event-draft.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { EventOf } from '../state/events.ts'
import { frameAt, hasEnded, pendingRequests } from '../state/run-state.ts'
import type { RequestState, RunState } from '../state/run-state.ts'
import { argumentProblem } from '../tools/argument-problem.ts'
import { nothingPending, selectRequests } from './select-requests.ts'
import type { CallSelection } from './select-requests.ts'

export interface DecisionOrder {
  readonly calls: CallSelection
  readonly decision: 'approve' | 'reject'
  readonly by: string
  readonly always?: boolean
  readonly reason?: string
  /** What the model is told on a rejection. */
  readonly message?: string
  /** Edited arguments, for an approval of one call. */
  readonly args?: JsonObject
  /** For a call in doubt: it did happen, with this result. For a question of a server: the answer. */
  readonly result?: Json
  /** Replaces an answer that was not consumed yet. */
  readonly replace?: boolean
}

export interface DecidedCall {
  readonly request: number
  readonly call_id: string
  readonly decision: 'approve' | 'reject'
  /** The same answer had been given before; nothing was recorded. */
  readonly already_decided: boolean
}

export interface DecisionOutcome {
  readonly run_id: string
  readonly decided: readonly DecidedCall[]
  /** Calls nobody has decided yet. */
  readonly pending: number
}

export interface DecisionPlan {
  readonly drafts: readonly EventDraft[]
  readonly decided: readonly DecidedCall[]
}

/** What the rules of decisions need of a spec. */
export interface DecisionSpec extends Pick<LinkedSpec, 'validate'> {
  /** What was said contained a secret, which was taken out of the order. */
  readonly hidesSecret: boolean
  readonly program: Program
  /** By the tool's guardrails; rejects with a RunFailure where they cannot judge. */
  readonly judgeArguments: (view: CallView, args: JsonObject) => Promise<Judgement>
}

/**
 * @param now Milliseconds since the epoch.
 * @throws UsageFailure (unknown or ambiguous call, arguments the schema refuses); ConflictFailure (not pending, expired,
 *   decided otherwise, stale). Nothing is decided then.
 */
export async function planDecisions(
  spec: DecisionSpec,
  state: RunState,
  order: DecisionOrder,
  now: number,
): Promise<DecisionPlan> {
  const drafts: EventDraft[] = []
  const decided: DecidedCall[] = []
  const requests = selectRequests(state, order.calls)
  if (hasEnded(state)) throw nothingPending(state)
  if (requests.length > 1 && (order.args !== undefined || order.result !== undefined)) {
    throw new UsageFailure(
      'ambiguous_call',
      'Edited arguments and results belong to one call',
      'Name the call',
    )
  }
  for (const request of requests) {
    const repeated = checkOpen(state, request, order, now)
    const { request: id, call_id } = request.interruption
    decided.push({ request: id, call_id, decision: order.decision, already_decided: repeated })
    if (!repeated) drafts.push(await draftOf(spec, state, request, order))
  }
  return { drafts, decided }
}

/** The outcome once the drafts are part of the state. */
export function outcomeOf(state: RunState, decided: readonly DecidedCall[]): DecisionOutcome {
  return { run_id: state.run_id, decided, pending: pendingRequests(state).length }
}

/**
 * True when the same answer has been given and not been consumed.
 *
 * @throws ConflictFailure `not_pending`, `expired`, `decided_otherwise`.
 */
export function checkOpen(
  state: RunState,
  request: RequestState,
  order: DecisionOrder,
  now: number,
): boolean {
  const { call_id, tool, expires_at } = request.interruption
  const name = `${tool} (${call_id})`
  if (request.status === 'closed') {
    throw new ConflictFailure(
      'not_pending',
      `${name} of run ${state.run_id} is decided and done`,
      'agentspec show lists what is waiting',
    )
  }
  if (request.status === 'pending') {
    if (expires_at !== null && Date.parse(expires_at) <= now) {
      throw new ConflictFailure(
        'expired',
        `The request for ${name} expired at ${expires_at}`,
        'agentspec resume goes on without it',
      )
    }
    return false
  }
  if (request.decision !== null && isSame(request, request.decision, order)) return true
  if (order.replace === true) return false
  throw new ConflictFailure(
    'decided_otherwise',
    `${name} is already decided: ${request.decision?.decision} by ${request.decision?.by}`,
    'Use --replace to change the answer before the run goes on',
  )
}

function isSame(
  { interruption: { elicitation: question } }: RequestState,
  decision: EventOf<'approval.decided'>,
  order: DecisionOrder,
): boolean {
  const isAnswer = question !== undefined && order.decision === 'approve'
  const result = isAnswer ? filledAnswer(question, order.result) : order.result
  return (
    decision.decision === order.decision &&
    decision.always === (order.always ?? false) &&
    sameJson(decision.arguments, order.args) &&
    sameJson(decision.result, result)
  )
}

function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return canonicalJson(a) === canonicalJson(b)
}

async function draftOf(
  spec: DecisionSpec,
  state: RunState,
  request: RequestState,
  order: DecisionOrder,
): Promise<EventDraft> {
  const { interruption } = request
  const call = frameAt(state, interruption.path).calls.find((one) => one.call_id === interruption.call_id)
  invariant(call !== undefined, `call ${interruption.call_id} is part of the current turn`)
  const view = viewCall(spec.program, call)
  if (request.stale || view === null || !isAsAsked(view, request)) {
    throw new ConflictFailure(
      'stale',
      `What would run for ${interruption.tool} (${interruption.call_id}) is not what was asked for`,
      'agentspec resume asks anew',
    )
  }
  const result = await resultOf(spec, view, request, order)
  const args = order.args === undefined ? undefined : withHidden(view, order.args)
  if (args !== undefined) await checkArguments(spec, view, { ...order, args })
  return {
    type: 'approval.decided',
    ...(interruption.path.length === 0 ? {} : { path: interruption.path }),
    request: interruption.request,
    call_id: interruption.call_id,
    decision: order.decision,
    always: order.always ?? false,
    by: order.by,
    ...(order.reason === undefined ? {} : { reason: order.reason }),
    ...(order.message === undefined ? {} : { message: order.message }),
    ...(args === undefined ? {} : { arguments: args }),
    ...(result === undefined ? {} : { result }),
    digest: interruption.digest,
    tool_identity: view.identity,
  }
}

/** A marker that is left in edited arguments stands for the value that the model gave there. */
function withHidden(view: CallView, args: JsonObject): JsonObject {
  const { value, missing } = revealSensitive(args, ARGS, (pointer) =>
    view.arguments === null ? undefined : valueAt(view.arguments, fromPointer(pointer)),
  )
  if (missing.length > 0 || !isJsonObject(value)) {
    throw refusedArguments(`There is no value that [redacted:${missing.join(', ')}] could stand for`)
  }
  return value
}

/** What a call in doubt gave, or the answer to a question. */
async function resultOf(
  { validate, hidesSecret }: DecisionSpec,
  { fullName }: CallView,
  { interruption: { elicitation: question, call_id, tool }, kind }: RequestState,
  order: DecisionOrder,
): Promise<Json | undefined> {
  if (question !== undefined) {
    return answerTo({ validate }, { question, name: `${fullName} (${call_id})`, hidesSecret }, order)
  }
  if (order.result !== undefined && (kind !== 'in_doubt' || order.decision !== 'approve')) {
    throw new UsageFailure(
      'result_not_wanted',
      `--result answers a call in doubt or a question of a server; ${tool} is neither`,
      'Approve it without --result',
    )
  }
  return order.result
}

/** Edited arguments must fit the tool's schema, and its guardrails let them pass, before anything is recorded. */
async function checkArguments(spec: DecisionSpec, view: CallView, order: DecisionOrder): Promise<void> {
  if (order.decision === 'reject') {
    throw new UsageFailure('args_not_wanted', 'A rejected call has no arguments to edit', 'Leave --args out')
  }
  const { tool, call } = view
  if (order.args === undefined) return
  if (call.form === 'mcp_approval_request') {
    throw new UsageFailure(
      'args_not_wanted',
      `${view.fullName} runs at the provider, with the arguments it was asked with`,
      'Leave --args out',
    )
  }
  const problem = await argumentProblem(spec, tool, order.args)
  if (problem !== null) throw refusedArguments(`${tool.name} refuses these arguments: ${problem}`)
  const { trip } = await spec.judgeArguments(view, order.args)
  if (trip !== null) throw refusedArguments(describeTrip(tripDraft(view.path, trip)))
}

function refusedArguments(message: string): UsageFailure {
  return new UsageFailure('invalid_arguments', message, 'Nothing was recorded')
}
