import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createHttpFetch } from '../../../src/runtime/models/openai/http-fetch.ts'
import type { AddressInfo, Socket } from 'node:net'
import type { RequestListener } from 'node:http'

interface RawServer extends AsyncDisposable {
  readonly url: string
  /** The connections in the order they were opened. */
  readonly sockets: readonly Socket[]
}

async function serve(listener: RequestListener): Promise<RawServer> {
  const sockets: Socket[] = []
  const server = createServer(listener)
  server.on('connection', (socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    sockets,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** One request whose body is read to its end. */
async function post(http: ReturnType<typeof createHttpFetch>, url: string, body = 'x'): Promise<string> {
  const response = await http.fetch(url, { method: 'POST', body })
  const chunks: Buffer[] = []
  for await (const chunk of http.bodyOf(response)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('connections', () => {
  test('are kept and used again', async () => {
    await using server = await serve((request, response) => void request.pipe(response))
    const http = createHttpFetch()
    expect(await post(http, server.url, 'one')).toBe('one')
    expect(await post(http, server.url, 'two')).toBe('two')
    expect(server.sockets).toHaveLength(1)
  })

  test('that the server closes just as they are used again cost nothing', async () => {
    let requests = 0
    await using server = await serve((request, response) => {
      requests++
      if (requests === 2) request.socket.resetAndDestroy()
      else request.pipe(response)
    })
    const http = createHttpFetch()
    await post(http, server.url)
    expect(await post(http, server.url, 'again')).toBe('again')
    expect(server.sockets).toHaveLength(2)
  })

  test('that are given up between the last byte and its end harm nobody', async () => {
    await using server = await serve((_request, response) => response.end('all of it'))
    const http = createHttpFetch()
    const uncaught: Error[] = []
    const listen = (error: Error): void => void uncaught.push(error)
    process.prependListener('uncaughtException', listen)
    try {
      const controller = new AbortController()
      const response = await http.fetch(server.url, { method: 'POST', body: 'x', signal: controller.signal })
      const chunks = http.bodyOf(response)[Symbol.asyncIterator]()
      await chunks.next()
      const rest = chunks.next().catch(() => null)
      controller.abort()
      await rest
      await new Promise((resolve) => setTimeout(resolve, 20))
    } finally {
      process.off('uncaughtException', listen)
    }
    expect(uncaught).toEqual([])
  })

  test('that break while they are new fail', async () => {
    let requests = 0
    await using server = await serve((request) => {
      requests++
      request.socket.resetAndDestroy()
    })
    await expect(post(createHttpFetch(), server.url)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(requests).toBe(1)
  })
})

test('an abort ends a request that waits', async () => {
  await using server = await serve(() => {})
  const controller = new AbortController()
  const result = createHttpFetch().fetch(server.url, { signal: controller.signal })
  controller.abort()
  await expect(result).rejects.toMatchObject({ name: 'AbortError' })
})

test('a request that is aborted before it begins is never sent', async () => {
  let requests = 0
  await using server = await serve(() => void requests++)
  const result = createHttpFetch().fetch(server.url, {
    method: 'POST',
    body: 'x',
    signal: AbortSignal.abort(),
  })
  await expect(result).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(requests).toBe(0)
})

test.each([204, 304, 500])('a status %i without a body is a response', async (status) => {
  await using server = await serve((_, response) => void response.writeHead(status).end())
  expect((await createHttpFetch().fetch(server.url)).status).toBe(status)
})
