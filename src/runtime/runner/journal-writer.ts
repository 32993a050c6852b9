/**
 * The driver's pen: records events into the state at once and into the store in batches. A *fact* (what happened) lands
 * whatever others appended meanwhile; a *proposal* (what shall happen) lands only if nobody appended anything since it was
 * decided, so that a step and the decision it consumes are one transaction over one state.
 */
import { invariant } from '../../util/invariant.ts'
import { ConflictFailure } from '../failures.ts'
import type { Clock } from '../ports.ts'
import { applyEvent, foldJournal } from '../state/apply.ts'
import { eventOf } from '../state/event-draft.ts'
import type { EventDraft } from '../state/event-draft.ts'
import type { JournalEvent } from '../state/events.ts'
import { keptItems } from '../state/history.ts'
import { recordOf } from '../state/record.ts'
import { rootFrame } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'
import { deliverItems } from '../sessions/spec-sessions.ts'
import type { RunSessionAppend, SessionAppend } from '../sessions/session-store.ts'
import type { SpecSessions } from '../sessions/spec-sessions.ts'
import type { AppendOutcome, JournalBatch, Lease, RunStore } from '../store/run-store.ts'

export interface JournalWriter {
  /** The fold of everything recorded so far. */
  readonly state: RunState
  /** How many events of others have been folded: a plan made before one came is to be made again. */
  readonly foreign: number
  /** Records a fact; durable with the next commit or proposal. */
  record(draft: EventDraft): void
  /** Makes every fact durable. Resolves with the events that became durable, those of others included, in order. */
  commit(): Promise<readonly JournalEvent[]>
  /**
   * Appends facts and proposal in one transaction, or, when others appended meanwhile, nothing: then `landed` is false,
   * the state has what others did, and the step is to be decided again.
   */
  propose(
    drafts: readonly EventDraft[],
  ): Promise<{ readonly landed: boolean; readonly events: readonly JournalEvent[] }>
  /**
   * Replaces a stretch of the session beside the run, and journals that, in one transaction; once everything is durable.
   *
   * @throws ConflictFailure when somebody else appended meanwhile: then nothing has changed.
   */
  replaceSession(
    draft: EventDraft,
    append: Pick<RunSessionAppend, 'items' | 'replaces'>,
  ): Promise<readonly JournalEvent[]>
  /**
   * While bodies run side by side, each of them commits: a sink then gets every event that becomes durable, in order, and
   * `commit` and `propose` return none. `null` ends that.
   */
  deliverTo(sink: DurableSink | null): void
}

/** Takes events that became durable, in the order of the journal. */
export type DurableSink = (events: readonly JournalEvent[]) => void

export interface JournalWriterOptions {
  readonly store: RunStore
  readonly lease: Lease
  readonly clock: Clock
  /** The journal so far; for a new run its `run.started` alone. */
  readonly state: RunState
  /** Events folded into `state` that the store does not have yet. */
  readonly fresh: readonly JournalEvent[]
  /** Where the session lives; absent for a writer that adds nothing to it. */
  readonly sessions?: SpecSessions | null
}

/** Appends of one writer are serialized: the order of calls is the order of the journal. Once one has failed, all that follow do. */
export function createJournalWriter(options: JournalWriterOptions): JournalWriter {
  const { store, lease, clock, state, fresh } = options
  const pen: Pen = {
    store,
    lease,
    clock,
    state,
    buffer: [...fresh],
    durable: state.seq - fresh.length,
    sessionItems: fresh.length === 0 ? keptItems(rootFrame(state)).length : 0,
    sink: null,
    foreign: 0,
    sessions: options.sessions ?? null,
    delivered: null,
  }
  let turnstile: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turnstile.then(work)
    // After a failure nobody knows what the store has: whatever comes later fails alike, and the journal is read again.
    turnstile = done
    done.catch(() => null)
    return done
  }
  return {
    get state() {
      return pen.state
    },
    get foreign() {
      return pen.foreign
    },
    record: (draft) => void pen.buffer.push(write(pen, draft)),
    commit: () => inTurn(async () => deliver(pen, await commit(pen))),
    propose: (drafts) =>
      inTurn(async () => {
        const { landed, events } = await propose(pen, drafts)
        return { landed, events: deliver(pen, events) }
      }),
    replaceSession: (draft, replacing) =>
      inTurn(async () => deliver(pen, await replaceSession(pen, draft, replacing))),
    deliverTo(sink) {
      pen.sink = sink
    },
  }
}

/** What a writer holds: the state, and how much of it is durable. */
interface Pen {
  readonly store: RunStore
  readonly lease: Lease
  readonly clock: Clock
  state: RunState
  /** Facts folded into the state that the store does not have yet. */
  buffer: JournalEvent[]
  /** The seq of the last event the store has. */
  durable: number
  /** How many items of the outer run the session has. */
  sessionItems: number
  sink: DurableSink | null
  foreign: number
  readonly sessions: SpecSessions | null
  /** A session elsewhere has what events up to this seq added, and no `session.appended` says so yet. */
  delivered: number | null
}

/** What is left to return when a sink takes the events. */
function deliver(pen: Pen, events: readonly JournalEvent[]): readonly JournalEvent[] {
  if (pen.sink === null) return events
  pen.sink(events)
  return []
}

/** Folds a draft into the state, as the event that follows it. */
function write(pen: Pen, draft: EventDraft): JournalEvent {
  const event = eventOf(draft, pen.state, pen.clock)
  applyEvent(pen.state, event)
  return event
}

async function commit(pen: Pen): Promise<readonly JournalEvent[]> {
  const landed: JournalEvent[] = []
  while (pen.buffer.length > 0) {
    const facts = takeBuffer(pen)
    const outcome = await append(pen, facts)
    if (outcome.ok) landed.push(...facts, ...(await deliverSession(pen)))
    else landed.push(...(await rebase(pen, facts)))
  }
  return landed
}

async function propose(pen: Pen, drafts: readonly EventDraft[]): ReturnType<JournalWriter['propose']> {
  if (pen.buffer.length + drafts.length === 0) return { landed: true, events: [] }
  const facts = takeBuffer(pen)
  const proposal = drafts.map((draft) => write(pen, draft))
  const outcome = await append(pen, [...facts, ...proposal])
  if (outcome.ok) return { landed: true, events: [...facts, ...proposal, ...(await deliverSession(pen))] }
  return { landed: false, events: await rebase(pen, facts) }
}

async function replaceSession(
  pen: Pen,
  draft: EventDraft,
  replacing: Pick<RunSessionAppend, 'items' | 'replaces'>,
): Promise<readonly JournalEvent[]> {
  const { state, store, durable } = pen
  invariant(state.session !== null && pen.buffer.length === 0, 'a session is replaced after everything else')
  const event = write(pen, draft)
  const session = stored(pen, {
    ...replacing,
    session_id: state.session.id,
    operation: `${state.run_id}:${event.seq}`,
    last_agent: rootFrame(state).agent,
  })
  const outcome = await store.append({ ...batchOf(pen, [event]), session })
  if (!outcome.ok) {
    pen.state = foldJournal(await store.readJournal(state.run_id))
    throw new ConflictFailure('lease_lost', `Run ${state.run_id} was changed meanwhile`)
  }
  pen.durable = durable + 1
  return [event]
}

function takeBuffer(pen: Pen): readonly JournalEvent[] {
  noteDelivery(pen)
  const facts = pen.buffer
  pen.buffer = []
  return facts
}

/**
 * A session that another store keeps gets what became durable. That it has it is journaled with the next batch, or at once where
 * the run rests: what it got twice it keeps once. Returns what that journaled.
 */
async function deliverSession(pen: Pen): Promise<readonly JournalEvent[]> {
  if (pen.sessions === null || pen.state.session?.items === undefined) return []
  pen.delivered = await deliverItems(pen.sessions.store, pen.state, pen.durable)
  if (pen.delivered === null || pen.state.phase === 'active') return []
  noteDelivery(pen)
  return commit(pen)
}

function noteDelivery(pen: Pen): void {
  if (pen.delivered !== null) pen.buffer.push(write(pen, { type: 'session.appended', upto: pen.delivered }))
  pen.delivered = null
}

async function append(pen: Pen, events: readonly JournalEvent[]): Promise<AppendOutcome> {
  const batch = batchOf(pen, events)
  const items = keptItems(rootFrame(pen.state)).length
  const outcome = await pen.store.append(batch)
  if (outcome.ok) {
    pen.durable += events.length
    pen.sessionItems = items
  } else if (outcome.why === 'fenced') {
    throw new ConflictFailure(
      'lease_lost',
      `Another process drives run ${pen.state.run_id} now`,
      'This process stopped before doing anything more',
    )
  }
  return outcome
}

/** Others were first: fold what they did, then our facts again, with new seqs. Returns what they did. */
async function rebase(pen: Pen, facts: readonly JournalEvent[]): Promise<readonly JournalEvent[]> {
  const journal = await pen.store.readJournal(pen.state.run_id)
  // Bodies that run beside this may have recorded facts since, up to now.
  const own = [...facts, ...takeBuffer(pen)]
  const foreign = journal.slice(pen.durable)
  pen.foreign += foreign.length
  pen.state = foldJournal(journal)
  pen.durable = pen.state.seq
  pen.sessionItems = keptItems(rootFrame(pen.state)).length
  pen.buffer = own.map((fact) => {
    const event = { ...fact, seq: pen.state.seq + 1 }
    applyEvent(pen.state, event)
    return event
  })
  return foreign
}

/** The items the turn has settled since go to the session in the same transaction. */
function batchOf(pen: Pen, events: readonly JournalEvent[]): JournalBatch {
  const { state, durable } = pen
  const root = rootFrame(state)
  const seq = durable + events.length
  const items = keptItems(root).slice(pen.sessionItems)
  const session =
    state.session === null || state.session.items !== undefined || items.length === 0
      ? {}
      : {
          session: stored(pen, {
            session_id: state.session.id,
            operation: `${state.run_id}:${seq}`,
            items,
            last_agent: root.agent,
          }),
        }
  return {
    run_id: state.run_id,
    after: durable,
    lease: pen.lease,
    events,
    record: { ...recordOf(state), seq },
    ...session,
  }
}

/** An append as the spec wants its sessions stored. */
function stored<T extends SessionAppend>({ sessions }: Pen, append: T): T {
  return sessions?.place === 'run_store' && sessions.seal !== undefined ? sessions.seal(append) : append
}
