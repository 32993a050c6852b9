import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { currentHolder } from '../../../src/runtime/lease/holder.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import { rootFrame } from '../../../src/runtime/state/run-state.ts'
import { startModelServer } from '../../support/model-server.ts'
import { agent, compiled, functionTool, program, scripted } from '../../support/program.ts'
import { outputs, runtimeOver, types } from '../../support/runs.ts'
import { calls, ENVIRONMENT, message, says, served } from '../../support/served-runs.ts'

/** `slow` says that it has begun and waits until it may end; `never` does not end. */
const SOURCE = `
import { channel } from 'node:diagnostics_channel'
export const read = () => 'read'
export const slow = () => new Promise((resolve) => channel('stop:begun').publish(() => resolve('slept')))
export const never = () => new Promise(() => channel('stop:begun').publish(() => {}))
export const write = () => 'wrote'
export const final = () => ({ is_final_output: true, final_output: 'judged' })
`

const tools = ['read', 'slow', 'never'].map((name) => functionTool(name))
const gated = functionTool('write', { needs_approval: true })

const both = (first: string): ScriptStep => ({ tool_calls: [{ name: 'read' }, { name: first }] })

function desk(script: readonly ScriptStep[], overrides: Partial<Program> = {}): Program {
  return program({ script, tools: [...tools, gated], source: SOURCE, overrides })
}

/** Calls back, once, when the body of a tool has begun; what it gets lets the body end. */
function whenBegun(act: (end: () => void) => void): void {
  const heard = (end: unknown): void => {
    unsubscribe('stop:begun', heard)
    if (typeof end === 'function') act(() => void end())
  }
  subscribe('stop:begun', heard)
  onTestFinished(() => void unsubscribe('stop:begun', heard))
}

async function started(runtime: Runtime, runId: string): Promise<readonly string[]> {
  const events = await runtime.events(runId)
  return events.flatMap((event) => (event.type === 'tool.started' ? [event.tool] : []))
}

describe('stopped after the turn', () => {
  test('a run finishes the tools of the turn, saves it to the session, and goes on with the next model call', async () => {
    const runtime = runtimeOver()
    const stream = runtime.start(compiled(desk([both('slow'), { text: 'done' }])), 'Go', { session: 's' })
    whenBegun((end) => {
      stream.stop('after_turn')
      stream.stop('after_turn')
      end()
    })
    const result = await stream.result
    expect(result).toMatchObject({ status: 'interrupted', turns: 1, usage: { requests: 1 }, error: null })
    expect(await outputs(runtime, result.run_id)).toEqual({ call_1_1: 'read', call_1_2: 'slept' })
    const state = foldJournal(await runtime.events(result.run_id))
    expect(rootFrame(state).settled).toBe(true)
    expect((await runtime.store.sessions.read('s')).items).toEqual(rootFrame(state).items)
    const resumed = await runtime.resume(result.run_id).result
    expect(resumed).toMatchObject({
      status: 'completed',
      final_output: 'done',
      turns: 2,
      usage: { requests: 2 },
    })
    expect(await started(runtime, result.run_id)).toEqual(['read', 'slow'])
    expect((await runtime.store.sessions.read('s')).items).toHaveLength(6)
  })

  test('a run that answers in this turn is completed', async () => {
    const runtime = runtimeOver()
    const stream = runtime.start(compiled(desk([{ text: 'done' }])), 'Go')
    for await (const event of stream) if (event.type === 'turn.started') stream.stop('after_turn')
    expect(await stream.result).toMatchObject({ status: 'completed', final_output: 'done' })
  })

  test.each([
    ['stop_on_first_tool', 'slept'],
    [{ handler: 'tools.ts#final' }, 'judged'],
  ] as const)('a run whose tools end it (%o) is completed', async (tool_use_behavior, final_output) => {
    const runtime = runtimeOver()
    const agents = { main: agent({ tools: ['slow'], tool_use_behavior }) }
    const spec = desk([{ tool_calls: [{ name: 'slow' }] }], { agents })
    const stream = runtime.start(compiled(spec), 'Go')
    whenBegun((end) => {
      stream.stop('after_turn')
      end()
    })
    expect(await stream.result).toMatchObject({ status: 'completed', final_output })
  })

  test('a run that waits for a person is paused', async () => {
    const runtime = runtimeOver()
    const script = [{ tool_calls: [{ name: 'slow' }, { name: 'write' }] }, { text: 'done' }]
    const stream = runtime.start(compiled(desk(script)), 'Go')
    whenBegun((end) => {
      stream.stop('after_turn')
      end()
    })
    expect(await stream.result).toMatchObject({ status: 'paused', interruptions: [{ tool: 'write' }] })
  })

  test('a run has not asked the model when it was stopped before', async () => {
    const runtime = runtimeOver()
    const stream = runtime.start(compiled(desk([{ text: 'done' }])), 'Go')
    stream.stop('after_turn')
    const { status, run_id, usage } = await stream.result
    expect({ status, requests: usage.requests }).toEqual({ status: 'interrupted', requests: 0 })
    expect(await runtime.resume(run_id).result).toMatchObject({ final_output: 'done', turns: 1 })
  })

  test('an agent tool finishes its own turn, and its run goes on from there', async () => {
    const runtime = runtimeOver()
    const { handler: _, ...common } = functionTool('ask')
    const base = desk([])
    const ask = { ...common, type: 'agent', agent: 'inner', include_input_schema: false } as const
    const spec: Program = {
      ...base,
      models: {
        main: scripted({
          main: [
            { tool_calls: [{ name: 'ask', arguments: { input: 'x' }, call_id: 'ask' }] },
            { text: 'done' },
          ],
          inner: [both('slow'), { text: 'found' }],
        }),
      },
      agents: { main: agent({ tools: ['ask'] }), inner: agent({ tools: ['read', 'slow'] }) },
      tools: { ...base.tools, ask: { ...ask, max_turns: 5, output: 'final' } },
    }
    const stream = runtime.start(compiled(spec), 'Go')
    whenBegun((end) => {
      stream.stop('after_turn')
      end()
    })
    const { run_id, status, usage } = await stream.result
    expect({ status, requests: usage.requests }).toEqual({ status: 'interrupted', requests: 2 })
    expect(await runtime.resume(run_id).result).toMatchObject({
      final_output: 'done',
      usage: { requests: 4 },
    })
    expect(await started(runtime, run_id)).toEqual(['ask', 'read', 'slow'])
    expect(await outputs(runtime, run_id)).toEqual({ ask: 'found' })
  })
})

describe('stopped at once', () => {
  test('a run keeps what completed; the call that had begun is in doubt', async () => {
    const runtime = runtimeOver()
    const stream = runtime.start(compiled(desk([both('never'), { text: 'done' }])), 'Go', { session: 's' })
    for await (const event of stream) {
      if (event.type === 'tool.completed') {
        stream.stop('after_turn')
        stream.stop('now')
        stream.stop('after_turn')
      }
    }
    const { run_id, status } = await stream.result
    expect(status).toBe('interrupted')
    expect(await outputs(runtime, run_id)).toEqual({ call_1_1: 'read' })
    // The input alone: the turn is not over.
    expect((await runtime.store.sessions.read('s')).items).toHaveLength(1)
    const resumed = await runtime.resume(run_id).result
    expect(resumed.interruptions).toMatchObject([{ call_id: 'call_1_2', kind: 'in_doubt' }])
    await runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'ana', result: 'it did' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed', turns: 2 })
    expect(await started(runtime, run_id)).toEqual(['read', 'never'])
  })

  test('a run asks the model again whose answer it did not wait for', async () => {
    const asked = channel('stop:asked')
    const stalled = (): void => asked.publish(null)
    await using server = await startModelServer(stalled, says(calls('read', 'c1')), says(message('Done')))
    const runtime = runtimeOver(ENVIRONMENT)
    const spec = compiled({ ...desk([]), models: served(server.url) })
    const stream = runtime.start(spec, 'Go', { stream: false })
    const stop = (): void => stream.stop('now')
    subscribe('stop:asked', stop)
    onTestFinished(() => void unsubscribe('stop:asked', stop))
    const { run_id, status, turns } = await stream.result
    expect({ status, turns }).toEqual({ status: 'interrupted', turns: 1 })
    expect(await types(runtime, run_id)).toEqual(['run.started', 'turn.started'])
    expect(await runtime.resume(run_id).result).toMatchObject({ final_output: 'Done', turns: 2 })
    expect(server.requests[1]?.body).toEqual(server.requests[0]?.body)
  })
})

describe('cancelled', () => {
  test('a run keeps what completed, in its session too, and goes on no more', async () => {
    const runtime = runtimeOver()
    const spec = compiled(desk([{ tool_calls: [{ name: 'write' }, { name: 'read' }] }, { text: 'done' }]))
    const { run_id } = await runtime.start(spec, 'Go', { session: 's' }).result
    expect(await runtime.cancel(run_id, { by: 'ana', reason: 'no need' })).toMatchObject({
      status: 'cancelled',
      final_output: null,
      interruptions: [],
    })
    const { items } = await runtime.show(run_id)
    expect(items).toMatchObject([{ role: 'user' }, { name: 'read' }, { output: 'read' }])
    expect((await runtime.store.sessions.read('s')).items).toEqual(items)
    for (const again of [runtime.cancel(run_id, { by: 'ana' }), runtime.resume(run_id).result]) {
      await expect(again).rejects.toMatchObject({ name: 'ConflictFailure', code: 'run_ended' })
    }
  })

  test('while its tools run, a run ends once they are done, and starts no other', async () => {
    const runtime = runtimeOver()
    const base = desk([{ tool_calls: [{ name: 'slow' }, { name: 'read' }] }, { text: 'done' }])
    const spec = compiled({ ...base, run: { ...base.run, max_tool_concurrency: 1 } })
    const stream = runtime.start(spec, 'Go')
    whenBegun((end) => {
      const cancel = async (): Promise<void> => {
        const [run] = await runtime.list()
        await runtime.cancel(run?.run_id ?? '', { by: 'ana' })
        await runtime.cancel(run?.run_id ?? '', { by: 'ana' })
        end()
      }
      void cancel()
    })
    const { run_id, status } = await stream.result
    expect(status).toBe('cancelled')
    expect(await outputs(runtime, run_id)).toEqual({ call_1_1: 'slept' })
    expect(await started(runtime, run_id)).toEqual(['slow'])
    const requests = (await types(runtime, run_id)).filter((type) => type === 'cancel.requested')
    expect(requests).toHaveLength(1)
  })

  test('while somebody is about to go on with it, a run ends with the next step of whoever does', async () => {
    const runtime = runtimeOver()
    const spec = compiled(desk([{ tool_calls: [{ name: 'write' }] }, { text: 'done' }]))
    const { run_id } = await runtime.start(spec, 'Go').result
    const holding = { run_id, session_id: null, holder: currentHolder(), isGone: () => false }
    const held = await runtime.store.acquireLease(holding)
    if (!held.ok) throw new Error('nobody else holds it')
    await runtime.cancel(run_id, { by: 'ana' })
    await runtime.store.releaseLease(held.lease)
    await runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'bob' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'cancelled' })
    expect(await started(runtime, run_id)).toEqual([])
  })
})
