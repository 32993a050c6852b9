/** What a run knows of its user and of its context holds for what is judged beside it, too. */
import { expect, onTestFinished, test } from 'vitest'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import type { RuntimeOptions } from '../../../src/runtime/create-runtime.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { agent, compiled, functionTool } from '../../support/program.ts'
import { byAgent, byHandler, guarded } from '../guardrails/support.ts'

function runtimeWith(options: Partial<RuntimeOptions>): Runtime {
  const runtime = createRuntime({ store: memoryStore(), environment: {}, ...options })
  onTestFinished(() => runtime.close())
  return runtime
}

test('where the user wants to be asked, no rule allows a call of the agent of a guardrail', async () => {
  const spec = guarded({
    scripts: {
      main: [{ text: 'fine' }],
      judge: [{ tool_calls: [{ name: 'write', arguments: { n: 1 } }] }, { text: 'good' }],
    },
    guardrails: { g: byAgent('judge', "output == 'bad'") },
    main: { input_guardrails: ['g'] },
    agents: { judge: agent({ tools: ['write'] }) },
    approvals: { rules: [{ tool: 'write', decide: 'allow' }] },
  })
  const allowed = await runtimeWith({}).start(compiled(spec), 'Go').result
  expect(allowed.status).toBe('completed')
  const asked = await runtimeWith({ userAsks: true }).start(compiled(spec), 'Go').result
  expect(asked).toMatchObject({ status: 'failed', error: { code: 'guardrail_failed' } })
})

test('edited arguments are not judged by a guardrail that would see a marker in place of the context', async () => {
  const base = guarded({
    script: [{ tool_calls: [{ name: 'write', arguments: { n: 1 } }] }, { text: 'fine' }],
    guardrails: { g: byHandler('look') },
    tools: { write: functionTool('write', { needs_approval: true, input_guardrails: ['g'] }) },
  })
  const schema = { type: 'object', properties: { pin: { type: 'string', 'x-sensitive': true } } }
  const spec = { ...base, context: { ...base.context, schema } }
  const store = memoryStore()
  const here = runtimeWith({ store })
  const { run_id } = await here.start(compiled(spec), 'Go', { context: { pin: 'one-two-three' } }).result
  const edited = { calls: [], decision: 'approve', by: 'ana', args: { n: 2 } } as const
  await expect(runtimeWith({ store }).decide(run_id, edited)).rejects.toMatchObject({
    code: 'sensitive_context_missing',
  })
  expect(await here.decide(run_id, edited)).toMatchObject({ pending: 0 })
})
