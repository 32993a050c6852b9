import { describe, expect, test } from 'vitest'
import { ModelFailure, UsageFailure } from '../../../src/runtime/failures.ts'
import { scriptedModel } from '../../../src/runtime/models/scripted/scripted-model.ts'
import { collect, definition, failure, request, script, steps } from './support.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { FunctionSpec } from '../../../src/runtime/models/model.ts'

function fn(name: string): FunctionSpec {
  return { name, description: '', parameters: { type: 'object' }, strict: true }
}

function play(step: ScriptStep, changes: Parameters<typeof request>[0] = {}, stream = false) {
  return collect(scriptedModel(steps(step), 'main'), request(changes), stream)
}

describe('which step comes next', () => {
  test('a list goes by the attempts of the run, whatever the agent', async () => {
    const model = scriptedModel(steps({ text: 'one' }, { text: 'two' }), 'main')
    const { response } = await collect(model, request({ attempts: { run: 1, agent: 0 } }))
    expect(response.items).toEqual([message('two')])
  })

  test('a map goes by the attempts of the requesting agent', async () => {
    const model = scriptedModel(
      script({ triage: [{ text: 'a' }, { text: 'b' }], billing: [{ text: 'c' }] }),
      'main',
    )
    const attempts = { run: 5, agent: 0 }
    expect((await collect(model, request({ agent: 'billing', attempts }))).response.items).toEqual([
      message('c'),
    ])
    expect((await collect(model, request({ agent: 'triage', attempts }))).response.items).toEqual([
      message('a'),
    ])
  })

  test('the same request gives the same step again: the model keeps no place', async () => {
    const model = scriptedModel(steps({ text: 'one' }, { text: 'two' }), 'main')
    await collect(model)
    expect((await collect(model)).response.items).toEqual([message('one')])
  })

  test('a used up script fails for good and says so', async () => {
    const model = scriptedModel(steps({ text: 'one' }, { text: 'two' }), 'main')
    const error = await failure(collect(model, request({ attempts: { run: 2, agent: 2 } })), ModelFailure)
    expect(error).toMatchObject({ code: 'model_error', retryable: null })
    expect(error.message).toContain('the script has 2 steps, this is attempt 3')
  })

  test('an agent without steps is named with those that have some', async () => {
    const model = scriptedModel(script({ billing: [{ text: 'c' }] }), 'main')
    const error = await failure(collect(model), ModelFailure)
    expect(error.message).toContain('no steps for agent "triage", only for billing')
  })

  test('a definition without a script is refused before anything runs', () => {
    expect(() => scriptedModel(definition({ provider: 'scripted' }), 'main')).toThrow(UsageFailure)
  })
})

describe('what a step answers', () => {
  test('text and output are assistant messages', async () => {
    expect((await play({ text: 'hi' })).response.items).toEqual([message('hi')])
    expect((await play({ output: { ok: true } })).response.items).toEqual([message('{"ok":true}')])
    expect((await play({ output: null })).response.items).toEqual([message('null')])
  })

  test('tool calls get ids by turn and place, and their arguments as JSON text', async () => {
    const calls = [
      { name: 'a', arguments: { x: 1 } },
      { name: 'b' },
      { name: 'c', arguments: '{broken', call_id: 'mine' },
    ]
    const { response } = await play({ tool_calls: calls }, { turn: 3 })
    expect(response.items).toEqual([
      call('call_3_1', 'a', '{"x":1}'),
      call('call_3_2', 'b', '{}'),
      call('mine', 'c', '{broken'),
    ])
  })

  test('nested call ids begin with the outer ones and have no character an API refuses', async () => {
    const { response } = await play(
      { tool_calls: [{ name: 'a' }] },
      { turn: 2, path: ['call_1_1', 'call_1_2'] },
    )
    expect(response.items).toEqual([call('call_1_1_call_1_2_call_2_1', 'a', '{}')])
    expect(response.items[0]?.['call_id']).toMatch(/^[\w-]+$/)
  })

  test('a handoff calls the function the request maps to the agent', async () => {
    const changes = {
      functions: [fn('give_to_money')],
      handoffs: [{ agent: 'billing', function: 'give_to_money' }],
    }
    const { response } = await play({ handoff: 'billing', input: { reason: 'x' } }, changes)
    expect(response.items).toEqual([call('call_1_1', 'give_to_money', '{"reason":"x"}')])
  })

  test('a handoff without such a map calls the default function, its name normalised', async () => {
    const { response } = await play({ handoff: 'Big Money' }, { functions: [fn('transfer_to_big_money')] })
    expect(response.items).toEqual([call('call_1_1', 'transfer_to_big_money', '{}')])
  })

  test('a handoff the agent does not have fails and names those it has', async () => {
    const changes = { functions: [fn('t')], handoffs: [{ agent: 'billing', function: 't' }] }
    const error = await failure(play({ handoff: 'refunds' }, changes), ModelFailure)
    expect(error.message).toContain('hands over from "triage" to "refunds", but it can hand over to billing')
    expect(error.retryable).toBeNull()
  })

  test('raw items go out verbatim', async () => {
    const items = [{ type: 'reasoning', id: 'rs_1', summary: [] }]
    expect((await play({ items })).response.items).toEqual(items)
  })

  test('usage counts one response, zeros unless the step says otherwise', async () => {
    expect((await play({ text: 'x' })).response.usage).toMatchObject({ requests: 1, total_tokens: 0 })
    const usage = { input_tokens: 10, output_tokens: 5, output_tokens_details: { reasoning_tokens: 2 } }
    expect((await play({ text: 'x', usage })).response.usage).toEqual({
      requests: 1,
      input_tokens: 10,
      output_tokens: 5,
      total_tokens: 15,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 2 },
    })
  })
})

describe('errors and delays', () => {
  test.each([
    [429, 'rate_limit'],
    [408, 'timeout'],
    [500, 'server_error'],
    [503, 'server_error'],
    [400, null],
    [401, null],
  ] as const)('status %i is retryable as %s', async (status, retryable) => {
    const error = await failure(play({ error: { status, message: 'no', retry_after: 1500 } }), ModelFailure)
    expect(error).toMatchObject({ status, retryable, retryAfter: 1500 })
    expect(error.message).toContain(`scripted/main answered ${status}: no`)
  })

  test('an error without a status cannot be retried', async () => {
    const error = await failure(play({ error: { message: 'no' } }), ModelFailure)
    expect(error).toMatchObject({ status: null, retryable: null, code: 'model_error' })
  })

  test('an abort ends a delay with its reason', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const model = scriptedModel(steps({ text: 'x', delay: 3_600_000 }), 'main')
    const events = model.respond(request(), { signal: controller.signal, stream: true })
    const first = events[Symbol.asyncIterator]().next()
    controller.abort(reason)
    await expect(first).rejects.toBe(reason)
  })
})

describe('streaming', () => {
  test('the pieces of text add up to the text, no character split', async () => {
    const { events, text, response } = await play({ text: 'Grüße 👩‍🚀👨‍👩‍👧 an alle' }, {}, true)
    expect(text).toBe('Grüße 👩‍🚀👨‍👩‍👧 an alle')
    expect(events.filter((event) => event.type === 'text').length).toBeGreaterThan(1)
    expect(events.every((event) => event.type !== 'text' || event.delta.isWellFormed())).toBe(true)
    expect(response).toEqual((await play({ text: 'Grüße 👩‍🚀👨‍👩‍👧 an alle' })).response)
  })

  test('only the first event carries nothing of the answer', async () => {
    const { events } = await play({ tool_calls: [{ name: 'a' }] }, {}, true)
    const preambles = events.map((event) => event.type === 'delta' && event.preamble === true)
    expect(preambles.indexOf(true)).toBe(0)
    expect(preambles.lastIndexOf(true)).toBe(0)
  })

  test('without streaming only the response comes', async () => {
    expect((await play({ text: 'x' })).events).toHaveLength(1)
  })
})

describe('expect', () => {
  const changes = { functions: [fn('a'), fn('b')], settings: { temperature: 0, top_p: 1 } }

  test.each([
    [{ agent: 'triage' }],
    [{ tools: ['b'] }],
    [{ tools: ['a', 'b'] }],
    [{ functions: [{ name: 'a', strict: true }] }],
    [{ settings: { temperature: 0 } }],
    [{ instructions: { contains: 'kind' } }],
    [{ items: { contains: 'hello' } }],
    [{ items: [{ role: 'user' }] }],
  ])('%j matches', async (wanted) => {
    expect((await play({ text: 'x', expect: wanted }, changes)).response.items).toEqual([message('x')])
  })

  test.each([
    [{ agent: 'billing' }, 'request.agent is "triage", expected "billing"'],
    [{ tools: ['b', 'a'] }, 'request.tools has no entry after entry 2 that matches "a"'],
    [{ settings: { top_k: 1 } }, 'request.settings.top_k is missing, expected 1'],
    [
      { instructions: { contains: 'cruel' } },
      'request.instructions is "Be kind", expected it to contain "cruel"',
    ],
    [{ items: [{ role: 'system' }] }, 'request.items has no entry that matches {"role":"system"}'],
    [{ model: 'x' }, 'request.model is missing'],
  ])('%j does not match, and the failure says where', async (wanted, message) => {
    const error = await failure(play({ text: 'x', expect: wanted }, changes), ModelFailure)
    expect(error.message).toContain(message)
    expect(error).toMatchObject({ code: 'model_error', retryable: null })
  })
})

function message(text: string) {
  const content = [{ type: 'output_text', text, annotations: [] }]
  return { type: 'message', role: 'assistant', status: 'completed', content }
}

function call(call_id: string, name: string, args: string) {
  return { type: 'function_call', status: 'completed', call_id, name, arguments: args }
}
