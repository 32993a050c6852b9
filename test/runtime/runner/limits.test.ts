import { describe, expect, test } from 'vitest'
import type { BudgetDefinition, Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { compiled, program, scripted } from '../../support/program.ts'
import { call, read, runtimeOver, SOURCE } from '../../support/runs.ts'

const usage = { input_tokens: 30, output_tokens: 20, total_tokens: 50 }
const script: readonly ScriptStep[] = [
  { ...call('read'), usage },
  { ...call('read'), usage },
  { text: 'done', usage },
]

function withBudget(budget: BudgetDefinition): Program {
  const base = program({ script, tools: [read], source: SOURCE })
  return { ...base, run: { ...base.run, budget } }
}

describe('a budget', () => {
  test.for([
    [{ tokens: 100 }, 2, '100 of 100 tokens'],
    [{ requests: 1 }, 1, '1 of 1 requests'],
    [{ tool_calls: 2 }, 2, '2 of 2 tool calls'],
    [{ duration: 0 }, 0, 'milliseconds'],
  ] as const)('of %j ends the run before the turn that would exceed it', async ([budget, turns, words]) => {
    const result = await runtimeOver().start(compiled(withBudget(budget)), 'Go').result
    expect(result).toMatchObject({ status: 'failed', turns, error: { code: 'budget_exceeded' } })
    expect(result.error?.message).toContain(words)
  })

  test('that is not reached changes nothing', async () => {
    const spec = withBudget({ tokens: 151, requests: 4, tool_calls: 3, duration: 3_600_000 })
    expect(await runtimeOver().start(compiled(spec), 'Go').result).toMatchObject({ status: 'completed' })
  })
})

describe('a fallback', () => {
  const failing: ScriptStep = { error: { status: 400, message: 'no such model' } }

  function withFallback(main: readonly ScriptStep[], other: readonly ScriptStep[]): Program {
    const base = program({})
    return { ...base, models: { main: { ...scripted(main), fallback: ['other'] }, other: scripted(other) } }
  }

  test('answers once the attempts at the model are used up, and every attempt counts', async () => {
    const runtime = runtimeOver()
    const spec = withFallback([failing], [failing, { text: 'from the other' }])
    const result = await runtime.start(compiled(spec), 'Go').result
    expect(result).toMatchObject({ status: 'completed', final_output: 'from the other' })
    const responded = (await runtime.events(result.run_id)).find((event) => event.type === 'model.responded')
    expect(responded).toMatchObject({ attempts: 2 })
  })

  test('that fails too fails the run with all the attempts', async () => {
    const runtime = runtimeOver()
    const result = await runtime.start(compiled(withFallback([failing], [failing, failing])), 'Go').result
    expect(result).toMatchObject({ status: 'failed', error: { code: 'model_error' } })
    const failed = (await runtime.events(result.run_id)).at(-1)
    expect(failed).toMatchObject({ type: 'run.failed', attempts: 2 })
  })
})
