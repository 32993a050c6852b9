/** A stream is handed out whole or not at all, whatever the server does to it. */
import { describe, expect, test } from 'vitest'
import { ModelFailure } from '../../../src/runtime/failures.ts'
import { runAttempt } from '../../../src/runtime/models/attempt.ts'
import { endless, json, sse, startModelServer, stream } from '../../support/model-server.ts'
import { answer, collect, failure, modelAt, request } from './support.ts'
import type { ModelEvent } from '../../../src/runtime/models/model.ts'
import type { Answer } from '../../support/model-server.ts'
import type { Api } from './support.ts'

const APIS: readonly Api[] = ['responses', 'chat_completions']

async function ask(api: Api, given: Answer, changes = {}) {
  await using server = await startModelServer(given)
  return await collect(modelAt(server.url, api, changes), request(), true)
}

/** Two items to lose a part of: text and a call. */
function events(api: Api): readonly unknown[] {
  return answer({ text: 'Hello', call: { id: 'c1', name: 'f', args: '{"a":1}' } })[api].events
}

describe.each(APIS)('%s', (api) => {
  test('text and calls arrive whole', async () => {
    const { response, text } = await ask(api, stream([sse(events(api))]))
    expect(text).toBe('Hello')
    expect(response.items).toMatchObject([
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
    ])
  })

  test('characters split between chunks are put together', async () => {
    const bytes = sse(answer({ text: 'Grüße 👩‍🚀' })[api].events)
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte))
    const { response, text } = await ask(api, stream(single))
    expect(text).toBe('Grüße 👩‍🚀')
    expect(response.items).toMatchObject([{ content: [{ text: 'Grüße 👩‍🚀' }] }])
  })

  test('bytes that are not UTF-8 are refused', async () => {
    const broken = Buffer.concat([
      Buffer.from('data: {"type":"x","text":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}\n\n'),
    ])
    const error = await failure(ask(api, stream([broken])), ModelFailure)
    expect(error).toMatchObject({ code: 'model_error', retryable: null })
    expect(error.message).toContain('not UTF-8')
  })

  test.each([['end'], ['cut']] as const)(
    'wherever a stream is %s, the answer is whole or there is none',
    async (ending) => {
      const all = events(api)
      const whole = (await ask(api, stream([sse(all)]))).response.items
      for (let kept = 0; kept < all.length; kept++) {
        const part = ask(api, stream([sse(all.slice(0, kept))], ending)).then(
          ({ response }) => response.items,
          (error: unknown) => error,
        )
        const result = await part
        if (result instanceof ModelFailure) expect(result.retryable).toBe('network')
        // Without `[DONE]` a properly ended chat stream is still whole: its finish reason came.
        else expect([kept, ending, result]).toEqual([all.length - 1, 'end', whole])
      }
    },
  )

  test('a stream cut in the middle of an event is refused', async () => {
    const bytes = sse(events(api))
    for (const ending of ['end', 'cut'] as const) {
      const error = await failure(
        ask(api, stream([bytes.subarray(0, bytes.length - 40)], ending)),
        ModelFailure,
      )
      expect(error.code).toBe('model_error')
    }
  })

  test('an event that is no JSON is refused', async () => {
    const error = await failure(ask(api, stream([Buffer.from('data: {"type": \n\n')])), ModelFailure)
    expect(error).toMatchObject({ code: 'model_error', retryable: null })
    expect(error.message).toContain('malformed answer: not JSON')
  })

  test('anything after the end is refused', async () => {
    const all = events(api)
    const error = await failure(ask(api, stream([sse([...all, all[1]])])), ModelFailure)
    expect(error).toMatchObject({ code: 'model_error', retryable: null })
  })

  test('a second end is refused', async () => {
    const all = events(api)
    const error = await failure(ask(api, stream([sse([...all, all.at(-1)])])), ModelFailure)
    expect(error.retryable).toBeNull()
  })

  test('half-written arguments of a finished call are handed on as they are: the runner judges them', async () => {
    const half = answer({ call: { id: 'c1', name: 'f', args: '{"a": [1, 2' } })[api].events
    const { response } = await ask(api, stream([sse(half)]))
    expect(response.items).toMatchObject([{ type: 'function_call', arguments: '{"a": [1, 2' }])
  })

  test('an endless stream ends at max_output_bytes', async () => {
    const flood = endless(Buffer.from(`: ${'x'.repeat(1000)}\n`), 'text/event-stream')
    const error = await failure(ask(api, flood, { max_output_bytes: 100_000 }), ModelFailure)
    expect(error.message).toContain('sent more than 100000 bytes (max_output_bytes)')
    expect(error.retryable).toBeNull()
  })

  test('a stalled stream ends at idle_timeout', async () => {
    await using server = await startModelServer(stream([sse(events(api).slice(0, 3))], 'stall'))
    const limits = { timeout: 3_600_000, idle_timeout: 50 }
    const options = { signal: new AbortController().signal, stream: true, limits }
    const seen: ModelEvent[] = []
    const run = async () => {
      for await (const batch of runAttempt(modelAt(server.url, api), request(), options)) seen.push(...batch)
    }
    const error = await failure(run(), ModelFailure)
    expect(error.retryable).toBe('timeout')
    expect(error.message).toContain('idle_timeout')
    expect(seen.length).toBeGreaterThan(0)
  })

  test('a server that falls silent after its headers ends at idle_timeout', async () => {
    await using server = await startModelServer(stream([], 'stall'))
    const limits = { timeout: 3_600_000, idle_timeout: 50 }
    const options = { signal: new AbortController().signal, stream: true, limits }
    const run = Array.fromAsync(runAttempt(modelAt(server.url, api), request(), options))
    expect((await failure(run, ModelFailure)).message).toContain('idle_timeout')
  })

  test('headers and comments are signs of life', async () => {
    await using server = await startModelServer(stream([Buffer.from(': ping\n\n')], 'stall'))
    const controller = new AbortController()
    const reason = new Error('two signs came')
    let signs = 0
    const onActivity = () => {
      signs++
      if (signs === 2) controller.abort(reason)
    }
    const options = { signal: controller.signal, stream: true, onActivity }
    const run = Array.fromAsync(modelAt(server.url, api).respond(request(), options))
    await expect(run).rejects.toBe(reason)
  })

  test('a connection that stays open after the end does not hold the answer back', async () => {
    const { text } = await ask(api, stream([sse(events(api))], 'stall'))
    expect(text).toBe('Hello')
  })

  test('an abort in the middle ends with its reason', async () => {
    await using server = await startModelServer(stream([sse(events(api).slice(0, 3))], 'stall'))
    const controller = new AbortController()
    const reason = new Error('enough')
    const run = async () => {
      const options = { signal: controller.signal, stream: true }
      for await (const emission of modelAt(server.url, api).respond(request(), options)) {
        if ([emission].flat().some((event) => event.type === 'text')) controller.abort(reason)
      }
    }
    await expect(run()).rejects.toBe(reason)
  })

  test('a server that does not stream is understood all the same', async () => {
    const { whole } = answer({ text: 'Hello' })[api]
    const { response, events: seen } = await ask(api, json(whole))
    expect(response.items).toMatchObject([{ content: [{ text: 'Hello' }] }])
    expect(seen).toHaveLength(1)
  })

  test('an error reported within a stream is a failure', async () => {
    const reported = { error: { message: 'overloaded', code: 'server_error' } }
    const error = await failure(ask(api, stream([sse([events(api)[0], reported])])), ModelFailure)
    expect(error.retryable).toBe('server_error')
    expect(error.message).toContain('reported an error: overloaded')
  })

  test('nothing of the answer came as long as the events say so', async () => {
    const { events: seen } = await ask(api, stream([sse(events(api))]))
    const preambles = seen.filter((event) => event.type === 'delta' && event.preamble === true)
    expect(preambles).toHaveLength(1)
    expect(seen[0]).toBe(preambles[0])
  })
})

describe('the order of Responses events', () => {
  const all = events('responses')

  const unnumbered = all.map((event) => ({ ...(event as object), sequence_number: undefined }))

  test.each([
    ['twice', [all[0], all[1], all[1], ...all.slice(2)]],
    ['in the wrong order', [all[0], all[2], all[1], ...all.slice(3)]],
    ['again as the last one', [...unnumbered, unnumbered.at(-1)]],
    ['after the last one', [...all.slice(0, -2), all.at(-1), all.at(-2)]],
  ])('an event that comes %s is noticed', async (_, shuffled) => {
    const error = await failure(ask('responses', stream([sse(shuffled)])), ModelFailure)
    expect(error).toMatchObject({ code: 'model_error', retryable: null })
  })

  test('an `error` event is a failure with its cause', async () => {
    const event = { type: 'error', code: 'rate_limit_exceeded', message: 'slow down', sequence_number: 1 }
    const error = await failure(ask('responses', stream([sse([all[0], event])])), ModelFailure)
    expect(error).toMatchObject({ retryable: 'rate_limit' })
    expect(error.message).toContain('slow down')
  })

  test.each([
    ['response.failed', { error: { code: 'server_error', message: 'oops' } }, 'server_error', 'oops'],
    ['response.failed', { error: { code: 'invalid_prompt', message: 'no' } }, null, 'no'],
    [
      'response.incomplete',
      { incomplete_details: { reason: 'max_output_tokens' } },
      null,
      'max_tokens is too small',
    ],
    ['response.incomplete', { incomplete_details: { reason: 'content_filter' } }, null, 'content_filter'],
  ])('%s %j is a failure', async (type, details, retryable, message) => {
    const last = { type, response: { id: 'resp_1', output: [], ...details } }
    const error = await failure(ask('responses', stream([sse([all[0], last])])), ModelFailure)
    expect(error.retryable).toBe(retryable)
    expect(error.message).toContain(message)
  })

  test('items that came one by one make up for an empty list at the end', async () => {
    const last = { type: 'response.completed', response: { id: 'resp_1', status: 'completed', output: [] } }
    const { response } = await ask('responses', stream([sse([...all.slice(0, -1), last])]))
    expect(response.items).toMatchObject([{ type: 'message' }, { type: 'function_call' }])
  })
})

describe('chat chunks', () => {
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    id: 'c',
    choices: [{ index: 0, delta, finish_reason }],
  })
  const piece = (
    index: number | undefined,
    id: string | undefined,
    name: string | undefined,
    args: string,
  ) => ({
    index,
    id,
    function: { name, arguments: args },
  })

  test.each([
    [
      'by index',
      [
        piece(0, 'a', 'f', '{'),
        piece(1, 'b', 'g', '['),
        piece(0, undefined, undefined, '}'),
        piece(1, undefined, undefined, ']'),
      ],
    ],
    ['by id, where every call has the same index', [piece(0, 'a', 'f', '{}'), piece(0, 'b', 'g', '[]')]],
    [
      'when the id comes late',
      [piece(0, undefined, 'f', '{'), piece(0, 'a', undefined, '}'), piece(1, 'b', 'g', '[]')],
    ],
    [
      'one after the other, where there is no index',
      [
        piece(undefined, 'a', 'f', '{'),
        piece(undefined, undefined, undefined, '}'),
        piece(undefined, 'b', 'g', '[]'),
      ],
    ],
  ])('pieces of calls are put together %s', async (_, pieces) => {
    const chunks = [...pieces.map((call) => chunk({ tool_calls: [call] })), chunk({}, 'tool_calls'), '[DONE]']
    const { response } = await ask('chat_completions', stream([sse(chunks)]))
    expect(response.items).toMatchObject([
      { call_id: 'a', name: 'f', arguments: '{}' },
      { call_id: 'b', name: 'g', arguments: '[]' },
    ])
  })

  test.each(['length', 'content_filter'])('finish reason %s is a failure', async (reason) => {
    const error = await failure(
      ask('chat_completions', stream([sse([chunk({ content: 'x' }), chunk({}, reason), '[DONE]'])])),
      ModelFailure,
    )
    expect(error).toMatchObject({ code: 'model_error', retryable: null })
    expect(error.message).toContain(reason)
  })

  test('usage comes in a chunk of its own', async () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 1 } }
    const chunks = [chunk({ content: 'x' }), chunk({}, 'stop'), { choices: [], usage }, '[DONE]']
    expect((await ask('chat_completions', stream([sse(chunks)]))).response.usage).toEqual({
      requests: 1,
      input_tokens: 3,
      output_tokens: 2,
      total_tokens: 5,
      input_tokens_details: { cached_tokens: 1 },
      output_tokens_details: { reasoning_tokens: 0 },
    })
  })
})
