/** `approvals --watch`: what waits, said anew whenever it has changed. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ListedRun } from '../../runtime/store/run-store.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Invocation } from '../command.ts'
import { hasStore, withExistingRuntime } from './open-runtime.ts'
import { waitingRuns } from './waiting-runs.ts'

/** Milliseconds between two looks at the store. */
const INTERVAL = 1000

/** Says what waits, and says it anew after every change. Ends at a signal, or when nobody reads stdout any more. */
export async function watchApprovals(
  invocation: Invocation,
  say: (waiting: readonly ListedRun[]) => void,
): Promise<void> {
  const { context } = invocation
  const stop = new AbortController()
  const end = (): void => stop.abort()
  const stopListening = context.onSignal(end)
  context.stdout.once('error', end)
  const seen: Seen = { text: null, say }
  try {
    while (!stop.signal.aborted) {
      const isThere = hasStore(invocation)
      await withExistingRuntime(invocation, (runtime) => look(runtime, seen, isThere ? stop.signal : null))
      await pauseFor(stop.signal)
    }
  } finally {
    stopListening()
    context.stdout.off('error', end)
  }
}

interface Seen {
  text: string | null
  readonly say: (waiting: readonly ListedRun[]) => void
}

/** Looks until `signal` is aborted; only once where there is no store yet. */
async function look(runtime: Runtime, seen: Seen, signal: AbortSignal | null): Promise<void> {
  for (;;) {
    const waiting = await waitingRuns(runtime)
    const text = JSON.stringify(waiting.map(({ run_id, interruptions }) => [run_id, interruptions]))
    if (text !== seen.text) seen.say(waiting)
    seen.text = text
    if (signal === null || signal.aborted) return
    await pauseFor(signal)
  }
}

async function pauseFor(signal: AbortSignal): Promise<void> {
  await sleep(INTERVAL, undefined, { signal }).catch(() => {})
}
