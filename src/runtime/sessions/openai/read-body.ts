/** Reads a whole body, which somebody else wrote. */
import type { IncomingMessage } from 'node:http'
import { invariant } from '../../../util/invariant.ts'

/** A page of items with pictures in them is smaller. */
const MOST_BYTES = 67_108_864

/** @throws Error for a body that is too large. */
export async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message) {
    invariant(Buffer.isBuffer(chunk), 'a body without an encoding comes in buffers')
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new SyntaxError(`the answer has more than ${MOST_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
