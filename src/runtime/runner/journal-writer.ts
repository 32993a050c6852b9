/**
 * The driver's pen: records events into the state at once and into the store in batches. A *fact* (what happened) lands
 * whatever others appended meanwhile; a *proposal* (what shall happen) lands only if nobody appended anything since it was
 * decided, so that a step and the decision it consumes are one transaction over one state.
 */
import { invariant } from '../../util/invariant.ts'
import { ConflictFailure } from '../failures.ts'
import type { Clock } from '../ports.ts'
import { applyEvent, foldJournal } from '../state/apply.ts'
import type { EventPayloads, EventType, JournalEvent } from '../state/events.ts'
import { recordOf } from '../state/record.ts'
import { rootFrame } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'
import type { AppendOutcome, JournalBatch, Lease, RunStore } from '../store/run-store.ts'

/** An event before it has a seq. */
export type EventDraft = {
  [T in EventType]: { readonly type: T; readonly path?: readonly string[] } & EventPayloads[T]
}[EventType]

export interface JournalWriter {
  /** The fold of everything recorded so far. */
  readonly state: RunState
  /** Records a fact; durable with the next commit or proposal. */
  record(draft: EventDraft): void
  /** Makes every fact durable. Resolves with the events that became durable, those of others included, in order. */
  commit(): Promise<readonly JournalEvent[]>
  /**
   * Appends facts and proposal in one transaction, or, when others appended meanwhile, nothing: then `landed` is false,
   * the state has what others did, and the step is to be decided again.
   */
  propose(drafts: readonly EventDraft[]): Promise<{ readonly landed: boolean; readonly events: readonly JournalEvent[] }>
}

export interface JournalWriterOptions {
  readonly store: RunStore
  readonly lease: Lease
  readonly clock: Clock
  /** The journal so far; for a new run its `run.started` alone. */
  readonly state: RunState
  /** Events folded into `state` that the store does not have yet. */
  readonly fresh: readonly JournalEvent[]
}

/** The event that follows a state. */
export function eventOf(draft: EventDraft, state: RunState, clock: Clock): JournalEvent {
  const head = { run_id: state.run_id, seq: state.seq + 1, at: clock.now().toISOString() }
  return { ...head, ...draft }
}

/** Appends of one writer are serialized: the order of calls is the order of the journal. */
export function createJournalWriter(options: JournalWriterOptions): JournalWriter {
  const { store, lease, clock } = options
  let state = options.state
  let buffer: JournalEvent[] = [...options.fresh]
  let durable = state.seq - buffer.length
  let sessionItems = buffer.length === 0 ? rootFrame(state).items.length : 0
  let turnstile: Promise<unknown> = Promise.resolve()

  const numbered = (draft: EventDraft): JournalEvent => eventOf(draft, state, clock)

  const record = (draft: EventDraft): void => {
    const event = numbered(draft)
    applyEvent(state, event)
    buffer.push(event)
  }

  const append = async (events: readonly JournalEvent[]): Promise<AppendOutcome> => {
    const batch = batchOf(state, lease, durable, events, sessionItems)
    const items = rootFrame(state).items.length
    const outcome = await store.append(batch)
    if (outcome.ok) {
      durable += events.length
      sessionItems = items
    } else if (outcome.why === 'fenced') {
      throw new ConflictFailure('lease_lost', `Another process drives run ${state.run_id} now`, 'This process stopped before doing anything more')
    }
    return outcome
  }

  /** Others were first: fold what they did, then our facts again, with new seqs. */
  const rebase = async (facts: readonly JournalEvent[]): Promise<readonly JournalEvent[]> => {
    const journal = await store.readJournal(state.run_id)
    const foreign = journal.slice(durable)
    state = foldJournal(journal)
    durable = state.seq
    sessionItems = rootFrame(state).items.length
    buffer = []
    for (const fact of facts) {
      const event = { ...fact, seq: state.seq + 1 }
      applyEvent(state, event)
      buffer.push(event)
    }
    return foreign
  }

  const commit = async (): Promise<readonly JournalEvent[]> => {
    const landed: JournalEvent[] = []
    while (buffer.length > 0) {
      const facts = buffer
      buffer = []
      const outcome = await append(facts)
      if (outcome.ok) landed.push(...facts)
      else landed.push(...(await rebase([...facts, ...buffer])))
    }
    return landed
  }

  const propose: JournalWriter['propose'] = async (drafts) => {
    const facts = buffer
    if (facts.length + drafts.length === 0) return { landed: true, events: [] }
    buffer = []
    const proposal: JournalEvent[] = []
    for (const draft of drafts) {
      const event = numbered(draft)
      applyEvent(state, event)
      proposal.push(event)
    }
    const outcome = await append([...facts, ...proposal])
    if (outcome.ok) return { landed: true, events: [...facts, ...proposal] }
    invariant(buffer.length === 0, 'nothing is recorded while a step is proposed')
    return { landed: false, events: await rebase(facts) }
  }

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turnstile.then(work)
    turnstile = done.catch(() => null)
    return done
  }

  return {
    get state() {
      return state
    },
    record,
    commit: () => inTurn(commit),
    propose: (drafts) => inTurn(() => propose(drafts)),
  }
}

function batchOf(
  state: RunState,
  lease: Lease,
  after: number,
  events: readonly JournalEvent[],
  sessionItems: number,
): JournalBatch {
  const root = rootFrame(state)
  const items = root.items.slice(sessionItems)
  return {
    run_id: state.run_id,
    after,
    lease,
    events,
    record: { ...recordOf(state), seq: after + events.length },
    ...(state.session === null || items.length === 0
      ? {}
      : {
          session: {
            session_id: state.session.id,
            operation: `${state.run_id}:${after + events.length}`,
            items,
            last_agent: root.agent,
          },
        }),
  }
}
