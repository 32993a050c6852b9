/** A run as a program holds it between two segments: decide, add input, keep it as a text, go on in any process. */
import { canonicalJson } from '../../util/canonical-json.ts'
import { compact } from '../../util/compact.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { isAboutStarted } from '../approvals/about-started.ts'
import { checkAnswer } from '../approvals/answer-question.ts'
import { checkOpen } from '../approvals/decide.ts'
import type { DecisionOrder } from '../approvals/decide.ts'
import { nothingPending, selectRequests } from '../approvals/select-requests.ts'
import { ConflictFailure, UsageFailure } from '../failures.ts'
import { currentEnvironment } from '../link/environment.ts'
import { foldJournal } from '../state/apply.ts'
import type { EventOf, Interruption, JournalEvent } from '../state/events.ts'
import { userMessage } from '../state/item.ts'
import type { Item } from '../state/item.ts'
import { hasEnded, pendingRequests } from '../state/run-state.ts'
import type { RequestState, RunState as FoldedState } from '../state/run-state.ts'
import { distrusted, documentOf } from './document-of.ts'
import { invalidDocument, readDocument } from './read-document.ts'
import { missingIn } from './resumption.ts'
import type { Missing } from './resumption.ts'
import { sealDocument, verifySeal } from './seal.ts'
import type { StateDocument } from './state-document.ts'
import { messageOf } from '../../util/message-of.ts'

/** A call as `interruptions` lists it, or its name: a call id, `outer/inner`, or `#REQUEST`. */
export type NamedCall = Pick<Interruption, 'request' | 'call_id'> | string

interface DecisionOptions {
  /** Also for every later call of this tool in the run. */
  readonly always?: boolean
  /** Who decides; `program` when absent. */
  readonly by?: string
  /** Why, for people. */
  readonly reason?: string
}

export interface ApproveOptions extends DecisionOptions {
  /** Runs with these arguments instead of the model's. */
  readonly args?: JsonObject
  /** For a call in doubt: it did happen, with this result. For a question of a server: the answer. */
  readonly result?: Json
}

export interface RejectOptions extends DecisionOptions {
  /** What the model is told. */
  readonly message?: string
}

interface StagedDecision {
  readonly order: DecisionOrder
  readonly event: EventOf<'approval.decided'>
}

/**
 * Decisions and input are staged here, and journaled by `runner.resume` before anything else. Two states of one run are
 * independent of each other.
 */
export class RunState {
  readonly run_id: string
  readonly #document: StateDocument
  readonly #journal: readonly JournalEvent[]
  readonly #key: string | null
  readonly #isTrusted: boolean
  readonly #context: JsonObject | undefined
  #decisions: readonly StagedDecision[] = []
  #inputs: readonly EventOf<'input.added'>[] = []

  /**
   * Made by the runner. Nothing is checked here: a document from outside goes through `fromString`.
   *
   * @param key That of seals. With a key, only a document sealed with it is vouched for.
   */
  constructor(
    document: StateDocument,
    key: string | null = null,
    options: { readonly isTrusted?: boolean; readonly context?: JsonObject } = {},
  ) {
    this.run_id = document.run_id
    this.#document = document
    this.#key = key === '' ? null : key
    this.#isTrusted =
      options.isTrusted ?? (this.#key === null || verifySeal(document, this.#key) === 'sealed')
    this.#journal = this.#isTrusted ? document.journal : distrusted(document.journal)
    this.#context = options.context
  }

  /**
   * A state from the text that `toString` or `agentspec state export` gave. Decisions in it count when it is sealed with our
   * key.
   *
   * @param options.context Replaces the run's context when it is resumed; decisions and usage stay.
   * @param options.key That of seals; `AGENTSPEC_STATE_KEY` of this process when absent.
   * @throws UsageFailure `invalid_document`, `unsupported_schema_version`, `broken_seal`.
   */
  static fromString(
    text: string,
    options: { readonly context?: JsonObject; readonly key?: string | null } = {},
  ): RunState {
    const key =
      (options.key === undefined ? currentEnvironment()['AGENTSPEC_STATE_KEY'] : options.key) || null
    const { document, trusted } = readDocument(parse(text), key)
    return new RunState(document, key, compact({ isTrusted: trusted, context: options.context }))
  }

  /** The calls nobody has decided yet; those decided here are left out. */
  get interruptions(): readonly Interruption[] {
    return pendingRequests(foldJournal(this.#events())).map((request) => request.interruption)
  }

  /**
   * Lets a call run. A rejection of the same call that was staged here is replaced.
   *
   * @throws UsageFailure `unknown_call`, `ambiguous_call`, `result_not_wanted`; ConflictFailure `not_pending`, `expired`,
   *   `decided_otherwise` (by somebody else), `nothing_pending`.
   */
  approve(call: NamedCall, options: ApproveOptions = {}): void {
    this.#stage(call, { ...options, decision: 'approve' })
  }

  /** Keeps a call from running. Otherwise as `approve`. */
  reject(call: NamedCall, options: RejectOptions = {}): void {
    this.#stage(call, { ...options, decision: 'reject' })
  }

  /**
   * Input that joins the history before the next model call.
   *
   * @throws ConflictFailure `run_ended`.
   */
  addInput(input: string | readonly Item[]): void {
    const { phase } = foldJournal(this.#journal)
    if (phase === 'completed' || phase === 'cancelled') {
      throw new ConflictFailure('run_ended', `Run ${this.run_id} is ${phase}`, 'Start a new run')
    }
    const items = typeof input === 'string' ? [userMessage(input)] : structuredClone(input)
    this.#inputs = [...this.#inputs, { type: 'input.added', ...this.#stamp(), items }]
  }

  /** The decisions staged here, in the order they were made. */
  staged(): readonly DecisionOrder[] {
    return this.#decisions.map((decision) => decision.order)
  }

  /** The input staged here. */
  get stagedInput(): readonly Item[] {
    return this.#inputs.flatMap((event) => event.items)
  }

  /** The context that replaces the run's own when it is resumed. It is no part of the document before that. */
  get replacedContext(): JsonObject | undefined {
    return this.#context
  }

  /** The document this state was made from: what a store that does not have the run imports first. */
  document(): StateDocument {
    return this.#document
  }

  /**
   * What a store that has the run must be told before the run is resumed: what was staged here, and what the document has and
   * the store does not. `stored`: the run's journal there, empty when the store is about to import the document.
   *
   * @throws ConflictFailure `stale_state` when the run has gone on since.
   */
  resumption(stored: readonly JournalEvent[]): Missing & { readonly context?: JsonObject } {
    const { orders, input } =
      stored.length === 0 ? { orders: [], input: [] } : missingIn(stored, this.#journal, this.#isTrusted)
    return {
      orders: [...orders, ...this.staged()],
      input: [...input, ...this.stagedInput],
      ...compact({ context: this.#context }),
    }
  }

  /**
   * The state as a portable document, with what was staged; sealed when there is a key.
   *
   * @throws UsageFailure `state_key_missing` when it has decisions that were not carried out yet and there is no key: without a
   *   seal they would not count.
   */
  toJSON(): StateDocument {
    const events = this.#events()
    const document = documentOf(events)
    if (this.#key !== null) return sealDocument(document, this.#key)
    const open = [...foldJournal(events).requests.values()].filter((request) => request.status === 'decided')
    if (open.length === 0) return document
    throw new UsageFailure(
      'state_key_missing',
      `The state of run ${this.run_id} has ${open.length} decisions that were not carried out yet; without a seal they do not count`,
      'Set AGENTSPEC_STATE_KEY, or resume the run first',
    )
  }

  /** The document of `toJSON` as its canonical bytes (RFC 8785): equal states give equal texts. */
  toString(): string {
    return canonicalJson(this.toJSON())
  }

  /** The journal with what was staged at its end. */
  #events(): readonly JournalEvent[] {
    const staged = [...this.#decisions.map((decision) => decision.event), ...this.#inputs]
    return [
      ...this.#journal,
      ...staged.map((event, index) => ({ ...event, seq: this.#journal.length + 1 + index })),
    ]
  }

  #stage(call: NamedCall, options: ApproveOptions & RejectOptions & Pick<DecisionOrder, 'decision'>): void {
    const state = foldJournal(this.#journal)
    const request = findRequest(state, call)
    const { request: id, tool, path } = request.interruption
    const order: DecisionOrder = structuredClone({ by: 'program', ...compact(options), calls: [`#${id}`] })
    if (request.kind === 'elicitation') checkAnswer(tool, order)
    if (order.result !== undefined && !isAboutStarted(request.kind)) {
      throw new UsageFailure(
        'result_not_wanted',
        `A result answers a call in doubt or a question of a server; ${tool} is neither`,
        'Approve it without a result',
      )
    }
    const others = this.#decisions.filter((decision) => decision.event.request !== id)
    if (checkOpen(state, request, order, Date.now())) {
      this.#decisions = others
      return
    }
    const event: EventOf<'approval.decided'> = {
      type: 'approval.decided',
      ...this.#stamp(),
      ...(path.length === 0 ? {} : { path }),
      ...decisionOf(request, order),
    }
    this.#decisions = [...others, { order, event }]
  }

  /** What every event has; `#events` gives it its place. */
  #stamp(): Pick<JournalEvent, 'run_id' | 'seq' | 'at'> {
    return { run_id: this.run_id, seq: 0, at: new Date().toISOString() }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalidDocument('', `it is not JSON: ${messageOf(error)}`)
  }
}

function findRequest(state: FoldedState, call: NamedCall): RequestState {
  if (hasEnded(state)) throw nothingPending(state)
  const name = typeof call === 'string' ? call : `#${call.request}`
  const [request] = selectRequests(state, [name])
  if (request !== undefined && (typeof call === 'string' || request.interruption.call_id === call.call_id))
    return request
  throw new UsageFailure(
    'unknown_call',
    `Run ${state.run_id} has no call ${name}`,
    'Give a call of its interruptions',
  )
}

/** A question without fields that must be filled in can be answered by leave alone. */
function emptyAnswer({ kind }: RequestState, { decision }: DecisionOrder): JsonObject | undefined {
  return kind === 'elicitation' && decision === 'approve' ? {} : undefined
}

function decisionOf(
  request: RequestState,
  order: DecisionOrder,
): Omit<EventOf<'approval.decided'>, 'type' | 'run_id' | 'seq' | 'at'> {
  const { interruption, tool_identity } = request
  const { decision, by, always = false, reason, message, args, result } = order
  return {
    request: interruption.request,
    call_id: interruption.call_id,
    decision,
    always,
    by,
    ...compact({ reason, message, arguments: args, result: result ?? emptyAnswer(request, order) }),
    digest: interruption.digest,
    tool_identity,
  }
}
