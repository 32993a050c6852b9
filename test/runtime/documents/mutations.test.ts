import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { documentOf } from '../../../src/runtime/documents/document-of.ts'
import { importRun } from '../../../src/runtime/documents/import-run.ts'
import { sealDocument } from '../../../src/runtime/documents/seal.ts'
import type { StateDocument } from '../../../src/runtime/documents/state-document.ts'
import { ConflictFailure, UsageFailure } from '../../../src/runtime/failures.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import type { Item } from '../../../src/runtime/state/item.ts'
import type { RunState } from '../../../src/runtime/state/run-state.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import type { Json } from '../../../src/util/json.ts'
import { mutationsOf } from './mutations.ts'
import type { Mutation } from './mutations.ts'
import { asJson, inDoubtJournal, KEY, makeRun, portsOver, RUN_NAMES, storeWith } from './support.ts'

/**
 * What only the author of a document can vouch for: texts, times spent, tokens, the inside of items, of the context and of
 * rules. Everything else says something about the run, and is checked.
 */
const WORDS = [
  /\/(?:input|items|session_items|context|context_patch|rule|output|final_output|usage|error|options)(?:\/|$)/,
  /\/(?:response_id|attempts|is_error|duration_ms|reason|message|result|by|always|session\/id)$/,
]

/** Says what became of a document: refused, or the state it was imported as. Anything else is thrown on. */
async function tried(store: RunStore, mutation: Mutation): Promise<RunState | 'refused'> {
  try {
    const { run_id } = await importRun(portsOver(store), mutation.document)
    return foldJournal(await store.readJournal(run_id))
  } catch (error) {
    if (error instanceof UsageFailure || error instanceof ConflictFailure) return 'refused'
    throw new Error(mutation.what, { cause: error })
  }
}

async function expectNothingIn(store: RunStore, what: string): Promise<void> {
  expect(
    [await store.listRuns(), await store.sessions.list(), (await store.listSpecs()).length],
    what,
  ).toEqual([[], [], 1])
}

/** Nothing that was decided elsewhere counts, and what had started waits for a person. */
function expectDistrusted(state: RunState, what: string): void {
  expect(state.sticky.size, what).toBe(0)
  expect(
    [...state.requests.values()].filter((request) => request.status === 'decided'),
    what,
  ).toEqual([])
  const calls = [...state.frames.values()].flatMap((frame) => frame.calls)
  expect(
    calls.filter((call) => call.status === 'decided' || (call.status === 'started' && !call.must_ask)),
    what,
  ).toEqual([])
}

/** Documents that are meant to be refused leave a store as it was, so that the next one can be tried on it. */
async function tryAll(
  mutations: Iterable<Mutation>,
  openStore: () => Promise<RunStore>,
  onAccepted: (mutation: Mutation, state: RunState) => void,
): Promise<number> {
  let refused = 0
  let store = await openStore()
  for (const mutation of mutations) {
    const state = await tried(store, mutation)
    if (state === 'refused') {
      refused += 1
      await expectNothingIn(store, mutation.what)
    } else {
      expectDistrusted(state, mutation.what)
      onAccepted(mutation, state)
      store = await openStore()
    }
  }
  return refused
}

interface Damaged {
  readonly document: StateDocument
  readonly openStore: () => Promise<RunStore>
}

async function makeDocument(name: string): Promise<Damaged> {
  const { runtime, run_id, spec } = await makeRun(name === 'in doubt' ? 'through approvals' : name, null)
  const { program: _, sources: __, ...document } = await runtime.exportState(run_id, { bundle: true })
  return {
    document: name === 'in doubt' ? documentOf(await inDoubtJournal()) : document,
    openStore: () => storeWith(spec),
  }
}

describe('a document that was damaged', () => {
  test.for([...RUN_NAMES, 'in doubt'])(
    '(%s) is refused, or differs in words alone and decides nothing',
    { timeout: 60_000 },
    async (name) => {
      const { document, openStore } = await makeDocument(name)
      const refused = await tryAll(mutationsOf(asJson(document)), openStore, (mutation, state) => {
        const { kind, pointer, what } = mutation
        const isSame =
          (kind === 'removed' && pointer.endsWith('/path')) || what === '/journal/9/arguments is {}'
        const isEarlier =
          state.phase === 'active' && what === `/journal lacks entry ${document.journal.length - 1}`
        const isUnsaid = name === 'sticky' && what.endsWith('/decision is null')
        const isUncounted = name === 'decided' && /^\/journal\/[67]\/(?:arguments|decision)/.test(pointer)
        const isWord = WORDS.some((place) => place.test(pointer))
        expect(isSame || isEarlier || isUnsaid || isUncounted || isWord, `${what} was accepted`).toBe(true)
      })
      expect(refused).toBeGreaterThan(400)
    },
  )

  test('in several ways at once is refused, or decides nothing', { timeout: 60_000 }, async () => {
    const { document, openStore } = await makeDocument('through approvals')
    const places = fc.array(fc.nat(), { minLength: 2, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(places, async (picks) => {
        let damaged: Json = asJson(document)
        for (const pick of picks) {
          const mutations: readonly Mutation[] = [...mutationsOf(damaged)]
          damaged = mutations[pick % mutations.length]?.document ?? damaged
        }
        const mutation = {
          what: JSON.stringify(picks),
          kind: 'altered',
          pointer: '',
          document: damaged,
        } as const
        await tryAll([mutation], openStore, () => {})
      }),
      { numRuns: 40 },
    )
  })

  test.for(['decided', 'in a session', 'in doubt'])(
    '(%s) after it was sealed is refused, or has no seal any more',
    { timeout: 60_000 },
    async (name) => {
      const { document, openStore } = await makeDocument(name)
      const accepted: string[] = []
      await tryAll(mutationsOf(asJson(sealDocument(document, KEY))), openStore, ({ what }) =>
        accepted.push(what),
      )
      expect(accepted).toEqual(['/seal removed'])
    },
  )
})

describe('whole events', () => {
  /** What becomes of a document whose events are numbered anew, so that only their sense is wrong. */
  async function refusal(
    name: string,
    change: (journal: StateDocument['journal']) => StateDocument['journal'],
  ): Promise<unknown> {
    const { document, openStore } = await makeDocument(name)
    const journal = change(document.journal).map((event, index) => ({ ...event, seq: index + 1 }))
    return await importRun(portsOver(await openStore()), asJson({ ...document, journal })).catch(
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
      'tool.started: there is nothing at path call_0',
    ],
    [
      'an event of a run inside without a name',
      'completed',
      3,
      (event) => ({ ...event, path: [''] }),
      3,
      'tool.started: there is nothing at path ',
    ],
    [
      'an end of a run inside',
      'completed',
      7,
      (event) => ({ ...event, path: ['call_0'] }),
      7,
      'run.completed: there is nothing at path call_0',
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
