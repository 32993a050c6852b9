/** What a journal says a handoff passed on, and what it says a failure was answered with, could have been so. */
import { describe, expect, test } from 'vitest'
import { checkJournal } from '../../../src/runtime/documents/check-journal.ts'
import type { JournalVerdict } from '../../../src/runtime/documents/check-journal.ts'
import { programProblem } from '../../../src/runtime/documents/check-program.ts'
import type { EventOf, EventType, JournalEvent } from '../../../src/runtime/state/events.ts'
import { deskSpec, makeRun } from './support.ts'

/** The verdict on the journal of a run in which every event of a type is changed. */
async function verdictOn<T extends EventType>(
  name: string,
  type: T,
  change: (event: EventOf<T>) => Partial<EventOf<T>>,
): Promise<JournalVerdict> {
  const { runtime, run_id } = await makeRun(name)
  const isOfType = (event: JournalEvent): event is JournalEvent & EventOf<T> => event.type === type
  const journal = await runtime.events(run_id)
  return checkJournal(journal.map((event) => (isOfType(event) ? { ...event, ...change(event) } : event)))
}

describe('the view after a handoff', () => {
  test('may leave out anything', async () => {
    const view = { input_history: [], items: [{ role: 'user', content: 'Hi' }] }
    expect(await verdictOn('handed off with less', 'handoff.occurred', () => ({ view }))).toMatchObject({
      ok: true,
    })
  })

  test('has no half of a pair', async () => {
    for (const drop of [0, 1]) {
      const verdict = await verdictOn('handed off with less', 'handoff.occurred', ({ view }) => {
        const calls = (view?.items ?? []).filter((item) => item['call_id'] === 'call_1_1')
        expect(calls).toHaveLength(2)
        return { view: { input_history: [], items: calls.toSpliced(drop, 1) } }
      })
      expect(verdict).toMatchObject({
        ok: false,
        problem: 'handoff.occurred: its view has a call without an output, or an output without a call',
      })
    }
  })
})

describe('the answer to a failure', () => {
  test.each([
    ['words of the user', [{ type: 'message', role: 'user', content: 'Go on' }]],
    ['a call', [{ type: 'function_call', call_id: 'a', name: 'read', arguments: '{}' }]],
    [
      'several',
      [
        { role: 'assistant', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    ],
  ])('is one message of the agent, not %s', async (_what, items) => {
    expect(await verdictOn('answered instead of failed', 'run.completed', () => ({ items }))).toMatchObject({
      ok: false,
      problem: 'run.completed: its items are no answer',
    })
  })
})

test('a Program has the module of each function that filters, judges, answers or words', () => {
  const spec = deskSpec([])
  const gone = { handler: 'gone.ts#f' }
  const { main } = spec.agents
  if (main === undefined) throw new Error('there is an agent main')
  const handoffs = main.handoffs.map((handoff) => ({ ...handoff, input_filter: gone }))
  for (const [pointer, changed] of [
    ['/run/on_error/model_refusal', { run: { ...spec.run, on_error: { model_refusal: gone } } }],
    ['/run/handoff_input_filter', { run: { ...spec.run, handoff_input_filter: gone } }],
    ['/approvals/rejection_message', { approvals: { ...spec.approvals, rejection_message: gone } }],
    ['/agents/main/handoffs/0/input_filter', { agents: { ...spec.agents, main: { ...main, handoffs } } }],
    [
      '/agents/main/tool_use_behavior',
      { agents: { ...spec.agents, main: { ...main, tool_use_behavior: gone } } },
    ],
  ] as const) {
    expect(programProblem({ ...spec, ...changed })).toMatchObject({ pointer: `${pointer}/handler` })
  }
})
