/** Waits for a burst of something to end. */

export interface BurstOptions {
  /** A burst has ended when nothing came for this long, in milliseconds. */
  readonly quietMs: number
  /** What never ends is a burst of this length, in milliseconds. */
  readonly longestMs: number
}

export interface Bursts {
  /** Something came. */
  readonly knock: () => void
  /** Resolves at the end of the burst that is under way, or of the next one; at once when `signal` is aborted. */
  readonly nextEnd: (signal: AbortSignal) => Promise<void>
}

/** Nothing that comes is lost between two calls of `nextEnd`. */
export function createBursts({ quietMs, longestMs }: BurstOptions): Bursts {
  let timer: NodeJS.Timeout | undefined
  let began = 0
  let ended = false
  let tell = (): void => {}
  const end = (): void => {
    timer = undefined
    ended = true
    tell()
  }
  return {
    knock() {
      const now = performance.now()
      if (timer === undefined) began = now
      clearTimeout(timer)
      timer = setTimeout(end, Math.max(0, Math.min(quietMs, began + longestMs - now)))
    },
    async nextEnd(signal) {
      if (!ended && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const stop = (): void => resolve()
        tell = resolve
        signal.addEventListener('abort', stop)
        await promise
        signal.removeEventListener('abort', stop)
      }
      ended = false
    },
  }
}
