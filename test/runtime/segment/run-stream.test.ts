/** A run's events as its consumers get them: in order, all of them, to one consumer, who may leave. */
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { AgentToolDefinition, Program } from '../../../src/compiler/program.ts'
import type { RunEvent } from '../../../src/runtime/state/stream-events.ts'
import { agent, compiled, functionTool, program, scripted } from '../../support/program.ts'
import { sse, startModelServer } from '../../support/model-server.ts'
import { call, read, runtimeOver, SOURCE } from '../../support/runs.ts'

const TALK = `
export async function talk(args, ctx) { for (let n = 0; n < args.n; n++) ctx.progress(String(n)); return 'said' }
export async function pause(args, ctx) {
  for (let n = 0; n < args.n; n++) { ctx.progress(String(n)); await null }
  return 'said'
}
`
const talk = functionTool('talk')
const pause = functionTool('pause')

/** \`main\` asks \`helper\`, an agent as a tool, to make the calls. */
function nested(): Program {
  const base = program({ tools: [talk, pause], source: TALK })
  const { type: _type, handler: _handler, ...common } = functionTool('ask')
  const ask: AgentToolDefinition = {
    ...common,
    type: 'agent',
    agent: 'helper',
    strict: true,
    include_input_schema: false,
    max_turns: 10,
    output: 'final',
    parameters: { type: 'object' },
  }
  const calls = ['talk', 'pause', 'talk'].map((name) => ({ name, arguments: { n: 200 } }))
  return {
    ...base,
    models: {
      main: scripted({
        main: [{ tool_calls: [{ name: 'ask', arguments: { input: 'x' } }] }, { text: 'done' }],
        helper: [{ tool_calls: calls }, { text: 'helped' }],
      }),
    },
    agents: { main: agent({ tools: ['ask'] }), helper: agent({ tools: ['talk', 'pause'] }) },
    tools: { ...base.tools, ask },
  }
}

const outer = program({
  tools: [talk, pause],
  source: TALK,
  script: [
    { tool_calls: ['talk', 'pause', 'talk'].map((name) => ({ name, arguments: { n: 200 } })) },
    { text: 'done' },
  ],
})

/** Takes its time with every event. */
async function collectSlowly(events: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> {
  const seen: RunEvent[] = []
  for await (const event of events) {
    seen.push(event)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return seen
}

describe.for([
  ['the outer run', outer],
  ['a nested run', nested()],
] as const)('the events of %s, read slowly,', ([, spec]) => {
  test('come in the order they happened: the progress of a call between its start and its end', async () => {
    const runtime = runtimeOver()
    const stream = runtime.start(compiled(spec), 'Go')
    const seen = await collectSlowly(stream)
    const { run_id: runId, status } = await stream.result
    expect(status).toBe('completed')
    const starts = seen.filter((event) => event.type === 'tool.started' && event.tool !== 'ask')
    expect(starts).toHaveLength(3)
    for (const { call_id: id } of starts as { call_id: string }[]) {
      const own = seen.filter((event) => 'call_id' in event && event.call_id === id)
      expect(own.map((event) => (event.type === 'tool.progress' ? event.text : event.type))).toEqual([
        'tool.started',
        ...Array.from({ length: 200 }, (_, n) => String(n)),
        'tool.completed',
      ])
    }
    expect(seen.filter((event) => 'seq' in event)).toEqual(await runtime.events(runId))
  })
})

describe('a run stream', () => {
  const spec = compiled(program({ script: [call('read'), { text: 'ok' }], tools: [read], source: SOURCE }))

  test('has one consumer: a second one is told, and disturbs nothing', async () => {
    const stream = runtimeOver().start(spec, 'Go')
    const first = stream[Symbol.asyncIterator]()
    await first.next()
    const second = stream[Symbol.asyncIterator]()
    await expect(second.next()).rejects.toMatchObject({ name: 'UsageFailure', code: 'stream_in_use' })
    while ((await first.next()).done !== true);
    expect(await stream.result).toMatchObject({ status: 'completed' })
  })

  test('whose result was awaited first has no events left to iterate', async () => {
    const stream = runtimeOver().start(spec, 'Go')
    await stream.result
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'stream_in_use' })
  })

  test('that its consumer leaves stops the run, which goes on later', async () => {
    const runtime = runtimeOver()
    const stream = runtime.start(spec, 'Go')
    for await (const event of stream) if (event.type === 'model.requested') break
    const left = await stream.result
    expect(left.status).toBe('interrupted')
    expect(await runtime.resume(left.run_id).result).toMatchObject({ status: 'completed' })
  })

  test('that its consumer leaves by an error stops the run too', async () => {
    const stream = runtimeOver().start(spec, 'Go')
    const consume = async (): Promise<void> => {
      for await (const event of stream) if (event.type === 'model.requested') throw new Error('mine')
    }
    await expect(consume()).rejects.toThrow('mine')
    expect(await stream.result).toMatchObject({ status: 'interrupted' })
  })

  test('that is left in mid-answer closes the connection to the model', async () => {
    const closed = Promise.withResolvers<void>()
    await using server = await startModelServer(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(sse([{ type: 'response.output_text.delta', delta: 'x' }]))
      await once(response, 'close')
      closed.resolve()
    })
    const base = program({})
    const model = { ...scripted(undefined), provider: 'openai', model: 'm', base_url: server.url }
    const { script: _script, ...main } = model
    const stream = runtimeOver().start(compiled({ ...base, models: { main } }), 'Go')
    for await (const event of stream) if (event.type === 'text.delta') break
    await closed.promise
    expect(await stream.result).toMatchObject({ status: 'interrupted' })
  })
})
