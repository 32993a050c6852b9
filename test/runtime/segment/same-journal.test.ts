/** However a run is watched, it is the same run: streamed, awaited, read slowly, or asked for whole answers. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AgentToolDefinition, HandoffDefinition, Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { StartOptions } from '../../../src/runtime/runtime.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import { agent, compiled, functionTool, program, scripted } from '../../support/program.ts'
import { read, runtimeOver, SOURCE, write } from '../../support/runs.ts'

const { type: _type, handler: _handler, ...common } = functionTool('ask')
const ask: AgentToolDefinition = {
  ...common,
  type: 'agent',
  agent: 'helper',
  strict: true,
  include_input_schema: false,
  max_turns: 3,
  output: 'final',
  parameters: { type: 'object' },
}

type Call = NonNullable<ScriptStep['tool_calls']>[number]
const NAMES = ['read', 'write', 'fail', 'unknown'] as const

function callOf(names: readonly string[]): fc.Arbitrary<Call> {
  return fc.record({ name: fc.constantFrom(...names), arguments: fc.record({ n: fc.nat(9) }) })
}

/** Turns of one agent: some calls each, now and then a failed attempt; the script's end is a failure of its own. */
function turns(names: readonly string[]): fc.Arbitrary<readonly ScriptStep[]> {
  const step: fc.Arbitrary<ScriptStep> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ tool_calls: fc.array(callOf(names), { minLength: 1, maxLength: 3 }) }),
    },
    { weight: 2, arbitrary: fc.record({ text: fc.string({ maxLength: 40 }) }) },
    { weight: 1, arbitrary: fc.constant({ error: { status: 400, message: 'no' } }) },
  )
  return fc.array(step, { minLength: 1, maxLength: 4 })
}

const scripts = fc.record({
  main: turns([...NAMES, 'ask', 'transfer_to_other']),
  helper: turns(NAMES),
  other: turns(NAMES),
})

function programOf(script: Readonly<Record<string, readonly ScriptStep[]>>): Program {
  const base = program({ tools: [read, write, functionTool('fail')], source: SOURCE })
  const tools = ['read', 'write', 'fail']
  const handoff: HandoffDefinition = {
    agent: 'other',
    tool_name: 'transfer_to_other',
    tool_description: '',
    enabled: true,
  }
  return {
    ...base,
    // Side by side, the order of what happens is not the run's to decide.
    run: { ...base.run, max_tool_concurrency: 1, max_turns: 5 },
    models: { main: scripted(script) },
    agents: {
      main: agent({ tools: [...tools, 'ask'], handoffs: [handoff] }),
      helper: agent({ tools }),
      other: agent({ tools }),
    },
    tools: { ...base.tools, ask },
  }
}

/** What does not depend on when and where a run happened. */
function plain(events: readonly JournalEvent[]): unknown {
  const text = JSON.stringify(events, (key, value: unknown) => {
    if (['run_id', 'at', 'requested_at', 'duration_ms', 'options'].includes(key)) return undefined
    return value
  })
  return JSON.parse(text)
}

type Watch = 'result' | 'stream' | 'slowly' | 'whole answers'

async function journalOf(spec: Program, watch: Watch, unattended: 'allow' | 'pause'): Promise<unknown> {
  const runtime = runtimeOver()
  const options: StartOptions = { unattended, ...(watch === 'whole answers' ? { stream: false } : {}) }
  const stream = runtime.start(compiled(spec), 'Go', options)
  const seen: unknown[] = []
  if (watch === 'stream' || watch === 'slowly') {
    for await (const event of stream) {
      if ('seq' in event) seen.push(event)
      if (watch === 'slowly') await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const { run_id: runId } = await stream.result
  const journal = await runtime.events(runId)
  if (seen.length > 0) expect(seen).toEqual(journal)
  return plain(journal)
}

describe.for(['allow', 'pause'] as const)('with approvals that %s', (unattended) => {
  test('the journal of a run is the same however it is watched', async () => {
    let kinds = new Set<string>()
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const spec = programOf(script)
        const expected = await journalOf(spec, 'result', unattended)
        for (const { type } of expected as { type: string }[]) kinds = kinds.add(type)
        for (const watch of ['stream', 'slowly', 'whole answers'] as const) {
          expect(await journalOf(spec, watch, unattended), watch).toEqual(expected)
        }
      }),
      { numRuns: 30 },
    )
    expect([...kinds]).toEqual(expect.arrayContaining(['tool.completed', 'run.completed', 'run.failed']))
  }, 60_000)
})
