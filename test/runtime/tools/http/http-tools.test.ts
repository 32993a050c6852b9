import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { HttpToolDefinition } from '../../../../src/compiler/program.ts'
import type { Json } from '../../../../src/util/json.ts'
import { startServer } from '../../../support/http-server.ts'
import type { TestServer } from '../../../support/http-server.ts'
import { compiled, httpTool, program } from '../../../support/program.ts'
import { outputs, runtimeOver } from '../../../support/runs.ts'

const FAILED = 'An error occurred while running the tool. Please try again. Error: '

interface Outcome {
  readonly status: string
  readonly error: unknown
  readonly output: unknown
}

/** Runs one call of an HTTP tool, then an answer. */
async function callTool(
  given: Partial<HttpToolDefinition>,
  args: Record<string, Json> = {},
  environment: Record<string, string> = {},
): Promise<Outcome> {
  const runtime = runtimeOver(environment)
  const script = [{ tool_calls: [{ name: 't', arguments: args, call_id: 'c' }] }, { text: 'done' }]
  const result = await runtime.start(compiled(program({ script, tools: [httpTool('t', given)] })), 'Go')
    .result
  const output = (await outputs(runtime, result.run_id))['c']
  return { status: result.status, error: result.error, output }
}

function echo(): Promise<TestServer> {
  return startServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end('{"ok":true}'),
  )
}

/** Redirects by the map, and answers what is not in it. */
function redirecting(targets: () => Record<string, [status: number, location: string]>): Promise<TestServer> {
  return startServer((request, response) => {
    const target = targets()[request.url ?? '']
    if (target === undefined) response.end(`${request.method} ${request.url}`)
    else response.writeHead(target[0], { location: target[1] }).end('elsewhere')
  })
}

describe('a request', () => {
  test('is what the spec and the arguments say, and its answer is the output', async () => {
    await using server = await echo()
    const outcome = await callTool(
      {
        method: 'POST',
        url: '${BASE}/orders/{{ args.id }}',
        query: { q: '{{ args.q }}' },
        headers: { Authorization: 'Bearer ${API_TOKEN}', 'X-Run': '{{ context.run }}' },
        body: { reason: '{{ args.q }}' },
      },
      { id: '7/../8', q: 'ü "' },
      { BASE: server.url, API_TOKEN: 'token-0123456789' },
    )
    expect(outcome).toEqual({ status: 'completed', error: null, output: '{"ok":true}' })
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/orders/7%2F..%2F8?q=%C3%BC%20%22',
        body: '{"reason":"ü \\""}',
        headers: { authorization: 'Bearer token-0123456789', 'content-type': 'application/json' },
      },
    ])
    expect(server.requests[0]?.headers).not.toHaveProperty('x-run')
  })

  test('is not made with arguments that the schema refuses', async () => {
    await using server = await echo()
    const parameters = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] }
    const { output } = await callTool({ url: server.url, parameters }, { id: 'x' })
    expect(output).toMatch(/^An error occurred while parsing tool arguments/)
    expect(server.requests).toEqual([])
  })

  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)('can be %s', async (method) => {
    await using server = await startServer((_request, response) =>
      response.writeHead(204, { allow: 'GET' }).end(),
    )
    const { output } = await callTool({ method, url: server.url })
    expect(server.requests).toMatchObject([{ method, body: '' }])
    expect(String(output)).toMatch(
      method === 'HEAD' || method === 'OPTIONS'
        ? /^HTTP 204 No Content\nallow: GET\n/
        : /^HTTP 204 No Content$/,
    )
  })

  test('that names a secret of its own tells nobody', async () => {
    await using server = await startServer((request, response) =>
      response.end(`you sent ${String(request.headers['x-key'])}`),
    )
    const given = { url: server.url, headers: { 'X-Key': '${API_KEY}' } }
    const { output } = await callTool(given, {}, { API_KEY: 'key-0123456789' })
    expect(output).toBe('you sent [redacted:API_KEY]')
  })
})

describe('a response', () => {
  async function answered(
    answer: (response: ServerResponse) => void,
    given: Partial<HttpToolDefinition> = {},
  ): Promise<unknown> {
    await using server = await startServer((_request, response) => answer(response))
    return (await callTool({ url: `${server.url}/files/report`, ...given })).output
  }

  test.each([
    ['text/plain; charset=iso-8859-1', Buffer.from([0xe9]), 'é'],
    ['text/html; charset=nonsense', Buffer.from('é'), 'é'],
    ['application/problem+json', Buffer.from('{"a":1}'), '{"a":1}'],
    ['application/octet-stream', Buffer.from('readable'), 'readable'],
    ['image/png', Buffer.from([0, 255]), [{ type: 'input_image', image_url: 'data:image/png;base64,AP8=' }]],
    [
      'application/pdf',
      Buffer.from([0, 255]),
      [{ type: 'input_file', file_data: 'data:application/pdf;base64,AP8=', filename: 'report.pdf' }],
    ],
    [
      'application/octet-stream',
      Buffer.from([0, 255]),
      `${FAILED}The response is application/octet-stream, 2 bytes: neither text, an image nor a PDF`,
    ],
    [
      'audio/mpeg',
      Buffer.from('x'),
      `${FAILED}The response is audio/mpeg, 1 bytes: neither text, an image nor a PDF`,
    ],
  ])('of type %s becomes what a model can read', async (type, body, expected) => {
    expect(await answered((response) => response.setHeader('content-type', type).end(body))).toEqual(expected)
  })

  test('that looks like content parts is only text', async () => {
    const body = '{"type":"image","image_url":"http://169.254.169.254/"}'
    expect(
      await answered((response) => response.setHeader('content-type', 'application/json').end(body)),
    ).toBe(body)
  })

  test('with another status is an error, with the beginning of its body', async () => {
    expect(await answered((response) => response.writeHead(404).end('no order 7'))).toBe(
      `${FAILED}HTTP 404 Not Found: no order 7`,
    )
    const long = await answered((response) => response.writeHead(500).end('é'.repeat(100_000)))
    expect(String(long)).toMatch(/HTTP 500 Internal Server Error: é+…$/)
    expect(String(long).length).toBeLessThan(3000)
    expect(await answered((response) => response.writeHead(302).end('nowhere'))).toBe(
      `${FAILED}HTTP 302 Found: nowhere`,
    )
  })

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('compressed by %s is read, and limited by what it becomes', async (encoding, compress) => {
    const send = (text: string) => (response: ServerResponse) =>
      void response.writeHead(200, { 'content-encoding': encoding }).end(compress(Buffer.from(text)))
    expect(await answered(send('hello'))).toBe('hello')
    expect(await answered(send('x'.repeat(1000)), { max_response_bytes: 1000 })).toBe('x'.repeat(1000))
    expect(await answered(send('x'.repeat(50_000_000)), { max_response_bytes: 1000 })).toBe(
      `${FAILED}The response is larger than 1000 bytes (max_response_bytes)`,
    )
  })

  test.each([
    ['unknown', 'x', /has the encoding "unknown", which is not known$/],
    ['gzip, gzip, gzip', 'x', /is encoded 3 times$/],
    ['gzip', 'not compressed', /incorrect header check$/],
  ])('encoded %s fails', async (encoding, text, message) => {
    expect(
      await answered((response) => response.writeHead(200, { 'content-encoding': encoding }).end(text)),
    ).toMatch(message)
  })

  test('without an end is read no further than its limit', async () => {
    const output = await answered(
      (response) => {
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(10_000)));
          response.once('drain', more)
        }
        more()
      },
      { max_response_bytes: 100_000 },
    )
    expect(output).toBe(`${FAILED}The response is larger than 100000 bytes (max_response_bytes)`)
  })

  test('that breaks off is an error', async () => {
    const output = await answered((response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy())
    })
    expect(output).toBe(`${FAILED}aborted`)
  })

  test('that never comes ends with the timeout of the tool', async () => {
    expect(await answered(() => {}, { timeout: 200 })).toBe("Tool 't' timed out after 0.2 seconds.")
    expect(await answered((response) => void response.write('begun'), { timeout: 200 })).toBe(
      "Tool 't' timed out after 0.2 seconds.",
    )
  })
})

describe('private networks', () => {
  test.each([
    'http://127.0.0.1',
    'http://localhost',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://2130706433',
    'http://0177.0.0.1',
    'http://0x7f.1',
    'http://0.0.0.0',
  ])('are not called unless the spec allows it: %s', async (host) => {
    await using server = await echo()
    const { output } = await callTool({ url: `${host}:${server.port}/`, allow_private_addresses: false })
    expect(output).toMatch(/is an address of a private network, which this tool may not call/)
    expect(server.requests).toEqual([])
  })

  test('may be allowed, by name too', async () => {
    await using server = await echo()
    expect((await callTool({ url: `http://localhost:${server.port}/` })).output).toBe('{"ok":true}')
  })
})

describe('redirects', () => {
  test('are followed on one origin, with the headers of the spec', async () => {
    await using server = await redirecting(() => ({ '/a': [302, '/b?x=1'], '/b?x=1': [308, '/c'] }))
    const { output } = await callTool({ url: `${server.url}/a`, headers: { 'X-Key': 'k' } })
    expect(output).toBe('GET /c')
    expect(server.requests.map(({ path, headers }) => [path, headers['x-key']])).toEqual([
      ['/a', 'k'],
      ['/b?x=1', 'k'],
      ['/c', 'k'],
    ])
  })

  test.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [303, 'HEAD', 'HEAD', ''],
    [302, 'PUT', 'PUT', 'text'],
    [307, 'POST', 'POST', 'text'],
    [308, 'DELETE', 'DELETE', 'text'],
  ] as const)('%i makes of %s a %s', async (status, method, becomes, sent) => {
    await using server = await redirecting(() => ({ '/a': [status, '/b'] }))
    await callTool({ url: `${server.url}/a`, method, ...(method === 'HEAD' ? {} : { body: 'text' }) })
    expect(server.requests[1]).toMatchObject({ method: becomes, path: '/b', body: sent })
    expect(server.requests[1]?.headers['content-type']).toBe(
      sent === '' ? undefined : 'text/plain; charset=utf-8',
    )
  })

  test('to another origin take nothing along that was meant for this one', async () => {
    await using target = await redirecting(() => ({}))
    await using server = await redirecting(() => ({ '/a': [302, `${target.url}/b`] }))
    const headers = { Authorization: 'Bearer x', 'X-Key': 'k', Accept: 'text/plain' }
    expect((await callTool({ url: `${server.url}/a`, headers })).output).toBe('GET /b')
    expect(Object.keys(target.requests[0]?.headers ?? {}).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ])
    const { output } = await callTool({ url: `${server.url}/a`, method: 'DELETE' })
    expect(output).toBe(
      `${FAILED}${server.url} redirects a DELETE request to ${target.url}: it is not sent on to another origin`,
    )
    expect(target.requests).toHaveLength(1)
  })

  test.each([
    ['file:///etc/passwd', 'redirects to the scheme file: which is not followed from http:'],
    ['ftp://example.com/', 'redirects to the scheme ftp: which is not followed from http:'],
    ['http://', 'redirects to something that is no URL'],
  ])('to %s are not followed', async (location, message) => {
    await using server = await redirecting(() => ({ '/a': [302, location] }))
    expect((await callTool({ url: `${server.url}/a` })).output).toBe(`${FAILED}${server.url} ${message}`)
  })

  test('come to an end', async () => {
    await using server = await redirecting(() => ({ '/a': [302, '/a'] }))
    expect((await callTool({ url: `${server.url}/a` })).output).toBe(
      `${FAILED}${server.url} redirects more than 5 times`,
    )
    expect(server.requests).toHaveLength(6)
  })
})

describe('what cannot be reached', () => {
  test('says so, without the path and what is in it', async () => {
    const server = await echo()
    await server[Symbol.asyncDispose]()
    expect((await callTool({ url: `${server.url}/secret` })).output).toBe(
      `${FAILED}The request to ${server.url} failed: connect ECONNREFUSED 127.0.0.1:${server.port}`,
    )
    expect((await callTool({ url: `http://localhost:${server.port}/` })).output).toMatch(
      /failed: connect ECONNREFUSED/,
    )
  })
})

test('a cancelled run lets go of its request', async () => {
  let closed = (): void => {}
  const isClosed = new Promise<void>((resolve) => (closed = resolve))
  const stop = new AbortController()
  await using server = await startServer((_request, response) => {
    response.on('close', closed)
    stop.abort()
  })
  const runtime = runtimeOver()
  const script = [{ tool_calls: [{ name: 't', arguments: {} }] }, { text: 'done' }]
  const spec = compiled(program({ script, tools: [httpTool('t', { url: server.url })] }))
  const result = await runtime.start(spec, 'Go', { signal: stop.signal }).result
  expect(result.status).toBe('interrupted')
  await isClosed
})
