/** The scripted model of `agentspec/testing`, in the place of a model that a spec names. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { createRunner } from '../../src/index.ts'
import { scriptedModel } from '../../src/testing.ts'
import { functionTool, agent, program } from '../support/program.ts'
import type { Program } from '../../src/compiler/program.ts'
import type { Runner } from '../../src/index.ts'
import type { ScriptedModel, ScriptedStep } from '../../src/testing.ts'

/** A spec whose own model would need a key and the network. */
function spec(): Program {
  const tool = functionTool('double', { needs_approval: true })
  return program({
    tools: [tool],
    source: 'export const double = ({ n }) => n * 2',
    overrides: {
      models: {},
      agents: {
        main: agent({
          model: 'openai/gpt-5.6-luna',
          tools: ['double'],
          instructions: { template: 'Count.' },
        }),
      },
    },
  })
}

async function runnerWith(model: ScriptedModel, environment = {}): Promise<Runner> {
  const runner = await createRunner(spec(), { models: { 'openai/gpt-5.6-luna': model }, environment })
  onTestFinished(() => runner[Symbol.asyncDispose]())
  return runner
}

const CALL: ScriptedStep = { tool_calls: [{ name: 'double', arguments: { n: 4 } }] }

describe('a scripted model', () => {
  test('answers in order, over a pause, and keeps what it was asked', async () => {
    const model = scriptedModel([CALL, { text: 'Eight' }])
    const runner = await runnerWith(model)
    let result = await runner.run('Double 4')
    expect(result.status).toBe('paused')
    for (const call of result.interruptions) result.state.approve(call)
    result = await runner.resume(result.state)
    expect(result).toMatchObject({ status: 'completed', final_output: 'Eight' })
    model.assertComplete()
    expect(model.requests).toHaveLength(2)
    expect(model.requests[0]).toMatchObject({ agent: 'main', turn: 1, instructions: 'Count.' })
    expect(model.requests[1]?.items.at(-1)).toMatchObject({ type: 'function_call_output', output: '8' })
  })

  test('goes on with the next step in the next run', async () => {
    const model = scriptedModel([{ text: 'one' }, { text: 'two' }])
    const runner = await runnerWith(model)
    expect((await runner.run('a')).final_output).toBe('one')
    expect((await runner.run('b')).final_output).toBe('two')
    model.assertComplete()
    expect((await runner.run('c')).error).toMatchObject({ code: 'model_error' })
  })

  test('says which steps nobody asked for', async () => {
    const model = scriptedModel([{ text: 'one' }, { text: 'two' }, { text: 'three' }])
    const runner = await runnerWith(model)
    await runner.run('a')
    expect(() => model.assertComplete()).toThrow(
      'scripted/test has 2 of 3 steps left; the next one is {"text":"two"}',
    )
  })

  test('has steps by agent', async () => {
    const model = scriptedModel({ main: [{ text: 'hi' }], other: [{ text: 'never' }] }, 'both')
    const runner = await runnerWith(model)
    expect((await runner.run('a')).final_output).toBe('hi')
    expect(() => model.assertComplete()).toThrow('scripted/both has 1 of 1 steps left for agent "other"')
  })

  test('fails a request that is not as expected', async () => {
    const runner = await runnerWith(scriptedModel([{ expect: { instructions: 'Sing.' }, text: 'la' }]))
    expect((await runner.run('a')).error?.message).toContain('request.instructions is "Count."')
  })

  test('streams, fails and waits as the spec writes it', async () => {
    const steps: readonly ScriptedStep[] = [
      { error: { status: 429, message: 'slow', retry_after: '0ms' } },
      { text: 'Hello you', delay: '1ms', usage: { input_tokens: 3 } },
    ]
    const model = scriptedModel(steps)
    const runner = await runnerWith(model)
    const stream = runner.stream('a')
    let said = ''
    for await (const event of stream) if (event.type === 'text.delta') said += event.delta
    expect(said).toBe('Hello you')
    expect((await stream.result).usage.input_tokens).toBe(3)
    model.assertComplete()
  })

  test.each([
    [{}, 'Step 1 of the script says nothing'],
    [{ text: 'a', output: 1 }, 'Step 1 of the script says text and output'],
  ])('refuses %j', (step, message) => {
    expect(() => scriptedModel([step as ScriptedStep])).toThrow(message)
  })

  test('is not touched by what becomes of the steps', async () => {
    const steps: ScriptedStep[] = [{ text: 'one' }]
    const model = scriptedModel(steps)
    steps.length = 0
    expect((await (await runnerWith(model)).run('a')).final_output).toBe('one')
  })
})

describe('models given to a runner', () => {
  test('under a name that the spec does not have are refused', async () => {
    const given = createRunner(spec(), { models: { mian: scriptedModel([]) } })
    await expect(given).rejects.toMatchObject({
      code: 'unknown_model',
      message: 'Spec test has no model mian',
      hint: 'Its models: openai/gpt-5.6-luna',
    })
  })

  test('may be meant for a run that names them', async () => {
    const model = scriptedModel([{ text: 'here' }])
    const runner = await createRunner(spec(), { models: { 'my/model': model }, environment: {} })
    onTestFinished(() => runner[Symbol.asyncDispose]())
    expect((await runner.run('a', { model: 'my/model' })).final_output).toBe('here')
  })
})
