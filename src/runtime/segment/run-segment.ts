/**
 * One segment of a run: from taking its lease to giving it back. Starting and resuming differ only in how the journal
 * goes on; the loop is the same, and so is every way out.
 */
import type { Clock } from '../ports.ts'
import { compactSession } from '../runner/compact-session.ts'
import { drive, driveNested } from '../runner/drive.ts'
import { createPauseDesk } from '../runner/pause-desk.ts'
import { createJournalWriter } from '../runner/journal-writer.ts'
import { createDriftJudge } from '../lock/drift-judge.ts'
import { createMcpServers } from '../mcp/lazy-servers.ts'
import type { EventDraft } from '../state/event-draft.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { Emission, RunContext, Unattended } from '../runner/run-context.ts'
import type { JournalEvent } from '../state/events.ts'
import type { Item } from '../state/item.ts'
import type { RunObserver } from '../tracing/run-observer.ts'
import type { SpecSessions } from '../sessions/spec-sessions.ts'
import type { RunState } from '../state/run-state.ts'
import type { Lease, RunStore } from '../store/run-store.ts'

export interface SegmentPorts {
  readonly store: RunStore
  readonly clock: Clock
  /** Told of what a user should know and no run fails for. */
  readonly warn: (message: string) => void
  /** The user's own config says `approvals: ask`. */
  readonly userAsks: boolean
}

/** How a segment can be stopped from outside. */
export interface StopSignals {
  /** Stops at once. */
  readonly signal: AbortSignal
  readonly stopsAfterTurn: () => boolean
}

export interface Segment {
  readonly spec: LinkedSpec
  readonly lease: Lease
  /** `null` for a run without a session. */
  readonly sessions: SpecSessions | null
  readonly state: RunState
  /** Events folded into `state` that the store does not have yet: the `run.started` of a new run. */
  readonly fresh: readonly JournalEvent[]
  /** Recorded before the first step: `run.resumed` and what comes with it. */
  readonly opening: readonly EventDraft[]
  /** Called once the opening is durable. */
  readonly onOpened?: () => Promise<void>
  readonly history: readonly Item[]
  readonly stream: boolean
  readonly unattended: Unattended
  /** Tools of MCP servers that are not what was locked are accepted as they are when first listed. */
  readonly acceptsDrift: boolean
}

/** A segment, and who watches it. */
export interface WatchedSegment extends Segment {
  readonly observer: RunObserver | null
}

/**
 * Drives a segment to its rest. `onRest` gets the last state on every way out, a failing store included. A stop at once is
 * not an error: what completed is saved, the run stays resumable.
 */
export async function* runSegment(
  ports: SegmentPorts,
  segment: WatchedSegment,
  stop: StopSignals,
  onRest: (state: RunState) => void,
): AsyncGenerator<Emission, void> {
  const writer = createJournalWriter({ ...ports, ...segment })
  const judgeDrift = createDriftJudge({
    state: () => writer.state,
    redactor: segment.spec.redactor,
    accepts: segment.acceptsDrift,
    record: writer.record,
  })
  const mcp = createMcpServers(segment.spec, ports.warn, judgeDrift)
  const run: RunContext = {
    ...segment,
    ...stop,
    writer,
    mcp,
    path: [],
    channel: null,
    clock: ports.clock,
    userAsks: ports.userAsks,
    driveNested,
    guardDepth: 0,
    outerGuard: null,
  }
  try {
    for (const draft of segment.opening) writer.record(draft)
    yield await writer.commit()
    await segment.onOpened?.()
    yield* drive(run, createPauseDesk(run, ports.warn))
    yield* compactSession(run, segment.sessions, ports.warn)
  } catch (error) {
    if (!stop.signal.aborted) throw error
    yield await writer.commit()
  } finally {
    await mcp.close()
    onRest(writer.state)
  }
}
