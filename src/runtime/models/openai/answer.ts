/** Reads the body of a model's answer without ever holding more of it than allowed. */
import { isUtf8 } from 'node:buffer'
import { ModelFailure } from '../../failures.ts'
import { invariant } from '../../../util/invariant.ts'
import type { IncomingMessage } from 'node:http'
import { cutFailure } from './failures.ts'
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
  const count = createCounter(reading)
  for await (const chunk of reading.answer.body) {
    invariant(Buffer.isBuffer(chunk), 'a body without an encoding comes in buffers')
    yield count(chunk)
  }
}

/** The whole body as text. Fails as `readChunks` does, and when it is not UTF-8. */
export function readText(reading: Reading): Promise<string> {
  const { body } = reading.answer
  const decode = createTextDecoder(reading.context.who)
  const count = createCounter(reading)
  const chunks: Buffer[] = []
  // By its events: an iteration costs more than all else about a short answer.
  return new Promise((resolve, reject) => {
    const orFail = (work: () => void): void => {
      try {
        work()
      } catch (error) {
        reject(error)
        body.destroy()
      }
    }
    body.on('data', (chunk: Buffer) => orFail(() => chunks.push(count(chunk))))
    body.once('end', () => orFail(() => resolve(decode(Buffer.concat(chunks)) + decode(null))))
    body.once('error', reject)
    body.once('close', () => {
      // An error is not made for nothing: it looks at the stack.
      if (!body.readableEnded) reject(cutFailure(reading.context.who, 'the connection was closed'))
    })
  })
}

/** Passes chunks of one body on until they are too many. */
function createCounter({ context, maxBytes, onActivity }: Reading): (chunk: Buffer) => Buffer {
  let bytes = 0
  return (chunk) => {
    onActivity()
    bytes += chunk.length
    if (bytes <= maxBytes) return chunk
    throw new ModelFailure(`${context.who} sent more than ${maxBytes} bytes (max_output_bytes)`)
  }
}

const BYTE_ORDER_MARK = '\uFEFF'

/**
 * Decodes UTF-8 whose characters may be split between chunks; `null` ends the text. Not by `TextDecoder`: in a stream it
 * makes strings of two bytes a character, which then cost twice as much wherever they go.
 */
export function createTextDecoder(who: string): (chunk: Uint8Array | null) => string {
  let begun = false
  let split: Uint8Array | null = null
  return (chunk) => {
    const bytes = joined(split, chunk)
    const end = chunk === null ? bytes.length : completeEnd(bytes)
    split = end === bytes.length ? null : bytes.subarray(end)
    const whole = bytes.subarray(0, end)
    if (!isUtf8(whole)) throw new ModelFailure(`${who} sent bytes that are not UTF-8`)
    const text = whole.toString('utf8')
    if (begun || text === '') return text
    begun = true
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
  }
}

function joined(split: Uint8Array | null, chunk: Uint8Array | null): Buffer {
  if (split !== null) return Buffer.concat(chunk === null ? [split] : [split, chunk])
  return chunk === null ? Buffer.alloc(0) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

/** Where the last character begins if it is not complete; else the end. */
function completeEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length
    // The first byte of a character says how long it is.
    if (byte >= 0xc0)
      return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length
  }
  return bytes.length
}
