/** `approvals.expires_after`: what becomes of a request that nobody has answered in time. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { systemClock } from '../../../src/runtime/ports.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { compiled, program } from '../../support/program.ts'
import { call, outputs, SOURCE, types, write } from '../../support/runs.ts'

const HOUR = 3_600_000

interface Desk {
  readonly runtime: Runtime
  readonly runId: string
  /** Milliseconds pass. */
  wait(ms: number): void
}

function expiring(approvals: Partial<Program['approvals']>): Program {
  const base = program({ script: [call('write', { n: 1 }), { text: 'ok' }], tools: [write], source: SOURCE })
  return { ...base, approvals: { ...base.approvals, expires_after: HOUR, ...approvals } }
}

/** A run that waits for a person, on a clock that the test sets. */
async function waiting(approvals: Partial<Program['approvals']> = {}): Promise<Desk> {
  let now = Date.parse('2030-01-01T00:00:00Z')
  const clock = { ...systemClock(), now: () => new Date(now) }
  const runtime = createRuntime({ store: memoryStore(), environment: {}, clock })
  onTestFinished(() => runtime.close())
  const { run_id, interruptions } = await runtime.start(compiled(expiring(approvals)), 'Go').result
  expect(interruptions).toMatchObject([{ expires_at: '2030-01-01T01:00:00.000Z' }])
  return {
    runtime,
    runId: run_id,
    wait: (ms) => {
      now += ms
    },
  }
}

const order = (decision: 'approve' | 'reject') => ({ calls: 'all', decision, by: 'ana' }) as const

describe('a request that expires', () => {
  test('is open until its time, and then closed to everybody', async () => {
    const { runtime, runId, wait } = await waiting()
    wait(HOUR - 1)
    expect(await runtime.resume(runId).result).toMatchObject({ status: 'paused' })
    wait(1)
    for (const decision of ['approve', 'reject'] as const) {
      await expect(runtime.decide(runId, order(decision))).rejects.toMatchObject({ code: 'expired' })
    }
    expect(await types(runtime, runId)).not.toContain('approval.decided')
  })

  test('is answered as rejected, without running: the model is told why', async () => {
    const { runtime, runId, wait } = await waiting()
    wait(HOUR)
    expect(await runtime.resume(runId).result).toMatchObject({ status: 'completed' })
    expect(await outputs(runtime, runId)).toEqual({
      call_1_1: 'The request for approval expired without an answer. Tool execution was not approved.',
    })
    expect((await runtime.events(runId)).find(({ type }) => type === 'tool.completed')).toMatchObject({
      reason: 'expired',
      decision: null,
    })
    expect(await types(runtime, runId)).not.toContain('tool.started')
  })

  test('is asked anew where the spec says so, with a time of its own', async () => {
    const { runtime, runId, wait } = await waiting({ on_expired: 'ask' })
    wait(HOUR)
    const again = await runtime.resume(runId).result
    expect(again).toMatchObject({
      status: 'paused',
      interruptions: [{ call_id: 'call_1_1', expires_at: '2030-01-01T02:00:00.000Z' }],
    })
    await runtime.decide(runId, order('approve'))
    expect(await runtime.resume(runId).result).toMatchObject({ status: 'completed' })
    expect(await outputs(runtime, runId)).toEqual({ call_1_1: 'wrote 1' })
  })

  test('was answered in time: the answer stays good for as long as it takes to go on', async () => {
    const { runtime, runId, wait } = await waiting()
    wait(HOUR - 1)
    await runtime.decide(runId, order('approve'))
    wait(1000 * HOUR)
    expect(await runtime.resume(runId).result).toMatchObject({ status: 'completed' })
    expect(await outputs(runtime, runId)).toEqual({ call_1_1: 'wrote 1' })
  })
})
