/** `fetch` for servers nobody vouches for: no message of theirs fills the memory. */

/** Bytes of one answer, or of one event of a stream. */
const MOST_BYTES = 10 * 1024 * 1024

const NEWLINE = 10
const RETURN = 13

/** Reading an answer fails once it, or one event of it, is larger than 10 MiB. */
export async function boundedFetch(url: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init)
  if (response.body === null) return response
  const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true
  const { status, statusText, headers } = response
  const body = response.body.pipeThrough(limiter(isStream))
  return Object.defineProperty(new Response(body, { status, statusText, headers }), 'url', {
    value: response.url,
  })
}

/** Counts from the last empty line of a stream of events, which ends an event. */
function limiter(isStream: boolean): TransformStream<Uint8Array, Uint8Array> {
  let count = 0
  let atLineStart = true
  return new TransformStream({
    transform(chunk, controller) {
      for (const byte of isStream ? chunk : []) {
        count += 1
        if (byte === NEWLINE) {
          if (atLineStart) count = 0
          atLineStart = true
        } else if (byte !== RETURN) atLineStart = false
      }
      if (!isStream) count += chunk.length
      if (count > MOST_BYTES) {
        controller.error(new Error(`the server sent a message of more than ${MOST_BYTES} bytes`))
      } else controller.enqueue(chunk)
    },
  })
}
