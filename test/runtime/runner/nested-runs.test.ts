import { describe, expect, test } from 'vitest'
import type { AgentToolDefinition, Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import { agent, agentTool, compiled, program, scripted } from '../../support/program.ts'
import { outputs, read, runtimeOver, SOURCE, types, write } from '../../support/runs.ts'

const ask = (name: string, input = 'please'): ScriptStep => ({ tool_calls: [{ name, arguments: { input } }] })
const call = (name: string, args = {}): ScriptStep => ({ tool_calls: [{ name, arguments: args }] })

/** `main` asks `research`, an agent tool over `researcher`, which has `read` and the gated `write`. */
function nestedProgram(
  script: Record<string, readonly ScriptStep[]>,
  tool: Partial<AgentToolDefinition> = {},
): Program {
  const base = program({ tools: [read, write], source: SOURCE })
  return {
    ...base,
    models: { main: scripted(script) },
    agents: {
      main: agent({ tools: ['research'] }),
      researcher: agent({ tools: ['read', 'write', 'deeper'] }),
      expert: agent({ tools: ['write'] }),
    },
    tools: {
      ...base.tools,
      research: agentTool('research', 'researcher', tool),
      deeper: agentTool('deeper', 'expert'),
    },
  }
}

describe('an agent as a tool', () => {
  test('answers with its final output, and its usage counts for the outer run', async () => {
    const runtime = runtimeOver()
    const spec = nestedProgram({
      main: [ask('research', 'Look'), { text: 'done' }],
      researcher: [call('read'), { text: 'found' }],
    })
    const result = await runtime.start(compiled(spec), 'Go').result
    expect(result).toMatchObject({
      status: 'completed',
      final_output: 'done',
      turns: 2,
      last_agent: 'main',
      usage: { requests: 4 },
    })
    expect(await outputs(runtime, result.run_id)).toEqual({ call_1_1: 'found' })
    const nested = (await runtime.events(result.run_id)).filter((event) => event.path !== undefined)
    expect(nested.every((event) => event.path?.join() === 'call_1_1')).toBe(true)
    expect(nested.map((event) => event.type)).toContain('tool.completed')
  })

  test('surfaces an approval inside it on the outer run, decided there and resumed at the root', async () => {
    const runtime = runtimeOver()
    const spec = nestedProgram({
      main: [ask('research'), { text: 'done' }],
      researcher: [call('write', { n: 4 }), { text: 'written' }],
    })
    const paused = await runtime.start(compiled(spec), 'Go').result
    expect(paused).toMatchObject({
      status: 'paused',
      interruptions: [{ tool: 'write', agent: 'researcher', path: ['call_1_1'], arguments: { n: 4 } }],
    })
    const inner = paused.interruptions[0]?.call_id ?? ''
    await runtime.decide(paused.run_id, { calls: [`call_1_1/${inner}`], decision: 'approve', by: 'ana' })
    const result = await runtime.resume(paused.run_id).result
    expect(result).toMatchObject({ status: 'completed', final_output: 'done' })
    expect(await outputs(runtime, paused.run_id)).toEqual({ call_1_1: 'written' })
    const started = (await runtime.events(paused.run_id)).filter((event) => event.type === 'tool.started')
    expect(started.map((event) => event.tool)).toEqual(['research', 'write'])
  })

  test('goes on at any depth, with an idempotency key for each level', async () => {
    const runtime = runtimeOver()
    const spec = nestedProgram({
      main: [ask('research'), { text: 'done' }],
      researcher: [ask('deeper'), { text: 'researched' }],
      expert: [call('write', { n: 1 }), { text: 'expert says so' }],
    })
    const { run_id, interruptions } = await runtime.start(compiled(spec), 'Go').result
    expect(interruptions).toMatchObject([{ tool: 'write', agent: 'expert' }])
    expect(interruptions[0]?.path).toHaveLength(2)
    await runtime.decide(run_id, { calls: [], decision: 'reject', by: 'ana', message: 'not now' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed' })
    const outputsOf = (await runtime.events(run_id)).flatMap((event) =>
      event.type === 'tool.completed' ? [event.output] : [],
    )
    expect(outputsOf).toEqual(['not now', 'expert says so', 'researched'])
  })

  test('needs approval itself, and then for what it calls: two pauses', async () => {
    const runtime = runtimeOver()
    const spec = nestedProgram(
      {
        main: [ask('research'), { text: 'done' }],
        researcher: [call('write', { n: 4 }), { text: 'written' }],
      },
      { needs_approval: true },
    )
    const first = await runtime.start(compiled(spec), 'Go').result
    expect(first.interruptions).toMatchObject([{ tool: 'research', kind: 'agent', path: [] }])
    await runtime.decide(first.run_id, { calls: [], decision: 'approve', by: 'ana' })
    const second = await runtime.resume(first.run_id).result
    expect(second.interruptions).toMatchObject([{ tool: 'write', kind: 'function', path: ['call_1_1'] }])
    await runtime.decide(first.run_id, { calls: [], decision: 'approve', by: 'ana' })
    expect(await runtime.resume(first.run_id).result).toMatchObject({ status: 'completed' })
  })

  test('tells the outer model of its failure, its own turn limit included', async () => {
    const runtime = runtimeOver()
    const spec = nestedProgram(
      {
        main: [ask('research'), { text: 'sorry' }],
        researcher: [call('read'), call('read'), { text: 'late' }],
      },
      { max_turns: 2 },
    )
    const result = await runtime.start(compiled(spec), 'Go').result
    expect(result).toMatchObject({ status: 'completed', final_output: 'sorry' })
    expect(await outputs(runtime, result.run_id)).toEqual({
      call_1_1: 'An error occurred while running the tool. Please try again. Error: Max turns (2) exceeded',
    })
  })

  test('runs beside its siblings, and their events are streamed in the order of the journal', async () => {
    const runtime = runtimeOver()
    const two: ScriptStep = {
      tool_calls: [1, 2, 3].map((n) => ({ name: 'research', arguments: { input: `part ${n}` } })),
    }
    const spec = nestedProgram({
      main: [two, { text: 'done' }],
      researcher: Array.from({ length: 6 }, () => ({ text: 'ok' })),
    })
    const stream = runtime.start(compiled(spec), 'Go')
    const seqs: number[] = []
    for await (const event of stream) if ('seq' in event) seqs.push(event.seq)
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
    const { run_id } = await stream.result
    expect(seqs).toHaveLength((await runtime.events(run_id)).length)
    expect(foldJournal(await runtime.events(run_id)).frames.size).toBe(1)
    expect(await types(runtime, run_id)).toContain('run.completed')
  })
})
