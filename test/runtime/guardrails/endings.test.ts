/** Answers that no model gave are judged like those of a model. */
import { describe, expect, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import { startModelServer } from '../../support/model-server.ts'
import { agent, compiled } from '../../support/program.ts'
import { runtimeOver } from '../../support/runs.ts'
import { calls, ENVIRONMENT, inputOf, message, says, served } from '../../support/served-runs.ts'
import { agentTool, byAgent, byRegex, drain, guarded, SECRET, tracesOf } from './support.ts'

const guardrails = { g: byRegex('hunter2') }
const READ = { tool_calls: [{ name: 'read', arguments: {} }] }
const finish = { handler: 'tools.ts#finish' }

async function traced(spec: Program) {
  const runtime = runtimeOver()
  const stream = runtime.start(compiled(spec), 'Go')
  const streamed = await drain(stream)
  const result = await stream.result
  return { result, traces: await tracesOf(runtime, result.run_id, streamed) }
}

describe('an output guardrail', () => {
  test('keeps back the answer that stands in for a failure', async () => {
    const run = { max_turns: 1, on_error: { max_turns: { final_output: SECRET, include_in_history: true } } }
    const { result, traces } = await traced(
      guarded({ script: [READ], guardrails, main: { output_guardrails: ['g'] }, run }),
    )
    expect(result).toMatchObject({ status: 'failed', error: { code: 'guardrail_tripped' } })
    expect(traces).not.toContain('hunter2')
  })

  test('keeps back what a function makes of the results of tools', async () => {
    const main = { output_guardrails: ['g'], tool_use_behavior: finish }
    const { result, traces } = await traced(guarded({ script: [READ], guardrails, main }))
    expect(result).toMatchObject({ status: 'failed', error: { code: 'guardrail_tripped' } })
    expect(traces).not.toContain('hunter2')
  })

  test('keeps it back from the agent that called, too', async () => {
    const inner = agent({ tools: ['read'], output_guardrails: ['g'], tool_use_behavior: finish })
    const { result, traces } = await traced(
      guarded({
        scripts: {
          main: [{ tool_calls: [{ name: 'ask', arguments: {} }] }, { text: 'fine' }],
          inner: [READ],
        },
        guardrails,
        main: { tools: ['ask'] },
        agents: { inner },
        tools: { ask: agentTool('ask', 'inner') },
      }),
    )
    expect(result).toMatchObject({ status: 'completed', final_output: 'fine' })
    expect(traces).not.toContain('hunter2')
  })
})

test('the agent of a guardrail has a conversation of its own, not that of the run', async () => {
  const answers = [says(calls('read', 'c1')), says(message('ok')), says(message('fine'))]
  await using server = await startModelServer(...answers)
  const spec = guarded({
    guardrails: { g: byAgent('judge', "output == 'bad'", { run_in_parallel: false }) },
    main: { input_guardrails: ['g'] },
    agents: { judge: agent({ tools: ['read'] }) },
    run: { conversation: 'auto_previous_response_id' },
  })
  const runtime = runtimeOver(ENVIRONMENT)
  const result = await runtime.start(compiled({ ...spec, models: served(server.url) }), 'Go').result
  expect(result).toMatchObject({ status: 'completed', final_output: 'fine' })
  expect(server.requests.map(({ body }) => body['previous_response_id'])).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(inputOf(server, 1)).toHaveLength(3)
})
