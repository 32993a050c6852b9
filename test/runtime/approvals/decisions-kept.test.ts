/** What a decision is bound to: its time, its arguments, its result, its request; through the runtime, on a clock of ours. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { DecisionOrder } from '../../../src/runtime/approvals/decide.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { systemClock } from '../../../src/runtime/ports.ts'
import type { RunResult } from '../../../src/runtime/run-result.ts'
import type { Runtime, ResumeOptions } from '../../../src/runtime/runtime.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { agent, compiled, functionTool, program } from '../../support/program.ts'
import { call, outputs, SOURCE, types } from '../../support/runs.ts'

const HOUR = 3_600_000
const APPROVE: DecisionOrder = { calls: [], decision: 'approve', by: 'ana' }

interface Desk {
  readonly runtime: Runtime
  readonly id: string
  pass(milliseconds: number): void
  resume(options?: ResumeOptions): Promise<RunResult>
}

function spec(given: {
  readonly approvals?: Partial<Program['approvals']>
  readonly script?: readonly ScriptStep[]
  readonly source?: string
}): Program {
  const parameters = {
    type: 'object',
    properties: { n: { type: 'integer' }, m: { type: 'integer' } },
    additionalProperties: false,
  }
  const base = program({
    script: given.script ?? [call('write', { n: 1, m: 2 }), { text: 'ok' }],
    tools: [functionTool('write', { needs_approval: true, parameters })],
    source: given.source ?? SOURCE,
  })
  return { ...base, approvals: { ...base.approvals, ...given.approvals } }
}

/** A run that waits, and a clock that stands still until time is passed. */
async function openDesk(given: Parameters<typeof spec>[0] = {}): Promise<Desk> {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const clock = { ...systemClock(), now: () => new Date(now) }
  const runtime = createRuntime({ store: memoryStore(), environment: {}, clock })
  onTestFinished(() => runtime.close())
  const { run_id: id, status } = await runtime.start(compiled(spec(given)), 'Go').result
  expect(status).toBe('paused')
  return {
    runtime,
    id,
    pass: (milliseconds) => void (now += milliseconds),
    resume: (options) => runtime.resume(id, options).result,
  }
}

describe('a request that expires', () => {
  const expiring = { approvals: { expires_after: HOUR } }

  test('waits until then, also when the run is resumed meanwhile', async () => {
    const desk = await openDesk(expiring)
    desk.pass(HOUR - 1)
    expect(await desk.resume()).toMatchObject({ status: 'paused', interruptions: [{ call_id: 'call_1_1' }] })
    expect(await types(desk.runtime, desk.id)).not.toContain('tool.completed')
    await desk.runtime.decide(desk.id, APPROVE)
    desk.pass(2 * HOUR)
    expect(await desk.resume()).toMatchObject({ status: 'completed' })
    expect(await outputs(desk.runtime, desk.id)).toEqual({ call_1_1: 'wrote 1' })
  })

  test('is closed to everybody at that moment, and its call is answered without running', async () => {
    const desk = await openDesk(expiring)
    desk.pass(HOUR)
    await expect(desk.runtime.decide(desk.id, APPROVE)).rejects.toMatchObject({
      name: 'ConflictFailure',
      code: 'expired',
    })
    expect(await desk.resume()).toMatchObject({ status: 'completed' })
    expect(await outputs(desk.runtime, desk.id)).toEqual({
      call_1_1: expect.stringContaining('expired without an answer'),
    })
    expect(await types(desk.runtime, desk.id)).not.toContain('tool.started')
  })

  test('is asked anew where the spec says so', async () => {
    const desk = await openDesk({ approvals: { expires_after: HOUR, on_expired: 'ask' } })
    const [first] = (await desk.runtime.show(desk.id)).interruptions
    desk.pass(HOUR)
    const { status, interruptions } = await desk.resume()
    expect([status, interruptions.length]).toEqual(['paused', 1])
    expect(interruptions[0]?.request).toBeGreaterThan(first?.request ?? Infinity)
    await desk.runtime.decide(desk.id, APPROVE)
    expect(await desk.resume()).toMatchObject({ status: 'completed' })
  })
})

describe('edited arguments', () => {
  const edited: DecisionOrder = { ...APPROVE, args: { n: 5, m: 6 } }

  test('given again, in whichever order, are the same decision; others are another one', async () => {
    const desk = await openDesk()
    await desk.runtime.decide(desk.id, edited)
    const again = await desk.runtime.decide(desk.id, { ...edited, args: { m: 6, n: 5 } })
    expect(again.decided).toMatchObject([{ already_decided: true }])
    for (const other of [APPROVE, { ...edited, args: { n: 5, m: 7 } }]) {
      await expect(desk.runtime.decide(desk.id, other)).rejects.toMatchObject({ code: 'decided_otherwise' })
    }
    await desk.resume()
    expect(await outputs(desk.runtime, desk.id)).toEqual({ call_1_1: expect.stringContaining('wrote 5') })
  })

  test.each<[string, Partial<DecisionOrder>, string]>([
    ['with a rejection', { decision: 'reject', args: { n: 5 } }, 'args_not_wanted'],
    ['that the schema refuses', { args: { n: 'five' } }, 'invalid_arguments'],
    ['or a result, for a call that is not in doubt,', { result: 'done' }, 'result_not_wanted'],
  ])('%s record nothing', async (_, order, code) => {
    const desk = await openDesk()
    const before = await desk.runtime.events(desk.id)
    await expect(desk.runtime.decide(desk.id, { ...APPROVE, ...order })).rejects.toMatchObject({
      name: 'UsageFailure',
      code,
    })
    expect(await desk.runtime.events(desk.id)).toEqual(before)
  })

  test('are those of one call, never of several', async () => {
    const tool_calls = [1, 2].map((n) => ({ name: 'write', arguments: { n } }))
    const desk = await openDesk({ script: [{ tool_calls }, { text: 'ok' }] })
    for (const order of [{ args: { n: 5 } }, { result: 'done' }]) {
      await expect(
        desk.runtime.decide(desk.id, { ...APPROVE, calls: 'all', ...order }),
      ).rejects.toMatchObject({ code: 'ambiguous_call' })
    }
    expect(await types(desk.runtime, desk.id)).not.toContain('approval.decided')
  })
})

describe('a call in doubt', () => {
  /** A run that stopped while its approved body was at work. */
  async function inDoubt(approvals: Partial<Program['approvals']> = {}): Promise<Desk> {
    const source = `let runs = 0
export async function write() { runs += 1; if (runs === 1) await new Promise(() => {}); return 'ran ' + runs }`
    const desk = await openDesk({ approvals, source })
    await desk.runtime.decide(desk.id, APPROVE)
    for await (const event of desk.runtime.resume(desk.id)) if (event.type === 'tool.started') break
    expect(await desk.resume()).toMatchObject({ status: 'paused', interruptions: [{ kind: 'in_doubt' }] })
    return desk
  }

  test('is never answered by time alone: it is asked about anew, as one in doubt', async () => {
    const desk = await inDoubt({ expires_after: HOUR })
    desk.pass(HOUR)
    expect(await desk.resume()).toMatchObject({ status: 'paused', interruptions: [{ kind: 'in_doubt' }] })
    expect(await types(desk.runtime, desk.id)).not.toContain('tool.completed')
  })

  test('that is rejected is not run again: the model is told that its outcome is unknown', async () => {
    const desk = await inDoubt()
    await desk.runtime.decide(desk.id, { ...APPROVE, decision: 'reject' })
    expect(await desk.resume()).toMatchObject({ status: 'completed' })
    const ends = (await desk.runtime.events(desk.id)).filter((event) => event.type === 'tool.completed')
    expect(ends).toMatchObject([{ reason: 'unknown_outcome' }])
  })

  test('has the result that a person says it had; the same one again is a no-op', async () => {
    const desk = await inDoubt()
    await desk.runtime.decide(desk.id, { ...APPROVE, result: { n: 1, m: 2 } })
    const again = await desk.runtime.decide(desk.id, { ...APPROVE, result: { m: 2, n: 1 } })
    expect(again.decided).toMatchObject([{ already_decided: true }])
    await expect(desk.runtime.decide(desk.id, { ...APPROVE, result: 'other' })).rejects.toMatchObject({
      code: 'decided_otherwise',
    })
    expect(await desk.resume()).toMatchObject({ status: 'completed' })
    expect(await outputs(desk.runtime, desk.id)).toEqual({ call_1_1: '{"n":1,"m":2}' })
  })
})

describe('a rejection', () => {
  test('of a call that never started says so in the journal', async () => {
    const desk = await openDesk()
    await desk.runtime.decide(desk.id, { ...APPROVE, decision: 'reject' })
    await desk.resume()
    const ends = (await desk.runtime.events(desk.id)).filter((event) => event.type === 'tool.completed')
    expect(ends).toMatchObject([{ reason: 'rejected' }])
  })
})

describe('another spec in the middle of a run', () => {
  test('that denies a call which waits answers it; nobody is asked again', async () => {
    const desk = await openDesk()
    const rules = [{ tool: 'write', decide: 'deny' as const, message: 'Closed now.' }]
    const done = await desk.resume({ spec: compiled(spec({ approvals: { rules } })) })
    expect(done).toMatchObject({ status: 'completed' })
    expect(await outputs(desk.runtime, desk.id)).toEqual({ call_1_1: 'Closed now.' })
  })

  test('that would let a call run which waits still asks about it', async () => {
    const desk = await openDesk()
    const rules = [{ tool: 'write', decide: 'allow' as const }]
    expect(await desk.resume({ spec: compiled(spec({ approvals: { rules } })) })).toMatchObject({
      status: 'paused',
    })
    expect(await types(desk.runtime, desk.id)).not.toContain('tool.started')
  })
})

describe('an answer without text', () => {
  test('ends a run whose answer is text, and is asked for again where it has a schema', async () => {
    const script = [{ items: [] }, { text: '{"n":1}' }]
    const output = { name: 'answer', strict: true, schema: { type: 'object' } }
    for (const [given, turns, final] of [
      [{}, 1, ''],
      [{ output }, 2, { n: 1 }],
    ] as const) {
      const base = program({ script })
      const runtime = createRuntime({ store: memoryStore(), environment: {} })
      onTestFinished(() => runtime.close())
      const result = await runtime.start(compiled({ ...base, agents: { main: agent(given) } }), 'Go').result
      expect(result).toMatchObject({ status: 'completed', turns, final_output: final })
    }
  })
})
