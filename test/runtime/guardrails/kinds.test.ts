import { describe, expect, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import type { GuardrailDefinition } from '../../../src/compiler/program-guardrails.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { agent, compiled } from '../../support/program.ts'
import { outputs, runtimeOver, types } from '../../support/runs.ts'
import { byAgent, byCel, byHandler, byRegex, guarded, guardLog } from './support.ts'

const judge = agent({ output: { schema: { type: 'object' }, name: 'verdict', strict: false } })

/** Each kind; what it judges says `bad` or not. The agent of the last is scripted to find it bad, or good. */
const KINDS: readonly (readonly [string, (when: string) => GuardrailDefinition])[] = [
  ['a handler', () => byHandler('bad')],
  ['a regular expression', () => byRegex('b[a]d')],
  ['an expression', (when) => byCel(when)],
  ['an agent', () => byAgent('judge', 'output.bad')],
]

const PLACES = ['input', 'output', 'tool_input', 'tool_output'] as const

const CEL: Readonly<Record<(typeof PLACES)[number], string>> = {
  input: "input.contains('bad')",
  output: "output.contains('bad')",
  tool_input: "args.of == 'bad'",
  tool_output: "output.contains('bad') && args.of == 'bad' && tool == 'read'",
}

/** A run in which `word` is said in one place, and something else in the others. */
function saying(word: string, place: (typeof PLACES)[number], guardrail: GuardrailDefinition): Program {
  const isTool = place === 'tool_input' || place === 'tool_output'
  const of = isTool ? word : 'nice'
  return guarded({
    scripts: {
      main: [
        { tool_calls: [{ name: 'read', arguments: { of } }] },
        { text: place === 'output' ? word : 'fine' },
      ],
      judge: [{ output: { bad: word === 'bad' } }],
    },
    guardrails: { g: guardrail },
    main: {
      input_guardrails: place === 'input' ? ['g'] : [],
      output_guardrails: place === 'output' ? ['g'] : [],
    },
    agents: { judge },
    tools: {
      read: {
        ...guarded({ guardrails: {} }).tools['read']!,
        input_guardrails: place === 'tool_input' ? ['g'] : [],
        output_guardrails: place === 'tool_output' ? ['g'] : [],
      },
    },
  })
}

async function run(spec: Program, input: string, runtime: Runtime = runtimeOver()) {
  const result = await runtime.start(compiled(spec), input).result
  const events = await runtime.events(result.run_id)
  const tripped = events.flatMap((event) => (event.type === 'guardrail.tripped' ? [event] : []))
  return { runtime, result, events, tripped }
}

describe.each(KINDS)('%s', (_, kind) => {
  test.each(PLACES)('trips on %s, and lets other content pass', async (place) => {
    const isTool = place.startsWith('tool')
    const guardrail = kind(CEL[place])
    const input = place === 'input' ? 'bad' : 'Go'
    const tripping = await run(saying('bad', place, guardrail), input)
    expect(tripping.tripped).toMatchObject([{ guardrail: 'g', where: place, agent: 'main' }])
    expect(tripping.result.status).toBe(isTool ? 'completed' : 'failed')
    const passing = await run(saying('good', place, guardrail), 'Go')
    expect(passing.tripped).toEqual([])
    expect(passing.result).toMatchObject({ status: 'completed', error: null })
  })

  test.each(['tool_input', 'tool_output'] as const)('fails the run over %s if it raises', async (place) => {
    const guardrail: GuardrailDefinition = { ...kind(CEL[place]), behavior: 'raise_exception' }
    const { result } = await run(saying('bad', place, guardrail), 'Go')
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: 'guardrail_tripped', agent: 'main', tool: 'read', call_id: 'call_1_1' },
    })
  })
})

test('a handler sees what is judged, and the run', async () => {
  const log = guardLog()
  const spec = guarded({
    script: [{ tool_calls: [{ name: 'read', arguments: { of: 'x' } }] }, { text: 'fine' }],
    guardrails: { g: byHandler('look') },
    main: { input_guardrails: ['g'], output_guardrails: ['g'] },
    context: { default: { tier: 'pro' } },
    tools: {
      read: {
        ...guarded({ guardrails: {} }).tools['read']!,
        input_guardrails: ['g'],
        output_guardrails: ['g'],
      },
    },
  })
  await run(spec, 'Go')
  const call = { agent: 'main', tool: 'read', call_id: 'call_1_1', context: { tier: 'pro' } }
  const nothing = { input: null, output: null, args: null, items: [] }
  const message = { type: 'message', role: 'user', content: 'Go' }
  expect(log).toMatchObject([
    [
      { ...nothing, input: 'Go', items: [message] },
      { agent: 'main', tool: undefined },
    ],
    [{ ...nothing, args: { of: 'x' } }, call],
    'body read',
    [{ ...nothing, args: { of: 'x' }, output: 'value of x' }, call],
    [{ ...nothing, output: 'fine' }, { agent: 'main' }],
  ])
})

test('what a handler says is journaled with the trip and part of the error', async () => {
  const spec = saying('bad', 'input', byHandler('says', { message: 'The spec says so.' }))
  const { tripped, result } = await run(spec, 'bad')
  expect(tripped).toMatchObject([{ message: 'Not this.', info: { score: 1 } }])
  expect(result.error?.message).toBe('Guardrail g tripped on the input of main: Not this.')
})

describe('a regular expression', () => {
  test('can name what is allowed instead', async () => {
    const spec = saying('good', 'input', byRegex('^[a-z]+$', { block: 'others' }))
    expect((await run(spec, 'fine')).result.status).toBe('completed')
    expect((await run(spec, 'Not fine!')).tripped).toHaveLength(1)
  })

  test('sees the JSON text of a structured answer', async () => {
    const spec = guarded({
      script: [{ output: { card: '4111' } }],
      guardrails: { g: byRegex('"card":"\\d+"') },
      main: { output_guardrails: ['g'], output: { schema: { type: 'object' }, name: 'o', strict: false } },
    })
    expect((await run(spec, 'Go')).tripped).toHaveLength(1)
  })

  test('cannot be evaded by escapes in the arguments of a call', async () => {
    const spec = saying('good', 'tool_input', byRegex('bad'))
    const item = { type: 'function_call', call_id: 'c', name: 'read', arguments: '{"of":"\\u0062ad"}' }
    const models = { main: { ...spec.models['main']!, script: [{ items: [item] }, { text: 'fine' }] } }
    const { runtime, result } = await run({ ...spec, models }, 'Go')
    expect(await outputs(runtime, result.run_id)).toEqual({ c: 'Arguments rejected by an input guardrail.' })
  })

  test('sees every message of the input, and items that are none', async () => {
    const spec = saying('good', 'input', byRegex('bad'))
    const parts = [{ type: 'input_text', text: 'a bad one' }]
    for (const item of [
      { role: 'user', content: parts },
      { type: 'function_call_output', call_id: 'c', output: 'bad' },
    ]) {
      const runtime = runtimeOver()
      const result = await runtime.start(compiled(spec), [{ role: 'user', content: 'Hi' }, item]).result
      expect(result.error?.code).toBe('guardrail_tripped')
    }
  })
})

describe('what cannot be judged is a failure, and no model is asked', () => {
  test.each([
    ['a handler that throws', byHandler('breaks'), 'no judge today'],
    ['a handler that decides nothing', byHandler('mumbles'), 'neither a bool nor'],
    ['an expression over what is not there', byCel("output.contains('x')"), 'output.contains'],
    ['a pattern that is none', byRegex('(?=x)'), 'invalid or unsupported'],
    ['an agent that fails', byAgent('judge', 'output.bad'), 'overloaded'],
    ['an agent whose answer does not fit', byAgent('other', 'output.bad'), 'output.bad'],
    ['an agent that needs a person', byAgent('asking', 'output.bad'), "a person's approval"],
  ])('%s', async (_, guardrail, reason) => {
    const blocking = { ...guardrail, run_in_parallel: false }
    const spec = guarded({
      scripts: {
        main: [{ text: 'fine' }],
        judge: [{ error: { status: 400, message: 'overloaded' } }],
        other: [{ text: 'well' }],
        asking: [{ tool_calls: [{ name: 'write', arguments: { n: 1 } }] }],
      },
      guardrails: { g: blocking },
      main: { input_guardrails: ['g'] },
      agents: { judge, other: agent(), asking: agent({ tools: ['write'] }) },
    })
    const { runtime, result } = await run(spec, 'Go')
    expect(result).toMatchObject({ status: 'failed', error: { code: 'guardrail_failed', agent: 'main' } })
    expect(result.error?.message).toContain(reason)
    expect(await types(runtime, result.run_id)).toEqual(['run.started', 'run.failed'])
  })
})

describe('the agent of a guardrail', () => {
  const spec = saying('bad', 'input', byAgent('judge', 'output.bad && input == "bad"'))

  test('answers in a run of its own, whose tokens count for this one', async () => {
    const { result, tripped, events } = await run(spec, 'bad')
    expect(result.usage.requests).toBeGreaterThanOrEqual(1)
    expect(tripped).toMatchObject([{ info: { bad: true } }])
    const usage = events.flatMap((event) =>
      'guardrail_usage' in event && event.guardrail_usage ? [event.guardrail_usage.requests] : [],
    )
    expect(usage).toEqual([1])
  })

  test('counts where it lets pass, too', async () => {
    const { result } = await run(saying('good', 'tool_input', byAgent('judge', 'output.bad')), 'Go')
    expect(result).toMatchObject({ status: 'completed', usage: { requests: 3 } })
    const asked = await run(saying('good', 'output', byAgent('judge', 'output.bad')), 'Go')
    expect(asked.result).toMatchObject({ status: 'completed', usage: { requests: 3 } })
  })

  test('is not heard in the stream or in the session', async () => {
    const runtime = runtimeOver()
    const passing = saying('good', 'input', byAgent('judge', 'output.bad'))
    const { run_id } = await runtime.start(compiled(passing), 'Go', { session: 's' }).result
    const { items } = await runtime.store.sessions.read('s')
    expect(JSON.stringify(items)).not.toContain('"bad"')
    expect((await runtime.events(run_id)).map((event) => event.type)).not.toContain('guardrail.tripped')
    expect((await runtime.list()).length).toBe(1)
  })

  test('may be guarded itself, but not without end', async () => {
    const endless = guarded({
      scripts: { main: [{ text: 'fine' }], judge: [{ output: { bad: false } }] },
      guardrails: { g: byAgent('judge', 'output.bad') },
      main: { input_guardrails: ['g'] },
      agents: { judge: { ...judge, input_guardrails: ['g'] } },
    })
    const { result } = await run(endless, 'Go')
    expect(result.error).toMatchObject({ code: 'guardrail_failed' })
    expect(result.error?.message).toContain('levels deep')
  })

  test('is not guarded by the guardrails of the run', async () => {
    const both = guarded({
      scripts: { main: [{ text: 'fine' }], judge: [{ output: { bad: false } }] },
      guardrails: { g: byAgent('judge', 'output.bad') },
      run: { input_guardrails: ['g'], output_guardrails: ['g'] },
      agents: { judge },
    })
    expect((await run(both, 'Go')).result).toMatchObject({ status: 'completed', usage: { requests: 3 } })
  })
})
