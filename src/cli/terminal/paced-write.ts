/** Writing for a reader who may be slow: what he has not taken yet must not pile up in memory. */
import type { Writable } from 'node:stream'

/**
 * Writes, and resolves once the reader keeps up, or is gone. An abort of `hurry` ends the wait: nobody should wait for a
 * stalled reader to be able to stop.
 */
export async function pacedWrite(stream: Writable, text: string, hurry: AbortSignal): Promise<void> {
  if (stream.write(text) || isGone(stream) || hurry.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const goOn = (): void => resolve()
  const events = ['drain', 'close', 'error'] as const
  for (const event of events) stream.once(event, goOn)
  hurry.addEventListener('abort', goOn, { once: true })
  await promise
  for (const event of events) stream.off(event, goOn)
  hurry.removeEventListener('abort', goOn)
}

function isGone(stream: Writable): boolean {
  return stream.destroyed || stream.writableEnded || stream.errored !== null
}
