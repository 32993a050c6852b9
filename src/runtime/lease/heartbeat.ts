/** Says that this process is alive for as long as it holds a lease. */
import type { RunStore } from '../store/run-store.ts'

/** Milliseconds between two heartbeats: a third of the silence after which a holder counts as gone. */
export const HEARTBEAT_INTERVAL = 5_000

export interface Heartbeat {
  /**
   * Beats until the returned function is called; calling it again does nothing. One timer serves all leases held at
   * once, and it does not keep the process alive.
   */
  hold(): () => void
}

export interface HeartbeatOptions {
  /** Milliseconds; `HEARTBEAT_INTERVAL` when absent. */
  readonly interval?: number
  /** Told when a beat fails; the next one is tried all the same, and a lease lost meanwhile fences its appends. */
  readonly onFailure: (error: unknown) => void
}

/** The heartbeat of one process, by the `driver_id` of its holder. */
export function createHeartbeat(
  store: Pick<RunStore, 'heartbeat'>,
  driverId: string,
  options: HeartbeatOptions,
): Heartbeat {
  const { interval = HEARTBEAT_INTERVAL, onFailure } = options
  let held = 0
  let timer: NodeJS.Timeout | undefined
  let beating = false

  async function beat(): Promise<void> {
    if (beating) return
    beating = true
    try {
      await store.heartbeat(driverId)
    } catch (error) {
      onFailure(error)
    } finally {
      beating = false
    }
  }

  return {
    hold() {
      held += 1
      timer ??= setInterval(() => void beat(), interval).unref()
      let released = false
      return () => {
        if (released) return
        released = true
        held -= 1
        if (held > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
  }
}
