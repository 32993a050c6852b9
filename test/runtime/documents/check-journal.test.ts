/** A journal tells only what our runner, or somebody beside it, could have done. */
import { describe, expect, test } from 'vitest'
import { importRun } from '../../../src/runtime/documents/import-run.ts'
import type { StateDocument } from '../../../src/runtime/documents/state-document.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import type { Item } from '../../../src/runtime/state/item.ts'
import { asJson, makeRun, portsOver, storeWith } from './support.ts'

describe('a journal with', () => {
  /** What becomes of a document whose events are numbered anew, so that only their sense is wrong. */
  async function refusal(
    name: string,
    change: (journal: StateDocument['journal']) => StateDocument['journal'],
  ): Promise<unknown> {
    const { runtime, run_id, spec } = await makeRun(name, null)
    const document = await runtime.exportState(run_id)
    const journal = change(document.journal).map((event, index) => ({ ...event, seq: index + 1 }))
    return await importRun(portsOver(await storeWith(spec)), asJson({ ...document, journal })).catch(
      (error: unknown) => error,
    )
  }

  test.for([
    ['a second run.started', 'completed', 4, 0, 'run.started: it cannot follow in a run that has started'],
    [
      'an event after the end',
      'completed',
      8,
      3,
      'tool.started: it cannot follow in a run that is completed',
    ],
    [
      'an event after a cancellation',
      'cancelled',
      9,
      1,
      'turn.started: it cannot follow in a run that is cancelled',
    ],
    ['a turn after a failure', 'failed', 6, 1, 'turn.started: it cannot follow in a run that has failed'],
    [
      'a tool that runs in a paused run',
      'paused',
      8,
      5,
      'tool.started: it cannot follow in a run that is paused',
    ],
    ['a tool that runs twice', 'completed', 5, 3, 'tool.started: call call_1_1 has its output already'],
    ['an answer nobody asked for', 'completed', 3, 2, 'model.responded: no model call is under way'],
    ['a turn in a turn', 'completed', 2, 1, 'turn.started: turn 2 is next, not 1'],
    [
      'a run inside that begins twice',
      'paused inside',
      4,
      3,
      'tool.started: the run inside this call goes on, it does not begin again',
    ],
    [
      'a decision twice after it was consumed',
      'through approvals',
      12,
      6,
      'approval.decided: request 4 is not open',
    ],
    ['a second handoff', 'handed off', 6, 5, 'handoff.occurred: it is the turn of other, not of main'],
  ] as const)('%s is refused', async ([, name, at, copied, problem]) => {
    const error = await refusal(name, (journal) =>
      journal.toSpliced(at, 0, ...journal.slice(copied, copied + 1)),
    )
    expect(error).toMatchObject({ name: 'UsageFailure', code: 'invalid_document' })
    expect(error).toHaveProperty('message', `The state document is not valid at /journal/${at}: ${problem}`)
  })

  test.for([
    [
      'the output of a tool that was never started',
      'completed',
      [3],
      3,
      'tool.completed: it has an output, but was never started',
    ],
    [
      'a turn before the last one is over',
      'completed',
      [4],
      4,
      'turn.started: call call_1_1 has no output yet',
    ],
    [
      'a decision on a request that was never made',
      'decided',
      [3, 4, 5],
      3,
      'approval.decided: there is no request 4',
    ],
    [
      'an approved tool without its approval',
      'through approvals',
      [6, 7, 9],
      7,
      'tool.started: the call is pending',
    ],
    ['an end before the answer', 'completed', [6], 6, 'run.completed: turn 2 has no answer yet'],
    [
      'a handoff before the other calls are done',
      'handed off',
      [3, 4],
      3,
      'handoff.occurred: call call_1_2 is open',
    ],
    ['a pause that lists a call too many', 'paused', [4], 6, 'run.paused: request 5 is not open'],
  ] as const)('%s is refused', async ([, name, dropped, at, problem]) => {
    const gone: readonly number[] = dropped
    const error = await refusal(name, (journal) => journal.filter((_, index) => !gone.includes(index)))
    expect(error).toHaveProperty('message', `The state document is not valid at /journal/${at}: ${problem}`)
  })

  test.for<readonly [string, string, number, (journal: StateDocument['journal']) => object, string]>([
    [
      'a call that was answered, started once more',
      'asked about a crash',
      11,
      (journal) => ({ ...journal[4], decision: 9 }),
      'tool.started: the call was answered with a result',
    ],
    [
      'a pause for nothing',
      'completed',
      3,
      (journal) => ({
        ...journal[1],
        type: 'run.paused',
        turn: undefined,
        agent: undefined,
        interruptions: [],
      }),
      'run.paused: no call waits for a person',
    ],
  ])('%s, is refused', async ([, name, at, event, problem]) => {
    const error = await refusal(name, (journal) => journal.toSpliced(at, 0, asEvent({ ...event(journal) })))
    expect(error).toHaveProperty('message', `The state document is not valid at /journal/${at}: ${problem}`)
  })

  const doubled = { type: 'function_call', call_id: 'call_1_1', name: 'read', arguments: '{"n":2}' }
  test.for<readonly [string, string, number, (event: JournalEvent) => object, number, string]>([
    [
      'a call id for two calls',
      'completed',
      2,
      (event) => ({ ...event, items: [...itemsOf(event), doubled] }),
      3,
      'tool.started: call id call_1_1 stands for two calls',
    ],
    [
      'a rejection with arguments',
      'decided',
      7,
      (event) => ({ ...event, arguments: {} }),
      7,
      'approval.decided: a rejection has neither arguments nor a result',
    ],
    [
      'a result of a call that did not start',
      'decided',
      6,
      (event) => ({ ...event, result: 1 }),
      6,
      'approval.decided: a result does not answer a request of kind function',
    ],
    [
      'doubt about a call that did not start',
      'paused',
      3,
      (event) => ({ ...event, kind: 'in_doubt' }),
      3,
      'approval.requested: a request of kind in_doubt is about a call that was started',
    ],
    [
      'an event of a run inside that is none',
      'completed',
      3,
      (event) => ({ ...event, path: ['call_0'] }),
      3,
      'tool.started: there is no run inside at path call_0',
    ],
    [
      'an event of a run inside without a name',
      'completed',
      3,
      (event) => ({ ...event, path: [''] }),
      3,
      'tool.started: there is no run inside at path ',
    ],
    [
      'an end of a run inside',
      'completed',
      7,
      (event) => ({ ...event, path: ['call_0'] }),
      7,
      'run.completed: there is no run inside at path call_0',
    ],
    [
      'a start inside another run',
      'completed',
      0,
      (event) => ({ ...event, path: ['call_0'] }),
      0,
      'a run does not start inside another',
    ],
    [
      'a retry of what only a person may start again',
      'retried',
      0,
      (event) => ({ ...event, distrusted_upto: 4 }),
      5,
      'tool.started: whether to run it again is for a person to say',
    ],
    [
      'a decision that shows another tool',
      'decided',
      6,
      (event) => ({ ...event, tool_identity: `sha256:${'0'.repeat(64)}` }),
      6,
      'approval.decided: it does not say what request 4 showed',
    ],
    [
      'a decision on other arguments',
      'decided',
      6,
      (event) => ({ ...event, digest: `sha256:${'0'.repeat(64)}` }),
      6,
      'approval.decided: it does not say what request 4 showed',
    ],
    [
      'a tool that was rejected and runs',
      'through approvals',
      6,
      (event) => ({ ...event, decision: 'reject', arguments: undefined }),
      10,
      'tool.started: the call was rejected',
    ],
    [
      'a handoff that ignores itself',
      'handed off',
      5,
      (event) => ({ ...event, ignored: ['call_1_1'] }),
      5,
      'handoff.occurred: it names a call twice',
    ],
    [
      'an agent tool without a run inside',
      'paused inside',
      3,
      (event) => ({ ...event, nested: undefined }),
      3,
      'tool.started: only an agent tool has a run inside',
    ],
    [
      'a run inside a tool that is no agent',
      'completed',
      3,
      (event) => ({ ...event, nested: { agent: 'main', input: [], max_turns: null } }),
      3,
      'tool.started: only an agent tool has a run inside',
    ],
    [
      'a path that only looks like one',
      'paused inside',
      8,
      (event) => ({ ...event, path: [(event.path ?? []).join('/')] }),
      8,
      'turn.started: there is no run inside at path call_1_1/call_1_1_call_1_1',
    ],
    [
      'a decision nobody made for every call',
      'always approved',
      14,
      (event) => ({ ...event, decision: 6 }),
      14,
      'tool.started: decision 6 is not the one on this call',
    ],
    [
      'a rejection by an approval of every call',
      'always rejected',
      9,
      (event) => ({ ...event, reason: 'invalid_arguments' }),
      9,
      'tool.completed: its reason does not fit decision 7',
    ],
    [
      'a second start by another decision',
      'retried',
      5,
      (event) => ({ ...event, decision: 3 }),
      5,
      'tool.started: decision 3 is not the one on this call',
    ],
    [
      'a rejection nobody gave',
      'always rejected',
      9,
      (event) => ({ ...event, decision: null }),
      9,
      'tool.completed: the call is pending',
    ],
    [
      'a rejection by what is no decision',
      'always rejected',
      9,
      (event) => ({ ...event, decision: 6 }),
      9,
      'tool.completed: decision 6 is not the one on this call',
    ],
    [
      'a rejection by the decision on another call',
      'through approvals',
      9,
      (event) => ({ ...event, decision: 7 }),
      9,
      'tool.completed: decision 7 is not the one on this call',
    ],
    [
      'a result nobody gave',
      'asked about a crash',
      8,
      (event) => ({ ...event, result: undefined }),
      11,
      'tool.completed: it has an output, but was never started',
    ],
    [
      'a call of another kind than was shown',
      'through approvals',
      9,
      (event) => ({ ...event, kind: 'http' }),
      9,
      'tool.completed: it was asked about as function',
    ],
    [
      'an expiry of what nobody asked',
      'handed off',
      9,
      (event) => ({ ...event, reason: 'expired' }),
      9,
      'tool.completed: reason expired does not fit a call that is open',
    ],
    [
      'an expiry of what never expires',
      'expired',
      3,
      (event) => ({ ...event, expires_at: null }),
      4,
      'tool.completed: reason expired does not fit a call that is pending',
    ],
    [
      'a tool of another name',
      'completed',
      3,
      (event) => ({ ...event, tool: 'write' }),
      3,
      'tool.started: it does not describe call call_1_1 as the model made it',
    ],
    [
      'a tool of a server that has none',
      'completed',
      3,
      (event) => ({ ...event, server: 'files' }),
      3,
      'tool.started: it does not describe call call_1_1 as the model made it',
    ],
    [
      'an approval answered as a rejection',
      'asked about a crash',
      11,
      (event) => ({ ...event, reason: 'unknown_outcome' }),
      11,
      'tool.completed: its reason does not fit decision 9',
    ],
  ])('%s is refused', async ([, name, at, change, index, problem]) => {
    const error = await refusal(name, (journal) =>
      journal.map((event, place) => (place === at ? asEvent({ ...change(event) }) : event)),
    )
    expect(error).toHaveProperty(
      'message',
      `The state document is not valid at /journal/${index}: ${problem}`,
    )
  })
})

function itemsOf(event: JournalEvent): readonly Item[] {
  return event.type === 'model.responded' ? event.items : []
}

/** What the types would not allow to be written. */
function asEvent(event: object): JournalEvent {
  return event as JournalEvent
}
