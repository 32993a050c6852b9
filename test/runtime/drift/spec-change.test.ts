/** A run goes on with another spec: nested runs too, and only events that could have been appended are believed. */
import { expect, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import { checkJournal } from '../../../src/runtime/documents/check-journal.ts'
import { ConflictFailure } from '../../../src/runtime/failures.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import type { SpecChange } from '../../../src/runtime/state/spec-change.ts'
import { agent, agentTool, compiled, functionTool, program, scripted } from '../../support/program.ts'
import { runtimeOver } from '../../support/runs.ts'

/** `main` asks the agent `inner` through a tool, which calls a gated tool `pay`. */
function nested(
  names: { readonly inner: string; readonly pay: string },
  changes: Partial<Program> = {},
): Program {
  const { inner, pay } = names
  const parameters = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
  const calls = { tool_calls: [{ name: 'pay', arguments: { n: 1 }, call_id: 'call_in' }] }
  return program({
    tools: [
      agentTool('ask', inner),
      functionTool(pay, { handler: 'tools.ts#pay', needs_approval: true, parameters }),
    ],
    source: 'export function pay(args) { return "paid " + args.n }',
    overrides: {
      models: {
        main: scripted({
          main: [
            { tool_calls: [{ name: 'ask', arguments: { input: 'Pay' }, call_id: 'call_out' }] },
            { text: 'Done' },
          ],
          [inner]: [calls, { text: 'Paid' }],
        }),
      },
      agents: { main: agent({ tools: ['ask'] }), [inner]: agent({ tools: [pay] }) },
      ...changes,
    },
  })
}

const OLDER = nested({ inner: 'clerk', pay: 'pay' })
const NEWER = nested(
  { inner: 'cashier', pay: 'pay_out' },
  {
    version: '2.0.0',
    migrations: [
      {
        from: '<2.0.0',
        rename_agents: { clerk: 'cashier' },
        rename_tools: { pay: 'pay_out' },
        map_arguments: { pay_out: { n: 'args.n + 1' } },
      },
    ],
  },
)

test('a call of a nested run is renamed and mapped, asked about anew, and runs as it was shown', async () => {
  const runtime = runtimeOver()
  const { run_id: id } = await runtime.start(compiled(OLDER), 'Go').result
  await runtime.decide(id, { calls: 'all', decision: 'approve', by: 'ana' })
  const asked = await runtime.resume(id, { spec: compiled(NEWER) }).result
  expect(asked).toMatchObject({
    status: 'paused',
    spec: { version: '2.0.0' },
    interruptions: [{ agent: 'cashier', tool: 'pay_out', arguments: { n: 2 }, path: ['call_out'] }],
  })
  await runtime.decide(id, { calls: 'all', decision: 'approve', by: 'ana' })
  expect(await runtime.resume(id).result).toMatchObject({ status: 'completed', final_output: 'Done' })
  const events = await runtime.events(id)
  const outputs = events.flatMap((event) => (event.type === 'tool.completed' ? [event.output] : []))
  expect(outputs).toEqual(['paid 2', 'Paid'])
  expect(checkJournal(events)).toMatchObject({ ok: true })
})

test('what is decided about a request that is to be asked anew is refused', async () => {
  const runtime = runtimeOver()
  const { run_id: id } = await runtime.start(compiled(OLDER), 'Go').result
  await runtime.migrate(id, compiled(NEWER))
  const order = { calls: 'all', decision: 'approve', by: 'ana' } as const
  await expect(runtime.decide(id, order)).rejects.toMatchObject({ code: 'stale' })
})

test('a run that has ended is not migrated', async () => {
  const runtime = runtimeOver()
  const { run_id: id } = await runtime.start(compiled(OLDER), 'Go').result
  await runtime.cancel(id, { by: 'ana' })
  await expect(runtime.migrate(id, compiled(NEWER))).rejects.toBeInstanceOf(ConflictFailure)
})

const NOTHING: SpecChange = { class: 'behavioural', reasons: [], ask_again: [], withdrawn: [] }
const names = { agents: {}, tools: {} }

test.each<readonly [string, SpecChange]>([
  ['a run does not go on after a breaking change', { ...NOTHING, class: 'breaking' }],
  ['request 99 is not open', { ...NOTHING, ask_again: [99] }],
  ['there is no decision 3 for every later call', { ...NOTHING, withdrawn: [3] }],
  [
    'call call_x is not part of the current turn',
    { ...NOTHING, migration: { ...names, calls: [{ path: [], call_id: 'call_x', name: 'y' }] } },
  ],
  [
    'call call_out has its arguments already',
    { ...NOTHING, migration: { ...names, calls: [{ path: [], call_id: 'call_out', arguments: {} }] } },
  ],
  [
    'call call_out waits for nobody',
    { ...NOTHING, migration: { ...names, calls: [{ path: [], call_id: 'call_out', dropped: 'No' }] } },
  ],
])('a document is refused: %s', async (problem, change) => {
  const runtime = runtimeOver()
  const { run_id: id } = await runtime.start(compiled(OLDER), 'Go').result
  await runtime.migrate(id, compiled(NEWER))
  const events = await runtime.events(id)
  expect(checkJournal(events)).toMatchObject({ ok: true })
  const changed = events.map((event): JournalEvent =>
    event.type === 'run.migrated' ? { ...event, change } : event,
  )
  expect(checkJournal(changed)).toMatchObject({ ok: false, problem: `run.migrated: ${problem}` })
})
