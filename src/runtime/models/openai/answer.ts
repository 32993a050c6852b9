/** Reads the body of a model's answer without ever holding more of it than allowed. */
import { ModelFailure } from '../../failures.ts'
import { invariant } from '../../../util/invariant.ts'
import type { IncomingMessage } from 'node:http'
import type { FailureContext } from './failures.ts'

/** A successful HTTP answer whose body is still to be read. */
export interface Answer {
  /** Media type in lower case, without parameters; empty when the server sent none. */
  readonly mediaType: string
  readonly body: IncomingMessage
}

/** An answer, and what to check and whom to tell while its body is read. */
export interface Reading {
  readonly answer: Answer
  readonly context: FailureContext
  readonly maxBytes: number
  readonly onActivity: () => void
}

/**
 * The body in pieces as they come. A consumer that stops early closes the connection.
 *
 * @throws ModelFailure when the body is larger than `maxBytes`; the connection's own error when it is cut.
 */
export async function* readChunks(reading: Reading): AsyncGenerator<Uint8Array, void, void> {
  let bytes = 0
  for await (const chunk of reading.answer.body) {
    invariant(Buffer.isBuffer(chunk), 'a body without an encoding comes in buffers')
    reading.onActivity()
    bytes += chunk.length
    if (bytes > reading.maxBytes) {
      throw new ModelFailure(
        `${reading.context.who} sent more than ${reading.maxBytes} bytes (max_output_bytes)`,
      )
    }
    yield chunk
  }
}

/** The whole body as text. Fails as `readChunks` does, and when it is not UTF-8. */
export async function readText(reading: Reading): Promise<string> {
  const decode = createTextDecoder(reading.context.who)
  let text = ''
  for await (const chunk of readChunks(reading)) text += decode(chunk)
  return text + decode(null)
}

/** Decodes UTF-8 whose characters may be split between chunks; `null` ends the text. */
export function createTextDecoder(who: string): (chunk: Uint8Array | null) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  return (chunk) => {
    try {
      return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true })
    } catch (error) {
      throw new ModelFailure(`${who} sent bytes that are not UTF-8`, { cause: error })
    }
  }
}
