/**
 * Replays a journal that came in from outside and says where it makes no sense: every event must be one that our runner,
 * or somebody beside it, could have appended right there.
 */
import { InternalError } from '../../util/invariant.ts'
import { applyEvent, startState } from '../state/apply.ts'
import type { EventType, JournalEvent } from '../state/events.ts'
import { frameKey } from '../state/run-state.ts'
import type { RunPhase, RunState } from '../state/run-state.ts'
import { decisionObjection } from './check-approvals.ts'
import { changeObjection } from './check-spec-change.ts'
import { callObjection } from './check-calls.ts'
import { turnObjection } from './check-turns.ts'

export type JournalVerdict =
  | { readonly ok: true; readonly state: RunState }
  /** `index` is that of the event that cannot be. */
  | { readonly ok: false; readonly index: number; readonly problem: string }

/** The fold of a journal, or the first event that cannot be. The events fit their schema. */
export function checkJournal(events: readonly JournalEvent[]): JournalVerdict {
  const [first, ...rest] = events
  if (first?.type !== 'run.started')
    return refused(0, `a journal begins with run.started, not ${first?.type ?? 'nothing'}`)
  const beginning = startObjection(first, events.length)
  if (beginning !== null) return refused(0, beginning)
  const state = startState(first)
  for (const [index, event] of rest.entries()) {
    const problem = problemWith(state, event)
    if (problem !== null) return refused(index + 1, `${event.type}: ${problem}`)
  }
  return { ok: true, state }
}

function refused(index: number, problem: string): JournalVerdict {
  return { ok: false, index, problem }
}

function startObjection(event: JournalEvent & { type: 'run.started' }, length: number): string | null {
  const { session, distrusted_upto } = event
  if (event.seq !== 1) return `its seq is 1, not ${event.seq}`
  if ((event.path ?? []).length > 0) return 'a run does not start inside another'
  if (session !== null && session.from > session.upto)
    return `session.from (${session.from}) is after session.upto (${session.upto})`
  if (session?.items !== undefined && session.items.length !== session.upto - session.from)
    return `session.items are ${session.items.length}, not ${session.upto - session.from}`
  if ((distrusted_upto ?? 0) > length) return `distrusted_upto (${distrusted_upto}) is after the last event`
  return null
}

function objectionTo(state: RunState, event: JournalEvent): string | null {
  if (event.seq !== state.seq + 1) return `its seq is ${state.seq + 1}, not ${event.seq}`
  if (event.run_id !== state.run_id) return `it is of run ${event.run_id}, not of ${state.run_id}`
  if (event.type === 'session.appended') return deliveryObjection(state, event)
  if (!FOLLOWS[state.phase].has(event.type)) return `it cannot follow in a run that ${IN_PHASE[state.phase]}`
  const path = event.path ?? []
  if (path.length > 0 && (OF_WHOLE_RUN.has(event.type) || !isFrame(state, path))) {
    return `there is no run inside at path ${path.join('/')}`
  }
  return (
    turnObjection(state, event) ??
    callObjection(state, event) ??
    decisionObjection(state, event) ??
    changeObjection(state, event) ??
    compactionObjection(state, event)
  )
}

/** Only a session beside the run is compacted. */
function compactionObjection({ session }: RunState, event: JournalEvent): string | null {
  if (event.type !== 'session.compacted') return null
  if (session === null || session.items !== undefined) return 'no session is kept beside the run'
  return event.from > event.upto ? `from (${event.from}) is after upto (${event.upto})` : null
}

/** It may follow anything: also the end of a run is part of its session. */
function deliveryObjection(
  { session, seq }: RunState,
  event: JournalEvent & { type: 'session.appended' },
): string | null {
  if (session?.items === undefined) return 'its session is kept beside the run, or there is none'
  if ((event.path ?? []).length > 0) return `there is no run inside at path ${event.path?.join('/')}`
  return event.upto > seq ? `event ${event.upto} has not happened yet` : null
}

function isFrame(state: RunState, path: readonly string[]): boolean {
  const frame = state.frames.get(frameKey(path))
  return frame?.path.length === path.length && frame.path.every((id, depth) => id === path[depth])
}

/** Applies the event if nothing speaks against it. What is too long or too deep to be looked at is refused as well. */
function problemWith(state: RunState, event: JournalEvent): string | null {
  try {
    const objection = objectionTo(state, event)
    if (objection === null) applyEvent(state, event)
    return objection
  } catch (error) {
    if (error instanceof InternalError || error instanceof RangeError)
      return 'it does not fit what came before'
    throw error
  }
}

const FROM_OUTSIDE = ['approval.decided', 'input.added', 'cancel.requested'] as const

const FOLLOWS: Readonly<Record<RunPhase, ReadonlySet<EventType>>> = {
  active: new Set([
    ...FROM_OUTSIDE,
    'run.resumed',
    'run.migrated',
    'drift.accepted',
    'turn.started',
    'model.responded',
    'tool.started',
    'tool.completed',
    'approval.requested',
    'handoff.occurred',
    'guardrail.tripped',
    'run.paused',
    'run.completed',
    'run.failed',
    'run.cancelled',
  ]),
  paused: new Set([...FROM_OUTSIDE, 'run.resumed', 'run.migrated', 'run.cancelled']),
  failed: new Set(['run.resumed', 'run.migrated', 'run.cancelled', 'input.added']),
  completed: new Set(['session.compacted']),
  cancelled: new Set(),
}

const IN_PHASE: Readonly<Record<RunPhase, string>> = {
  active: 'has started',
  paused: 'is paused',
  failed: 'has failed',
  completed: 'is completed',
  cancelled: 'is cancelled',
}

const OF_WHOLE_RUN: ReadonlySet<EventType> = new Set([
  'run.resumed',
  'run.migrated',
  'session.compacted',
  'drift.accepted',
  'input.added',
  'cancel.requested',
  'run.paused',
  'run.completed',
  'run.failed',
  'run.cancelled',
])
