/** Answers of a provider package that are not what the interface promises: nothing of them is carried out. */
import { describe, expect, test } from 'vitest'
import { ModelFailure } from '../../../../src/runtime/failures.ts'
import { createPartReader } from '../../../../src/runtime/models/ai-sdk/read-parts.ts'
import { readResult } from '../../../../src/runtime/models/ai-sdk/read-result.ts'
import { toFailure, reportedByProvider } from '../../../../src/runtime/models/ai-sdk/failures.ts'
import { APICallError } from '@ai-sdk/provider'
import type { ModelResponse } from '../../../../src/runtime/models/model.ts'
import { request } from '../support.ts'

const CONTEXT = { who: 'x/m', package: '@x/m', request: request() }
const WHO = { who: 'x/m', apiKey: 'sk-secret', keyHint: 'check X_API_KEY' }
const STOP = { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: {} }
const CALLS = { type: 'finish', finishReason: { unified: 'tool-calls', raw: 'tool_calls' }, usage: {} }

function read(...parts: readonly unknown[]): ModelResponse {
  const reader = createPartReader(CONTEXT, 1000)
  for (const part of parts) reader.push(part)
  return reader.end()
}

const call = { type: 'tool-call', toolCallId: 'c', toolName: 'f', input: '{}' }

describe('a stream', () => {
  test.each([
    ['a part that is no object', ['text'], /no object/],
    ['a part that is not JSON', [{ type: 'x', n: 1n }], /not JSON/],
    ['a delta that is no text', [{ type: 'text-delta', id: '1', delta: 3 }], /delta is not text/],
    ['a delta without an id', [{ type: 'text-delta', delta: 'x' }], /has no id/],
    ['a call without a name', [{ ...call, toolName: '' }, CALLS], /has no name/],
    ['a call whose input is no text', [{ ...call, input: {} }, CALLS], /is not text/],
    ['a call the provider ran itself', [{ ...call, providerExecuted: true }, CALLS], /ran f itself/],
    ['a result of its own', [{ type: 'tool-result', toolName: 'f', toolCallId: 'c' }], /ran f itself/],
    ['a file', [{ type: 'file', mediaType: 'image/png', data: new Uint8Array(9) }], /a file \(image\/png\)/],
    ['no end', [call], /broke off/],
    ['two ends', [STOP, STOP], /came after its end/],
    ['a call after its end', [STOP, call], /came after its end/],
    [
      'input that was never finished',
      [{ type: 'tool-input-start', id: 'c', toolName: 'f' }, CALLS],
      /never finished/,
    ],
    [
      'too much input of a call',
      [{ type: 'tool-input-delta', id: 'c', delta: 'x'.repeat(2000) }],
      /max_output_bytes/,
    ],
    ['an end without a reason', [call, { type: 'finish' }], /without a finish reason/],
    [
      'an error as its end',
      [call, { ...STOP, finishReason: { unified: 'error', raw: 'oops' } }],
      /error: oops/,
    ],
  ])('with %s', (_what, parts, message) => {
    expect(() => read(...parts)).toThrow(message)
    expect(() => read(...parts)).toThrow(ModelFailure)
  })

  test('with parts that nobody knows is read without them', () => {
    const { items } = read(
      { type: 'news', x: [1] },
      { type: 'source', id: 's' },
      { type: 'text-delta', id: '1', delta: 'Hi' },
      STOP,
    )
    expect(items).toMatchObject([{ content: [{ text: 'Hi' }] }])
  })

  test('with nothing in it is an empty message', () => {
    expect(read(STOP).items).toMatchObject([{ type: 'message', content: [{ text: '' }] }])
  })

  test('keeps two calls with one id apart: what becomes of them is for the runner to say', () => {
    const { items } = read(call, { ...call, input: '{"a":1}' }, CALLS)
    expect(items.map((item) => item['arguments'])).toEqual(['{}', '{"a":1}'])
  })

  test('gives calls without an id one of their own', () => {
    const { items } = read({ ...call, toolCallId: '' }, { ...call, toolCallId: 3 }, CALLS)
    expect(items.map((item) => item['call_id'])).toEqual(['call_1_1', 'call_1_2'])
  })

  test('in which blocks overlap keeps each whole, in the order they began', () => {
    const { items } = read(
      { type: 'reasoning-start', id: '0', providerMetadata: { x: { a: 1 } } },
      { type: 'text-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'Hm' },
      { type: 'text-delta', id: '0', delta: 'A' },
      { type: 'reasoning-delta', id: '0', delta: '', providerMetadata: { x: { b: 2 } } },
      { type: 'text-start', id: '1' },
      { type: 'text-delta', id: '1', delta: 'B' },
      { type: 'text-delta', id: '0', delta: 'a' },
      STOP,
    )
    expect(items).toMatchObject([
      { type: 'reasoning', content: [{ text: 'Hm' }], provider_metadata: { x: { a: 1, b: 2 } } },
      { type: 'message', content: [{ text: 'Aa' }, { text: 'B' }] },
    ])
  })
})

describe('an answer in one piece', () => {
  test.each([
    [null, /no answer/],
    [{}, /"content" is not a list/],
    [{ content: ['x'] }, /no object/],
    [{ content: [{ type: 'text' }] }, /has no text/],
    [{ content: [{ ...call, providerExecuted: true }] }, /ran f itself/],
    [{ content: [call], finishReason: { unified: 'other', raw: 'abort' } }, /complete: abort/],
  ])('like %j', (result, message) => {
    expect(() => readResult(result, CONTEXT)).toThrow(message)
  })

  test('that is absurd in what it counts counts nothing', () => {
    const usage = { inputTokens: { total: -3 }, outputTokens: { total: 1e30, reasoning: 'x' } }
    const result = { content: [{ type: 'text', text: 'x' }], finishReason: STOP.finishReason, usage }
    expect(readResult(result, CONTEXT).usage).toMatchObject({
      input_tokens: 0,
      output_tokens: 0,
      total_tokens: 0,
    })
  })
})

describe('a failure', () => {
  const apiError = (details: object): APICallError =>
    new APICallError({ message: 'no sk-secret', url: 'u', requestBodyValues: {}, ...details })

  test.each([
    [{ statusCode: 409 }, { status: 409, retryable: 'server_error' }],
    [
      { statusCode: 429, isRetryable: false },
      { status: 429, retryable: null },
    ],
    [
      { statusCode: 503, responseHeaders: { 'retry-after': '2' } },
      { retryable: 'server_error', retryAfter: 2000 },
    ],
    [{ statusCode: 422 }, { retryable: null }],
    [{ isRetryable: true }, { status: null, retryable: 'network' }],
  ])('%j', (details, expected) => {
    const failed = toFailure(apiError(details), WHO)
    expect(failed).toMatchObject(expected)
    expect(failed.message).toContain('no [redacted:api_key]')
    expect(failed.cause).toBeUndefined()
  })

  test.each([
    [
      'of the key',
      Object.assign(new Error('key is missing'), { name: 'AI_LoadAPIKeyError' }),
      /has no API key.*check X_API_KEY/,
    ],
    ['of the package itself', new TypeError('x is not a function'), /x\/m failed: x is not a function/],
    ['that is no error', 'gone', /x\/m failed: gone/],
  ])('%s', (_what, error, message) => {
    expect(toFailure(error, WHO)).toMatchObject({ message: expect.stringMatching(message), retryable: null })
  })

  test.each([
    ['a text', 'slow', { message: 'x/m reported an error: slow' }],
    ['nothing', null, { message: 'x/m reported an error: null' }],
    ['an object', { type: 'rate_limit_error', message: 'slow' }, { retryable: 'rate_limit' }],
    [
      'an error of its own making',
      { message: 'late', statusCode: 504, isRetryable: true, data: {} },
      { retryable: 'server_error', status: 504 },
    ],
  ])('reported in a stream as %s', (_what, error, expected) => {
    expect(reportedByProvider(error, WHO)).toMatchObject(expected)
  })
})
