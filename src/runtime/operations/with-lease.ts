/** The lease around a segment, and the result after it. */
import { releaseLease } from '../lease/release-lease.ts'
import { resultOf } from '../run-result.ts'
import type { RunResult } from '../run-result.ts'
import { openLease } from '../segment/open-lease.ts'
import { runSegment } from '../segment/run-segment.ts'
import type { Segment, StopSignals } from '../segment/run-segment.ts'
import type { Emission } from '../runner/run-context.ts'
import type { RunState } from '../state/run-state.ts'
import type { Lease } from '../store/run-store.ts'
import { watched } from '../tracing/watched.ts'
import type { RuntimePorts } from './runtime-ports.ts'

/** Milliseconds to wait for a busy session when the caller says nothing. */
const DEFAULT_WAIT = 60_000

/** The run whose lease is taken. */
export interface LeaseTarget {
  readonly runId: string
  readonly sessionId: string | null
  /** Milliseconds to wait for a busy session. */
  readonly wait: number | undefined
  /** Where the spec's folder is now, when it has moved. */
  readonly baseDir: string | undefined
}

/** `open` gives the segment to run, or a state to leave as it is. */
export async function* withLease(
  ports: RuntimePorts,
  target: LeaseTarget,
  stop: StopSignals,
  open: (lease: Lease) => Promise<Segment | RunState>,
): AsyncGenerator<Emission, RunResult> {
  const { runId, sessionId, wait = DEFAULT_WAIT, baseDir } = target
  const lease = await openLease({ ...ports, wait, signal: stop.signal }, runId, sessionId)
  const release = ports.heartbeat.hold()
  try {
    const segment = await open(lease)
    if (!('lease' in segment)) return resultOf(segment, false)
    const observer = await ports.tracing.observe(
      segment.spec,
      segment.state,
      baseDir ?? segment.state.base_dir,
    )
    let last = segment.state
    const events = runSegment(ports, { ...segment, observer }, stop, (state) => {
      last = state
    })
    yield* observer === null ? events : watched(events, observer, () => last)
    if (last.phase === 'completed' || last.phase === 'cancelled') ports.sensitive.forget(runId)
    return resultOf(last, false)
  } finally {
    release()
    await releaseLease(ports, lease)
  }
}
