import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { sendRequest } from '../../../../src/runtime/tools/http/send-request.ts'
import type { HttpRequest } from '../../../../src/runtime/tools/http/render-request.ts'
import { startServer } from '../../../support/http-server.ts'

const options = {
  /** Only these two stand for a private network here: the tests have no other than the loopback one. */
  isPrivate: (address: string) => address === '127.0.0.2' || address === '::1',
  signal: new AbortController().signal,
}

const get = (url: string): HttpRequest => ({ method: 'GET', url: new URL(url), headers: {}, body: null })

test.each(['http://127.0.0.2:1/', 'http://[::1]:1/', 'http://2130706434:1/'])(
  'an address that is open may redirect to %s, but nobody goes there',
  async (target) => {
    await using server = await startServer((_request, response) =>
      response.writeHead(307, { location: target }).end(),
    )
    await expect(sendRequest(get(server.url), options)).rejects.toThrow('is an address of a private network')
  },
)

test('a name is called at the addresses that were judged, without a proxy', async () => {
  const judged: string[] = []
  await using server = await startServer((_request, response) => response.end('here'))
  const judge = (address: string): boolean => {
    judged.push(address)
    return false
  }
  const { response } = await sendRequest(get(`http://localhost:${server.port}/`), {
    ...options,
    isPrivate: judge,
  })
  expect(await text(response)).toBe('here')
  expect(judged).toContain('127.0.0.1')
})

test('a name is not called when one of its addresses is private', async () => {
  await using server = await startServer((_request, response) => response.end('here'))
  const judge = (address: string): boolean => address === '127.0.0.1'
  await expect(
    sendRequest(get(`http://localhost:${server.port}/`), { ...options, isPrivate: judge }),
  ).rejects.toThrow('localhost (127.0.0.1) is an address of a private network')
  expect(server.requests).toEqual([])
})
