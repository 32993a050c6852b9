/** What a run comes to when its model server misbehaves: nothing of a broken answer is carried out, attempts count once. */
import { describe, expect, test } from 'vitest'
import { body, json, sse, startModelServer, stream } from '../../support/model-server.ts'
import type { Answer } from '../../support/model-server.ts'
import { compiled, program } from '../../support/program.ts'
import { called, modelOf, response, said } from '../../support/responses.ts'
import { read, runtimeOver, SOURCE } from '../../support/runs.ts'
import type { ModelDefinition } from '../../../src/compiler/program-models.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import type { RunResult } from '../../../src/runtime/run-result.ts'

async function runOn(
  models: Readonly<Record<string, ModelDefinition>>,
  options: { stream?: boolean } = {},
): Promise<{ result: RunResult; events: readonly JournalEvent[] }> {
  const runtime = runtimeOver({ OPENAI_API_KEY: 'k' })
  const spec = compiled({ ...program({ tools: [read], source: SOURCE }), models })
  const result = await runtime.start(spec, 'Go', options).result
  return { result, events: await runtime.events(result.run_id) }
}

const call = called('a', 'read', { n: 1 })
const events = (...list: readonly object[]) =>
  sse(list.map((event, sequence_number) => ({ ...event, sequence_number })))
const created = { type: 'response.created', response: { id: 'r', status: 'in_progress', output: [] } }
const item = { type: 'response.output_item.done', output_index: 0, item: call }
const end = (type: string, more: object) => ({ type, response: { id: 'r', output: [call], ...more } })
const cut =
  '{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"read","arguments":"{}"}}]}}]}'

describe('a call in an answer that broke off is never carried out', () => {
  test.each<[string, Answer, ModelDefinition['api']]>([
    ['the connection was cut', stream([events(created, item)], 'cut'), 'responses'],
    ['the last event is missing', stream([events(created, item)]), 'responses'],
    [
      'it is incomplete',
      stream([
        events(
          created,
          item,
          end('response.incomplete', { incomplete_details: { reason: 'max_output_tokens' } }),
        ),
      ]),
      'responses',
    ],
    [
      'it failed',
      stream([events(created, item, end('response.failed', { error: { message: 'no' } }))]),
      'responses',
    ],
    [
      'events came twice',
      stream([Buffer.concat([events(created, item), events(created, item)])]),
      'responses',
    ],
    [
      'an event is no JSON',
      stream([Buffer.concat([events(created, item), Buffer.from('data: {"type":\n\n')])]),
      'responses',
    ],
    ['chunks were cut', stream([Buffer.from(`data: ${cut}\n\n`)], 'cut'), 'chat_completions'],
    [
      'there is no finish reason',
      stream([Buffer.from(`data: ${cut}\n\ndata: [DONE]\n\n`)]),
      'chat_completions',
    ],
    ['it is a page', body('<html>', 200, { 'content-type': 'text/html' }), 'responses'],
    ['it stopped at its length', json({ id: 'r', status: 'incomplete', output: [call] }), 'responses'],
  ])('%s', async (_, answer, api) => {
    await using server = await startModelServer(answer)
    const { result, events: journal } = await runOn({ main: modelOf(server.url, { api }) })
    expect(result).toMatchObject({ status: 'failed', error: { code: 'model_error', agent: 'main' } })
    expect(journal.map(({ type }) => type)).toEqual(['run.started', 'turn.started', 'run.failed'])
  })
})

test('a refusal is a failure of its own', async () => {
  const refusal = { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }
  await using server = await startModelServer(response('r', refusal))
  const { result } = await runOn({ main: modelOf(server.url) }, { stream: false })
  expect(result).toMatchObject({ status: 'failed', error: { code: 'model_refusal' } })
})

describe('attempts', () => {
  const busy = body('{"error":{"message":"slow down"}}', 429, {
    'content-type': 'application/json',
    'retry-after-ms': '1',
  })
  const retry = { ...modelOf('').retry, max_attempts: 2 }

  test('are counted once over fallbacks, and Retry-After is waited for', async () => {
    await using first = await startModelServer(busy)
    await using second = await startModelServer(busy, response('r', said('ok')))
    const models = {
      main: modelOf(first.url, { retry, fallback: ['spare'] }),
      spare: modelOf(second.url, { retry }),
    }
    const { result, events: journal } = await runOn(models, { stream: false })
    expect(result).toMatchObject({ status: 'completed' })
    expect(journal.find(({ type }) => type === 'model.responded')).toMatchObject({ attempts: 4 })
    expect([first.requests.length, second.requests.length]).toEqual([2, 2])
  })

  test('a server that wants more time than backoff.max is not asked again; its fallback is', async () => {
    const later = body('{"error":{"message":"later"}}', 429, { 'retry-after': '3600' })
    await using first = await startModelServer(later)
    await using second = await startModelServer(later)
    const models = {
      main: modelOf(first.url, { retry, fallback: ['spare'] }),
      spare: modelOf(second.url, { retry }),
    }
    const { result, events: journal } = await runOn(models, { stream: false })
    expect(result).toMatchObject({ status: 'failed', error: { code: 'model_error' } })
    expect(journal.at(-1)).toMatchObject({ type: 'run.failed', attempts: 2 })
    expect([first.requests.length, second.requests.length]).toEqual([1, 1])
  })
})
