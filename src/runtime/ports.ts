/** Time and ids as ports, so that a run is deterministic in tests. */
import { randomUUID } from 'node:crypto'

export interface Clock {
  now(): Date
  /** Resolves after some milliseconds; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface IdSource {
  /** A new `run_…` id; later ids sort after earlier ones. */
  runId(): string
}

export function systemClock(): Clock {
  return {
    now: () => new Date(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const timer = setTimeout(done, ms)
        const abort = (): void => {
          clearTimeout(timer)
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', abort, { once: true })
        function done(): void {
          signal?.removeEventListener('abort', abort)
          resolve()
        }
      }),
  }
}

/** Ids from the time and 74 random bits, in Crockford's base 32 (as ULIDs are written). */
export function timeSortedIds(clock: Clock): IdSource {
  return {
    runId: () => {
      const time = toBase32(BigInt(clock.now().getTime()), 10)
      const random = toBase32(BigInt(`0x${randomUUID().replaceAll('-', '')}`), 26).slice(-16)
      return `run_${time}${random}`
    },
  }
}

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz'

function toBase32(value: bigint, length: number): string {
  let rest = value
  let text = ''
  for (let index = 0; index < length; index++) {
    text = `${BASE32[Number(rest % 32n)]}${text}`
    rest /= 32n
  }
  return text
}
