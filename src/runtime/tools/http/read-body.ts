/** Reads the body of a response: decompressed, and never more than was asked for. */
import { pipeline } from 'node:stream'
import type { Readable, Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { invariant } from '../../../util/invariant.ts'
import type { Exchange } from './send-request.ts'

export interface ReadBody {
  readonly bytes: Buffer
  /** There was more. */
  readonly isCut: boolean
}

/**
 * At most `limit` bytes, as sent and as decompressed. What was received is let go of however this ends.
 *
 * @throws Error for an encoding that is unknown or broken, and a connection that breaks.
 */
export async function readBody(exchange: Exchange, limit: number): Promise<ReadBody> {
  const { response } = exchange
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of decoded(exchange)) {
      invariant(Buffer.isBuffer(chunk), 'a body without an encoding comes in buffers')
      chunks.push(chunk)
      size += chunk.length
      if (size > limit) break
    }
  } finally {
    response.destroy()
  }
  return { bytes: Buffer.concat(chunks).subarray(0, limit), isCut: size > limit }
}

/** More than one is seen nowhere, and each can make a small body a thousand times larger. */
const maxEncodings = 2

function decoded({ request, response }: Exchange): Readable {
  const names = (response.headers['content-encoding'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  const hasBody = response.statusCode !== 204 && response.statusCode !== 304 && request.method !== 'HEAD'
  if (!hasBody) return response
  if (names.length > maxEncodings) throw new Error(`The response is encoded ${names.length} times`)
  return names.reverse().reduce<Readable>((stream, name) => {
    const decoder = decoderOf(name)
    // What goes wrong in a pipeline is what its last stream fails with.
    return pipeline(stream, decoder, () => {})
  }, response)
}

function decoderOf(name: string): Transform {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    case 'zstd':
      return createZstdDecompress()
    default:
      throw new Error(`The response has the encoding ${JSON.stringify(name)}, which is not known`)
  }
}
