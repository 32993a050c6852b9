/** Reads an answer that comes as server-sent events. */
import { createTextDecoder, readChunks } from './answer.ts'
import { htmlFailure, looksLikeHtml, malformedFailure, parseObject } from './failures.ts'
import { createSseDecoder } from './sse.ts'
import type { ModelEvent } from '../model.ts'
import type { Reading } from './answer.ts'
import type { StreamDecoder } from './api.ts'

/** Servers need not close a connection after the last event; this long we wait for them to. */
const END_GRACE_MS = 1000

/** Enough of a body to tell a page from a stream. */
const START_LENGTH = 100

/**
 * The events of a stream in the batches they arrive in, the `response` event last. A connection that is lost after the
 * answer is complete loses nothing.
 *
 * @throws ModelFailure when the stream is cut, malformed, too large, or no stream at all.
 */
export async function* readStream(
  decoder: StreamDecoder,
  reading: Reading,
): AsyncGenerator<readonly ModelEvent[], void, void> {
  let grace: NodeJS.Timeout | null = null
  try {
    for await (const batch of readData(reading)) {
      yield batch.flatMap((data) => decodeEvent(data, decoder, reading))
      if (decoder.isComplete()) grace ??= setTimeout(() => reading.answer.body.destroy(), END_GRACE_MS)
    }
  } catch (error) {
    if (!decoder.isComplete() || !isConnectionError(error)) throw error
  } finally {
    if (grace !== null) clearTimeout(grace)
  }
  yield [{ type: 'response', response: decoder.end() }]
}

function decodeEvent(data: string, decoder: StreamDecoder, { context }: Reading): readonly ModelEvent[] {
  if (data !== '[DONE]') return decoder.push(parseObject(data, context))
  decoder.done()
  return []
}

/** The data of the events, in batches. */
async function* readData(reading: Reading): AsyncGenerator<readonly string[], void, void> {
  const { who } = reading.context
  const decode = createTextDecoder(who)
  const sse = createSseDecoder()
  let start = ''
  let isStream = false
  for await (const chunk of readChunks(reading)) {
    const text = decode(chunk)
    if (start.length < START_LENGTH) start += text.slice(0, START_LENGTH)
    const batch = sse.push(text)
    if (batch.length === 0) continue
    isStream = true
    yield batch
  }
  const rest = [...sse.push(decode(null)), ...sse.end()]
  if (rest.length > 0) yield rest
  else if (!isStream && start !== '') {
    throw looksLikeHtml('', start) ? htmlFailure(who) : malformedFailure(who, 'there are no events in it')
  }
}

/** An error of the socket, not one of ours about what came over it. */
function isConnectionError(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]/.test(error.code)
  )
}
