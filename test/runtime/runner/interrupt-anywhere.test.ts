import { describe, expect, test } from 'vitest'
import type { AgentDefinition, HandlerReference, Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import type { RunResult } from '../../../src/runtime/run-result.ts'
import type { Runtime, RunStream } from '../../../src/runtime/runtime.ts'
import { applyEvent, foldJournal } from '../../../src/runtime/state/apply.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { agent, compiled, functionTool, program } from '../../support/program.ts'
import { handoffTo } from '../../support/served-runs.ts'

const SOURCE = `
export function read() { return 'read' }
export function write(args, ctx) { ctx.context = { ...ctx.context, [args.n]: true }; return 'wrote ' + args.n }
export function shorten({ input_history, pre_handoff_items, new_items }, ctx) {
  return { input_history: [...input_history, { role: 'user', content: ctx.tool }], pre_handoff_items: [], new_items }
}
export function announce() {}
export function judge(results) {
  return { is_final_output: results.some(({ output }) => output === 'wrote 2'), final_output: 'finished' }
}
export function answer(error) { return { final_output: 'finished' } }
`

const work: readonly ScriptStep[] = [
  { tool_calls: [{ name: 'read' }, { name: 'write', arguments: { n: 1 } }, { name: 'read' }] },
  { tool_calls: [{ name: 'write', arguments: { n: 2 } }] },
]
const finished: ScriptStep = { text: 'finished' }
const tools = [functionTool('read', { on_unknown: 'retry' }), functionTool('write', { needs_approval: true })]

function spec(script: readonly ScriptStep[], main: Partial<AgentDefinition>, run: object = {}): Program {
  const base = program({ script, tools, source: SOURCE })
  const all = { tools: ['read', 'write'] }
  return {
    ...base,
    agents: {
      main: agent({ ...all, ...main }),
      second: agent({ ...all, handoffs: [handoffTo('third')] }),
      third: agent(all),
    },
    run: { ...base.run, ...run },
  }
}

/** A tool, then a handoff beside a gated tool, another handoff, and another gated tool. */
const transfers: readonly ScriptStep[] = [
  { tool_calls: [{ name: 'read' }] },
  { tool_calls: [{ name: 'transfer_to_second' }, { name: 'write', arguments: { n: 1 } }] },
  { tool_calls: [{ name: 'read' }] },
  { tool_calls: [{ name: 'transfer_to_third' }] },
  { tool_calls: [{ name: 'write', arguments: { n: 2 } }] },
  finished,
]
const handler = (name: string): HandlerReference => ({ handler: `tools.ts#${name}` })

const SPECS: Readonly<Record<string, Program>> = {
  'with approvals': spec([...work, finished], {}),
  'with filtered handoffs': spec(
    transfers,
    {
      handoffs: [handoffTo('second', { on_handoff: handler('announce'), input_filter: handler('shorten') })],
    },
    { handoff_input_filter: handler('shorten') },
  ),
  'with nested history': spec(transfers, { handoffs: [handoffTo('second')] }, { nest_handoff_history: true }),
  'with results that are judged': spec(work, { tool_use_behavior: handler('judge') }),
  'with an answer to too many turns': spec(
    work,
    {},
    { max_turns: 2, on_error: { max_turns: handler('answer') } },
  ),
}

/** Iterates until `limit` events were seen, then walks away. */
async function watch(stream: RunStream, limit: number): Promise<void> {
  let seen = 0
  for await (const event of stream) {
    seen += 'seq' in event ? 1 : 0
    if (seen >= limit) break
  }
}

async function toTheEnd(runtime: Runtime, runId: string): Promise<RunResult> {
  for (let round = 0; round < 20; round++) {
    const result = await runtime.resume(runId).result
    if (result.status !== 'paused') return result
    await runtime.decide(runId, { calls: 'all', decision: 'approve', by: 'test' })
  }
  throw new Error('the run did not end')
}

/** A journal without what differs from run to run: ids, times, seqs, digests. */
function transcript(events: readonly JournalEvent[]): unknown {
  const state = foldJournal(events)
  const [root] = state.frames.values()
  return {
    items: root?.items,
    view: root?.view,
    context: state.context,
    output: state.final_output,
    usage: state.usage.requests,
  }
}

describe.for(Object.entries(SPECS))('a run %s, interrupted after any event', ([, spec]) => {
  test('comes to the same end as one that was not', async () => {
    const undisturbed = createRuntime({ store: memoryStore(), environment: {} })
    const first = await undisturbed.start(compiled(spec), 'Go').result
    await undisturbed.decide(first.run_id, { calls: 'all', decision: 'approve', by: 'test' })
    await toTheEnd(undisturbed, first.run_id)
    const journal = await undisturbed.events(first.run_id)
    const expected = transcript(journal)
    await undisturbed.close()

    for (let limit = 1; limit <= journal.length; limit++) {
      const runtime = createRuntime({ store: memoryStore(), environment: {} })
      await watch(runtime.start(compiled(spec), 'Go'), limit)
      const [run] = await runtime.list()
      const id = run?.run_id ?? ''
      if (run?.status === 'paused')
        await runtime.decide(id, { calls: 'all', decision: 'approve', by: 'test' })
      await watch(runtime.resume(id), limit)
      expect(await toTheEnd(runtime, id)).toMatchObject({ status: 'completed', final_output: 'finished' })
      expect(transcript(await runtime.events(id))).toEqual(expected)
      await runtime.close()
    }
  })

  test('has a state that is the fold of its journal, event by event', async () => {
    const runtime = createRuntime({ store: memoryStore(), environment: {} })
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    await runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'test' })
    await toTheEnd(runtime, run_id)
    const journal = await runtime.events(run_id)
    const stepwise = foldJournal(journal.slice(0, 1))
    journal.slice(1).forEach((event, index) => {
      applyEvent(stepwise, event)
      expect(stepwise).toEqual(foldJournal(journal.slice(0, index + 2)))
    })
    journal.forEach((event, index) => expect(event).toMatchObject({ seq: index + 1, run_id }))
    await runtime.close()
  })
})
