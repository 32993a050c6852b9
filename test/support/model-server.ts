/** A raw HTTP server that answers as a model server should, or as it should not. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

export interface RecordedRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The parsed JSON body. */
  readonly body: Record<string, unknown>
  /** The body as it came. */
  readonly text: string
}

/** Answers one request. */
export type Answer = (response: ServerResponse) => void | Promise<void>

export interface ModelServer extends AsyncDisposable {
  /** With `/v1`. */
  readonly url: string
  readonly requests: readonly RecordedRequest[]
}

/** Gives the answers in order, one a request; the last one from then on. */
export async function startModelServer(...answers: readonly Answer[]): Promise<ModelServer> {
  const requests: RecordedRequest[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await textOf(request)
    requests.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(text || '{}'), text })
    await answers[Math.min(requests.length, answers.length) - 1]?.(response)
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A JSON answer. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return body(JSON.stringify(value), status, { 'content-type': 'application/json', ...headers })
}

/** Any text with any status. */
export function body(text: string, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, headers).end(text)
  }
}

/**
 * Answers `POST /responses/compact` as OpenAI does: every message of users in it, then one compaction item. What a stored response
 * holds is not known here, so that of such a request only the item comes.
 */
export function compacted({ body: asked }: RecordedRequest): Answer {
  const input = Array.isArray(asked['input']) ? asked['input'] : []
  const users = input.filter((item: { role?: string }) => item.role === 'user')
  const messages = users.map((item: { content: unknown }, index) => ({
    id: `msg_${index}`,
    type: 'message',
    status: 'completed',
    role: 'user',
    content: typeof item.content === 'string' ? [{ type: 'input_text', text: item.content }] : item.content,
  }))
  const usage = {
    input_tokens: 139,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 438,
    output_tokens_details: { reasoning_tokens: 64 },
    total_tokens: 577,
  }
  return json({
    id: 'resp_compacted',
    object: 'response.compaction',
    created_at: 1_764_967_971,
    output: [...messages, { id: 'cmp_1', type: 'compaction', encrypted_content: 'gAAAA...' }],
    usage,
  })
}

/** The bytes of a stream of server-sent events; `[DONE]` stands for itself. */
export function sse(events: readonly unknown[]): Buffer {
  return Buffer.from(
    events.map((event) => `data: ${event === '[DONE]' ? event : JSON.stringify(event)}\n\n`).join(''),
  )
}

/** How a stream stops: properly, with a broken connection, or not at all. */
export type Ending = 'end' | 'cut' | 'stall'

/** A stream in chunks that arrive one by one. */
export function stream(chunks: readonly Uint8Array[], ending: Ending = 'end'): Answer {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    for (const chunk of chunks) {
      await new Promise<void>((resolve) => response.write(chunk, () => resolve()))
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (ending === 'end') response.end()
    if (ending === 'cut') response.destroy()
  }
}

/** The same chunk again and again until the other side has had enough. */
export function endless(chunk: Uint8Array, contentType: string, status = 200): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': contentType })
    const write = (): void => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', write)
    }
    write()
  }
}
