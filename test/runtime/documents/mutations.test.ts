import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { documentOf } from '../../../src/runtime/documents/document-of.ts'
import { importRun } from '../../../src/runtime/documents/import-run.ts'
import { sealDocument } from '../../../src/runtime/documents/seal.ts'
import type { StateDocument } from '../../../src/runtime/documents/state-document.ts'
import { ConflictFailure, UsageFailure } from '../../../src/runtime/failures.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import type { RunState } from '../../../src/runtime/state/run-state.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { canonicalJson } from '../../../src/util/canonical-json.ts'
import type { Json } from '../../../src/util/json.ts'
import { mutationsOf } from './mutations.ts'
import type { Mutation } from './mutations.ts'
import {
  asJson,
  inDoubtJournal,
  KEY,
  makeRun,
  portsOver,
  RUN_NAMES,
  runtimeOver,
  storeWith,
} from './support.ts'

/**
 * What only the author of a document can vouch for: texts, times spent, tokens, what guardrails said, the inside of items, of the context and of
 * rules, what of the history a handoff passed on. Everything else says something about the run, and is checked.
 */
const WORDS = [
  /\/(?:input|items|session_items|view|context|context_patch|rule|output|final_output|usage|guardrail_usage|info|error|options|nested|failed_attempts)(?:\/|$)/,
  /\/(?:response_id|attempts|is_error|duration_ms|reason|message|result|by|always|guardrail|withheld|judged_input|session\/id)$/,
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

/** Documents of earlier runs that called what the runs made here do not: commands, patches, hosted and other servers, requests. */
const GOLDEN = ['acting.json', 'reaching.json'] as const

function goldenDocument(name: string): Damaged {
  const { program, sources: _, seal: __, ...document } = readGolden(name)
  return {
    document,
    async openStore() {
      const store = memoryStore()
      const { hash, name: spec, version } = document.spec
      await store.archiveSpec({ hash, name: spec, version, program: canonicalJson(program), sources: {} })
      return store
    },
  }
}

function readGolden(name: string): StateDocument {
  return JSON.parse(readFileSync(new URL(`golden/v1/${name}`, import.meta.url), 'utf8'))
}

async function makeDocument(name: string): Promise<Damaged> {
  if (name.endsWith('.json')) return goldenDocument(name)
  const { runtime, run_id, spec } = await makeRun(name === 'in doubt' ? 'through approvals' : name, null)
  const { program: _, sources: __, ...document } = await runtime.exportState(run_id, { bundle: true })
  return {
    document: name === 'in doubt' ? documentOf(await inDoubtJournal()) : document,
    openStore: () => storeWith(spec),
  }
}

/** Documents that are damaged in every way; of the others every third has to do. */
const WHOLE: ReadonlySet<string> = new Set([
  'decided',
  'asked about a crash',
  'handed off',
  'through approvals inside',
])

function* everyOf<T>(values: Iterable<T>, step: number): Iterable<T> {
  let index = 0
  for (const value of values) if (index++ % step === 0) yield value
}

describe('a document that was damaged', () => {
  test.for([...RUN_NAMES, 'in doubt', ...GOLDEN])(
    '(%s) is refused, or differs in words alone and decides nothing',
    { timeout: 60_000 },
    async (name) => {
      const { document, openStore } = await makeDocument(name)
      const step = WHOLE.has(name) ? 1 : 3
      const mutations = everyOf(mutationsOf(asJson(document)), step)
      const refused = await tryAll(mutations, openStore, (mutation, state) => {
        const { kind, pointer, what } = mutation
        const isSame =
          (kind === 'removed' && pointer.endsWith('/path')) || what === '/journal/9/arguments is {}'
        const isEarlier =
          state.phase === 'active' && what === `/journal lacks entry ${document.journal.length - 1}`
        const isUnsaid = name === 'sticky' && what.endsWith('/decision is null')
        const isUncounted = name === 'decided' && /^\/journal\/[67]\/(?:arguments|decision)/.test(pointer)
        const isOfServer = /\/mcp_tools?(?:\/|$)|\/tool_identity$/.test(pointer)
        const isNative = name === 'acting.json' && /^\/journal\/[345]\/(?:server|tool|kind)$/.test(pointer)
        const isUnbound = isOfServer || isNative
        const isWord = isUnbound || WORDS.some((place) => place.test(pointer))
        expect(isSame || isEarlier || isUnsaid || isUncounted || isWord, `${what} was accepted`).toBe(true)
      })
      expect(refused).toBeGreaterThan(300 / step)
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

  test('that says of a tool of a server that it is another lets nobody approve it', async () => {
    const { document, openStore } = goldenDocument('reaching.json')
    const changed = JSON.stringify(document).replaceAll(
      /"definition":"sha256:.{8}/gu,
      '"definition":"sha256:00000000',
    )
    const runtime = runtimeOver(await openStore(), null)
    const { run_id } = await runtime.importState(JSON.parse(changed))
    const order = { calls: ['call_write'], decision: 'approve', by: 'ana' } as const
    await expect(runtime.decide(run_id, order)).rejects.toMatchObject({ code: 'stale' })
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
