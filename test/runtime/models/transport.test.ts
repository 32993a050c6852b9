import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { createTransport } from '../../../src/runtime/models/openai/transport.ts'
import { json, startModelServer } from '../../support/model-server.ts'
import type { Connection, Post } from '../../../src/runtime/models/openai/transport.ts'
import type { RecordedRequest } from '../../support/model-server.ts'

const BODY = JSON.stringify({ model: 'm', input: 'Grüße, 世界' })

type Place = Omit<Connection, 'baseUrl'>

/** The request that our transport makes. */
async function ours(connection: Place, post: Partial<Post>, below = ''): Promise<RecordedRequest> {
  await using server = await startModelServer(json({}))
  const transport = createTransport({ baseUrl: `${server.url}${below}`, ...connection }, '/responses')
  const signal = new AbortController().signal
  const answer = await transport.post({ body: BODY, headers: {}, query: {}, signal, ...post })
  answer.body.resume()
  return onlyRequest(server.requests)
}

/** The request that the official client makes of the same. */
async function theirs(connection: Place, post: Partial<Post>, below = ''): Promise<RecordedRequest> {
  await using server = await startModelServer(json({}))
  const { apiKey = 'none', organization = null, project = null, headers } = connection
  const client = new OpenAI({
    baseURL: `${server.url}${below}`,
    apiKey,
    organization,
    project,
    maxRetries: 0,
    defaultHeaders: connection.apiKey === undefined ? { Authorization: null, ...headers } : headers,
  })
  const type = { 'content-type': 'application/json' }
  await client
    .post('/responses', { body: BODY, query: post.query, headers: { ...type, ...post.headers } })
    .asResponse()
  return onlyRequest(server.requests)
}

function onlyRequest(requests: readonly RecordedRequest[]): RecordedRequest {
  const [request, ...others] = requests
  if (request === undefined || others.length > 0) throw new Error('one request was to be made')
  return request
}

/** What of a request says who asks for what; the client also tells about itself and its platform. */
function essence({ path, headers, text }: RecordedRequest): object {
  const named = [
    'accept',
    'authorization',
    'content-type',
    'openai-organization',
    'openai-project',
    'x-a',
    'x-b',
  ]
  const kept = Object.entries(headers).filter(([name]) => named.includes(name))
  return { path: decodeURIComponent(path), text, headers: Object.fromEntries(kept) }
}

describe('asks as the official client does', () => {
  const headers = { 'X-A': 'of the connection' }
  test.each<[what: string, connection: Place, post: Partial<Post>, below?: string]>([
    ['with a key', { apiKey: 'sk-1', headers: {} }, {}],
    ['without a key', { headers: {} }, {}],
    [
      'for an organization and a project',
      { apiKey: 'sk-1', organization: 'o', project: 'p', headers: {} },
      {},
    ],
    ['with headers over headers', { headers }, { headers: { 'x-a': 'of the request', 'X-B': 'too' } }],
    [
      'with a header taken away',
      { apiKey: 'sk-1', headers },
      { headers: { 'x-a': null, Authorization: null } },
    ],
    ['with its own authorization', { headers: { authorization: 'Basic x' } }, {}],
    [
      'with a query',
      { headers: {} },
      { query: { 'api-version': '2026-01-01', n: 1, on: true, list: ['a', 'b'], deep: { a: { b: 1 } } } },
    ],
    ['at an address that ends in a slash', { headers: {} }, {}, '/'],
  ])('%s', async (_, connection, post, below) => {
    const [made, expected] = await Promise.all([
      ours(connection, post, below),
      theirs(connection, post, below),
    ])
    expect(essence(made)).toEqual(essence(expected))
  })
})

test('says who asks', async () => {
  expect((await ours({ headers: {} }, {})).headers['user-agent']).toBe('agentspec')
})

test.each([204, 304, 404, 500])('a status %i decides whether there is an answer', async (status) => {
  const said = { error: { message: 'no' } }
  await using server = await startModelServer(json(said, status, { 'retry-after': '7' }))
  const transport = createTransport({ baseUrl: server.url, headers: {} }, '/responses')
  const asked = transport.post({ body: BODY, headers: {}, query: {}, signal: new AbortController().signal })
  if (status === 204) await expect(asked).resolves.toMatchObject({ mediaType: 'application/json' })
  else {
    const error = status === 304 ? undefined : said.error
    await expect(asked).rejects.toMatchObject({ status, error })
    await expect(
      asked.catch(({ headers }: { headers: Headers }) => headers.get('retry-after')),
    ).resolves.toBe('7')
  }
})
