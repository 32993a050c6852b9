import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CommonToolDefinition, Program, ToolDefinition } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { RunResult } from '../../../src/runtime/run-result.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { startServer } from '../../support/http-server.ts'
import type { TestServer } from '../../support/http-server.ts'
import {
  agent,
  agentTool,
  compiled,
  functionTool,
  httpTool,
  program,
  scripted,
} from '../../support/program.ts'
import { outputs, runtimeOver } from '../../support/runs.ts'

const SOURCE = `
export const ok = () => 'fine'
export const fail = () => { throw new Error('no such order') }
export const hang = () => new Promise(() => {})
export const explain = (error, ctx) => ctx.tool + ' says: ' + error.message
export const careful = (args) => args.input === 'ask'
`

const parameters = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
  additionalProperties: false,
}

type Behaviour = 'ok' | 'fail' | 'hang'
type Common = Partial<Omit<CommonToolDefinition, 'isolation'>>

const kinds = ['function', 'worker', 'http', 'agent'] as const
type Kind = (typeof kinds)[number]

let server: TestServer

beforeAll(async () => {
  server = await startServer((request, response) => {
    if (request.url === '/ok') response.end('fine')
    if (request.url === '/fail') response.writeHead(409).end('no such order')
  })
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

function toolOf(kind: Kind, behaviour: Behaviour, given: Common): ToolDefinition {
  const handler = `tools.ts#${behaviour}`
  switch (kind) {
    case 'function':
      return functionTool('t', { handler, parameters, ...given })
    case 'worker':
      return functionTool('t', { handler, parameters, isolation: 'worker', ...given })
    case 'http':
      return httpTool('t', { url: `${server.url}/${behaviour}`, parameters, ...given })
    case 'agent':
      return agentTool('t', 'inner', { parameters, strict: false, ...given })
  }
}

const inner: Record<Behaviour, ScriptStep> = {
  ok: { text: 'fine' },
  fail: { error: { status: 400, message: 'no such order' } },
  hang: { text: 'late', delay: 3_600_000 },
}

function specOf(
  kind: Kind,
  behaviour: Behaviour,
  given: Common,
  script: readonly ScriptStep[] = [callWith({ input: 'x' }), { text: 'done' }],
): Program {
  return program({
    tools: [toolOf(kind, behaviour, given)],
    source: SOURCE,
    overrides: {
      agents: { main: agent({ tools: ['t'] }), inner: agent() },
      models: { main: scripted({ main: script, inner: [inner[behaviour], inner[behaviour]] }) },
    },
  })
}

function callWith(args: object, more: Partial<ScriptStep> = {}): ScriptStep {
  return { tool_calls: [{ name: 't', arguments: { ...args }, call_id: 'c' }], ...more }
}

interface Ran {
  readonly runtime: Runtime
  readonly result: RunResult
  readonly output: unknown
}

async function run(spec: Program): Promise<Ran> {
  const runtime = runtimeOver()
  const result = await runtime.start(compiled(spec), 'Go').result
  return { runtime, result, output: (await outputs(runtime, result.run_id))['c'] }
}

/** The message of the failure, as each kind words it. */
const messages: Record<Kind, string> = {
  function: 'no such order',
  worker: 'no such order',
  http: 'HTTP 409 Conflict: no such order',
  agent: 'scripted/main answered 400: no such order',
}

const prefix = 'An error occurred while running the tool. Please try again. Error: '
const late = "Tool 't' timed out after 0.4 seconds."

describe.each(kinds)('a tool of kind %s', (kind) => {
  const journaled = kind === 'worker' ? 'function' : kind

  test('is offered by its name, and its result is the output of the call', async () => {
    const offered = { expect: { functions: [{ name: 't', description: 'D', parameters, strict: false }] } }
    const spec = specOf(kind, 'ok', { description: 'D' }, [
      callWith({ input: 'x' }, offered),
      { text: 'done' },
    ])
    const { runtime, result, output } = await run(spec)
    expect(result).toMatchObject({ status: 'completed', final_output: 'done' })
    expect(output).toBe('fine')
    const events = await runtime.events(result.run_id)
    const about = { call_id: 'c', tool: 't', kind: journaled, arguments: { input: 'x' } }
    expect(events).toContainEqual(expect.objectContaining({ type: 'tool.started', ...about }))
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'tool.completed', is_error: false, ...about }),
    )
  })

  test('is not called with arguments that do not fit', async () => {
    const script = [callWith({ input: 1, more: true }), { text: 'done' }]
    const { runtime, result, output } = await run(specOf(kind, 'fail', {}, script))
    expect(output).toMatch(/^An error occurred while parsing tool arguments\. .* Error: .*input.*/)
    const events = await runtime.events(result.run_id)
    expect(events.some(({ type }) => type === 'tool.started')).toBe(false)
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'tool.completed', reason: 'invalid_arguments' }),
    )
  })

  test.each([
    ['by default', { kind: 'default' }, (message: string) => prefix + message],
    [
      'in the words of the spec',
      { kind: 'message', template: '{{ tool }} {{ args.input }}: {{ error }}' },
      (message: string) => `t x: ${message}`,
    ],
    [
      'by a handler',
      { kind: 'handler', handler: 'tools.ts#explain' },
      (message: string) => `t says: ${message}`,
    ],
  ] as const)('tells of its failure %s', async (_how, failure, text) => {
    const { result, output } = await run(specOf(kind, 'fail', { failure_error_function: failure }))
    expect(result.status).toBe('completed')
    expect(output).toBe(text(messages[kind]))
  })

  test('fails the run when the spec says so', async () => {
    const { result } = await run(specOf(kind, 'fail', { failure_error_function: { kind: 'raise' } }))
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: 'tool_failed', agent: 'main', tool: 't', call_id: 'c' },
    })
  })

  test.each([
    ['the model is told', {}, { status: 'completed', error: null }, late],
    [
      'in the words of the spec',
      { failure_error_function: { kind: 'message', template: 'Late: {{ error }}' } },
      { status: 'completed' },
      `Late: ${late}`,
    ],
    [
      'also where failures end the run',
      { failure_error_function: { kind: 'raise' } },
      { status: 'completed' },
      late,
    ],
    [
      'the run fails',
      { timeout_behavior: 'raise_exception' },
      { status: 'failed', error: { code: 'tool_failed', message: late, tool: 't' } },
      late,
    ],
  ] as const)('that takes too long is stopped: %s', async (_what, given, expected, text) => {
    const { runtime, result } = await run(specOf(kind, 'hang', { timeout: 400, ...given }))
    expect(result).toMatchObject(expected)
    const completed = (await runtime.events(result.run_id)).findLast(({ type }) => type === 'tool.completed')
    expect(completed).toMatchObject({ output: text, is_error: true })
  })

  test.each([
    ['true', true, 'x', 'paused'],
    ['a condition that holds', { when: "args.input == 'ask'" }, 'ask', 'paused'],
    ['a condition that does not', { when: "args.input == 'ask'" }, 'x', 'completed'],
    ['a handler that says so', { handler: 'tools.ts#careful' }, 'ask', 'paused'],
    ['a handler that does not', { handler: 'tools.ts#careful' }, 'x', 'completed'],
  ] as const)('asks a person: %s', async (_rule, rule, input, status) => {
    const script = [callWith({ input }), { text: 'done' }]
    const { runtime, result } = await run(specOf(kind, 'ok', { needs_approval: rule }, script))
    expect(result.status).toBe(status)
    if (status === 'completed') return
    expect(result.interruptions).toMatchObject([{ kind: journaled, tool: 't', arguments: { input } }])
    const wrong = { calls: [], decision: 'approve', by: 'ana', args: { input: 5 } } as const
    await expect(runtime.decide(result.run_id, wrong)).rejects.toMatchObject({ code: 'invalid_arguments' })
    await runtime.decide(result.run_id, { ...wrong, args: { input: 'edited' } })
    expect(await runtime.resume(result.run_id).result).toMatchObject({ status: 'completed' })
    expect((await outputs(runtime, result.run_id))['c']).toBe('fine')
  })

  test('runs once when one response calls it twice with one id', async () => {
    const twice = { name: 't', arguments: { input: 'x' }, call_id: 'c' }
    const { runtime, result } = await run(
      specOf(kind, 'ok', {}, [{ tool_calls: [twice, twice] }, { text: 'done' }]),
    )
    expect(result.status).toBe('completed')
    const started = (await runtime.events(result.run_id)).filter(({ type }) => type === 'tool.started')
    expect(started).toHaveLength(1)
  })
})

describe.each(['function', 'worker', 'http'] as const)('a call of kind %s that was cut off', (kind) => {
  /** Ends the process, as far as the run knows, once the body has begun. */
  async function cutOff(given: Common): Promise<{ runtime: Runtime; run_id: string }> {
    const runtime = runtimeOver()
    const stop = new AbortController()
    const stream = runtime.start(compiled(specOf(kind, 'hang', { timeout: 60_000, ...given })), 'Go', {
      signal: stop.signal,
    })
    for await (const event of stream) if (event.type === 'tool.started') stop.abort()
    const { status, run_id } = await stream.result
    expect(status).toBe('interrupted')
    return { runtime, run_id }
  }

  test('comes back as a question', async () => {
    const { runtime, run_id } = await cutOff({})
    expect(await runtime.resume(run_id).result).toMatchObject({
      status: 'paused',
      interruptions: [{ kind: 'in_doubt', tool: 't' }],
    })
    await runtime.decide(run_id, { calls: [], decision: 'approve', by: 'ana', result: 'it did' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed' })
    expect(await outputs(runtime, run_id)).toEqual({ c: 'it did' })
  })

  test('fails the run where the spec says so', async () => {
    const { runtime, run_id } = await cutOff({ on_unknown: 'fail' })
    expect(await runtime.resume(run_id).result).toMatchObject({
      status: 'failed',
      error: { code: 'tool_outcome_unknown', tool: 't' },
    })
  })

  test('is tried again where the spec says so', async () => {
    const { runtime, run_id } = await cutOff({ on_unknown: 'retry', timeout: 400 })
    const result = await runtime.resume(run_id).result
    expect(result).toMatchObject({ status: 'completed', interruptions: [] })
    expect(await outputs(runtime, run_id)).toEqual({ c: late })
    const started = (await runtime.events(run_id)).filter(({ type }) => type === 'tool.started')
    expect(started).toHaveLength(2)
  })
})
