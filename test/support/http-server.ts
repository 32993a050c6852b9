/** A real HTTP server on this machine that remembers what it was asked. */
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface SeenRequest {
  readonly method: string
  /** Path and query, as they came. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface TestServer extends AsyncDisposable {
  /** Without a path. */
  readonly url: string
  readonly port: number
  readonly requests: readonly SeenRequest[]
}

/** Listens on the loopback address until disposed of. */
export async function startServer(answer: RequestListener): Promise<TestServer> {
  const requests: SeenRequest[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    const { method = '', url = '', headers } = request
    requests.push({ method, path: url, headers, body })
    answer(request, response)
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
