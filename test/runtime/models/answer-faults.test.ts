/** Statuses, broken bodies and lost connections: what may be tried again, and what a person reads. */
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { ModelFailure } from '../../../src/runtime/failures.ts'
import { retryAfterOf } from '../../../src/runtime/models/openai/failures.ts'
import { respondWithRetry } from '../../../src/runtime/models/retry.ts'
import { body, endless, json, sse, startModelServer, stream } from '../../support/model-server.ts'
import { answer, collect, definition, failure, modelAt, request } from './support.ts'
import type { AddressInfo } from 'node:net'
import type { Answer } from '../../support/model-server.ts'
import type { Api } from './support.ts'

const APIS: readonly Api[] = ['responses', 'chat_completions']
const HTML = '<!DOCTYPE html><html><body>Welcome</body></html>'

async function failureOf(api: Api, given: Answer, options: { stream?: boolean; changes?: object } = {}) {
  await using server = await startModelServer(given)
  const asked = collect(modelAt(server.url, api, options.changes), request(), options.stream ?? false)
  const error = await failure(asked, ModelFailure)
  expect(server.requests).toHaveLength(1)
  expect(error.message).toContain('openai/m at 127.0.0.1:')
  return error
}

describe.each(APIS.flatMap((api) => [false, true].map((streamed) => ({ api, streamed }))))(
  '$api, stream: $streamed',
  ({ api, streamed }) => {
    const fails = (given: Answer, changes = {}) => failureOf(api, given, { stream: streamed, changes })

    test.each([
      [429, 'rate_limit'],
      [408, 'timeout'],
      [500, 'server_error'],
      [503, 'server_error'],
      [400, null],
      [401, null],
      [403, null],
      [404, null],
      [422, null],
    ] as const)(
      '%i is retryable as %s, asked once, and says what the provider said',
      async (status, retryable) => {
        const error = await fails(json({ error: { message: 'because', type: 't', code: null } }, status))
        expect(error).toMatchObject({ status, retryable, code: 'model_error' })
        expect(error.message).toContain(`answered ${status}: because`)
      },
    )

    test('HTML with 200 asks whether base_url is right', async () => {
      for (const headers of [{ 'content-type': 'text/html; charset=utf-8' }, {}]) {
        const error = await fails(body(HTML, 200, headers))
        expect(error).toMatchObject({ code: 'model_error', retryable: null })
        expect(error.message).toContain('answered with HTML, not JSON; is base_url right?')
      }
    })

    test('a body that is no JSON is malformed', async () => {
      const error = await fails(body('{"output": [', 200, { 'content-type': 'application/json' }))
      expect(error).toMatchObject({ code: 'model_error', retryable: null })
      expect(error.message).toContain('malformed answer: not JSON: "{\\"output\\": ["')
    })

    test.each(['', '[]', '{}', '"text"', '{"output": {}}', '{"choices": []}'])(
      '%j is malformed',
      async (text) => {
        const error = await fails(body(text, 200, { 'content-type': 'application/json' }))
        expect(error).toMatchObject({ retryable: null })
        expect(error.message).toContain('malformed answer')
      },
    )

    test('an error with 200 is a failure all the same', async () => {
      const error = await fails(json({ error: { message: 'no such model', code: 404 } }))
      expect(error).toMatchObject({ retryable: null, status: 404 })
      expect(error.message).toContain('reported an error: no such model')
    })

    test('a body larger than max_output_bytes is not read to its end', async () => {
      const error = await fails(endless(Buffer.from('[[[[['.repeat(1000)), 'application/json'), {
        max_output_bytes: 100_000,
      })
      expect(error.message).toContain('sent more than 100000 bytes (max_output_bytes)')
    })

    test('an endless error page is not read to its end', async () => {
      const error = await fails(endless(Buffer.from('x'.repeat(10_000)), 'text/plain', 500))
      expect(error).toMatchObject({ status: 500, retryable: 'server_error' })
      expect(error.message.length).toBeLessThan(2000)
    })

    test('a connection that breaks before the answer is a network failure', async () => {
      const error = await fails((response) => void response.destroy())
      expect(error).toMatchObject({ retryable: 'network', status: null })
      expect(error.message).toContain('it was closed (ECONNRESET)')
    })

    test('a body that breaks off is a network failure', async () => {
      const error = await fails((response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        response.write('{"output":', () => response.destroy())
      })
      expect(error.retryable).toBe('network')
    })

    test('a redirect is not followed', async () => {
      const error = await fails(body('', 307, { location: 'http://elsewhere.example/v1' }))
      expect(error).toMatchObject({ status: 307, retryable: null })
      expect(error.message).toContain('a redirect to http://elsewhere.example/v1 (is base_url right?)')
    })
  },
)

describe('the words of a failure', () => {
  test('nothing listens there', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const error = await failure(collect(modelAt(`http://127.0.0.1:${port}/v1`, 'responses')), ModelFailure)
    expect(error).toMatchObject({ retryable: 'network', status: null })
    expect(error.message).toBe(
      `the connection to openai/m at 127.0.0.1:${port} failed: nothing listens there (ECONNREFUSED)`,
    )
  })

  test('401 says which key to check', async () => {
    const refused = json({ error: { message: 'bad key' } }, 401)
    expect((await failureOf('responses', refused)).message).toContain('bad key (check OPENAI_API_KEY)')
    const own = { changes: { api_key: 'other' } }
    expect((await failureOf('responses', refused, own)).message).toContain(
      'bad key (check api_key of model "main")',
    )
  })

  test('404 with a page asks whether base_url is right, 404 with a message does not', async () => {
    expect((await failureOf('responses', body(HTML, 404))).message).toContain(
      'an HTML page (is base_url right?)',
    )
    expect((await failureOf('responses', body('', 404))).message).toContain(
      'answered 404 (is base_url right?)',
    )
    const unknown = json({ error: { message: 'no model m' } }, 404)
    expect((await failureOf('responses', unknown)).message).not.toContain('base_url')
  })

  test.each([
    [json({ detail: 'said so' }, 400), 'said so'],
    [json({ message: 'said so' }, 400), 'said so'],
    [json({ error: 'said so' }, 400), 'said so'],
    [body('said so', 400), 'said so'],
    [json({ detail: [{ msg: 'said so' }] }, 400), '[{"msg":"said so"}]'],
  ])('the message is found in other shapes (%#)', async (given, words) => {
    expect((await failureOf('responses', given)).message).toMatch(
      new RegExp(`400: .*${RegExp.escape(words)}`),
    )
  })

  test.each(APIS)('the key is never in it, whoever repeats it (%s)', async (api) => {
    const secret = 'sk-secret-1234'
    const echoes = [
      json({ error: { message: `Incorrect API key: ${secret}` } }, 401),
      json({ error: { message: `Incorrect API key: ${secret}` } }),
      body(`{"key": "${secret}"`, 200, { 'content-type': 'application/json' }),
      body(`x${secret.repeat(200)}`, 500),
      stream([sse([{ error: { message: secret } }])]),
    ]
    for (const echo of echoes) {
      const error = await failureOf(api, echo, { stream: true })
      const shown = `${error.message} ${error.stack ?? ''} ${String(error.cause)}`
      expect(shown).not.toContain('sk-secret')
      expect(error.message).toContain('[redacted:api_key]')
    }
  })

  test('a key that cannot be sent is not shown either', async () => {
    const changes = { api_key: 'sk-secret\u{1F511}key' }
    await using server = await startModelServer(json({}))
    const error = await failure(collect(modelAt(server.url, 'responses', changes)), ModelFailure)
    expect(error.retryable).toBeNull()
    expect(`${error.message} ${String(error.cause)}`).not.toContain('sk-secret')
  })
})

describe('Retry-After', () => {
  const at = Date.parse('2026-01-01T00:00:00Z')
  test.each([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.25' }, 250],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }, 5000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-1' }, null],
    [{}, null],
  ])('%j is %s ms', (headers, milliseconds) => {
    expect(retryAfterOf(new Headers(headers), at)).toBe(milliseconds)
  })

  test('is waited for before the next attempt; the server is asked once an attempt', async () => {
    await using server = await startModelServer(
      json({ error: { message: 'slow down' } }, 429, { 'retry-after-ms': '7' }),
      json({ error: { message: 'oops' } }, 500),
      json(answer({ text: 'ok' }).responses.whole),
    )
    const slept: number[] = []
    const events = respondWithRetry(modelAt(server.url, 'responses'), request(), definition(), {
      signal: new AbortController().signal,
      stream: false,
      clock: { sleep: async (ms) => void slept.push(ms) },
      random: () => 0,
    })
    const seen = (await Array.fromAsync(events)).flat()
    expect(seen.at(-1)).toMatchObject({ type: 'response', attempts: 3 })
    expect(slept).toEqual([7, 1000])
    expect(server.requests).toHaveLength(3)
  })
})
