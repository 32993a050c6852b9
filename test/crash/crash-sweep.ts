/** Kills a run at one append, brings it to its end in another process, and says what became of every call. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { compileFile } from '../../src/compiler/compile.ts'
import { createRuntime } from '../../src/runtime/create-runtime.ts'
import { foldJournal } from '../../src/runtime/state/apply.ts'
import type { JournalEvent } from '../../src/runtime/state/events.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { bodiesRun, createWideWorkspace, TRACED } from '../support/wide-run.ts'
import { transcriptOf } from '../support/wide-transcript.ts'
import { driveToEnd } from './drive-to-end.ts'
import type { DrivenRun } from './drive-to-end.ts'

const CRASH_RUN = fileURLToPath(new URL('crash-run.ts', import.meta.url))

/** Calls whose bodies run in processes of their own, a server and a shell, which outlive ours for a moment. */
const ELSEWHERE: readonly string[] = ['note', 'run']

/** Where and when to die. */
export interface Crash {
  /** The number of an append, from 1, or `TYPE:CALL` of an event in it; 0: nowhere. */
  readonly at: number | string
  readonly when: 'before' | 'after'
}

export interface CrashOutcome extends DrivenRun {
  readonly died: boolean
  readonly atCrash: readonly JournalEvent[]
  readonly journal: readonly JournalEvent[]
  /** How often each body ran, by call id, when the process died and at the end. */
  readonly bodiesAtCrash: Readonly<Record<string, number>>
  readonly bodies: Readonly<Record<string, number>>
  readonly session: readonly unknown[]
}

export interface CrashPlace {
  /** The URL of an empty store; a SQLite file of the run's own when absent. */
  readonly store?: string | undefined
  readonly spec?: string
}

export async function crashAt(crash: Crash, { store: given, spec }: CrashPlace = {}): Promise<CrashOutcome> {
  using workspace = createWideWorkspace(spec)
  const folder = workspace.path
  const url = given ?? `sqlite:${join(folder, 'runs.db')}`
  const died = await runAndDie(folder, url, crash)
  const compiled = await compileFile(join(folder, 'spec.yaml'))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
  const bodiesAtCrash = bodiesRun(folder)
  const runtime = createRuntime({ store: await openStore(url, { cwd: folder }), environment: {} })
  try {
    const [run] = await runtime.list()
    const atCrash = run === undefined ? [] : await runtime.events(run.run_id)
    const { result, inDoubt } =
      run?.status === 'completed'
        ? { result: await runtime.show(run.run_id), inDoubt: [] }
        : await driveToEnd(runtime, compiled, folder)
    const journal = await runtime.events(result.run_id)
    const { items: session } = await runtime.store.sessions.read('wide')
    return { died, atCrash, journal, bodiesAtCrash, bodies: bodiesRun(folder), inDoubt, result, session }
  } finally {
    await runtime.close()
  }
}

/** True when the process died where it was told to. */
async function runAndDie(folder: string, url: string, { at, when }: Crash): Promise<boolean> {
  const child = spawn(process.execPath, [CRASH_RUN, folder, url, String(at), when], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'exit')])
  if (child.signalCode === 'SIGKILL') return true
  if (child.exitCode === 0) return false
  throw new Error(stderr)
}

/** The calls that were started and have no result, by call id. */
function startedCalls(journal: readonly JournalEvent[]): readonly string[] {
  if (journal.length === 0) return []
  return [...foldJournal(journal).frames.values()]
    .flatMap(({ calls }) => calls)
    .filter(({ status, call_id }) => status === 'started' && TRACED.includes(call_id))
    .map(({ call_id }) => call_id)
}

/**
 * The end is that of a run that was not disturbed; nothing that has a journaled result ran again, and each call in doubt
 * was shown to a person, unless its tool says that it is tried again.
 */
export function expectUndisturbed(outcome: CrashOutcome, undisturbed: CrashOutcome): void {
  const { atCrash, journal, bodies, bodiesAtCrash, inDoubt } = outcome
  expect(transcriptOf(journal)).toEqual(transcriptOf(undisturbed.journal))
  expect(outcome.session).toEqual(undisturbed.session)
  expect(outcome.result).toMatchObject({ status: 'completed', final_output: 'finished' })
  journal.forEach((event, index) => expect(event.seq).toBe(index + 1))
  expect(journal.slice(0, atCrash.length)).toEqual(atCrash)
  const completed = atCrash.flatMap((event) => (event.type === 'tool.completed' ? [event.call_id] : []))
  const started = startedCalls(atCrash)
  expect(inDoubt.toSorted()).toEqual(started.filter((id) => id !== 'read').toSorted())
  for (const callId of TRACED) {
    const before = bodiesAtCrash[callId] ?? 0
    if (completed.includes(callId)) expect([callId, before, bodies[callId]]).toEqual([callId, 1, 1])
    else if (started.includes(callId)) expectRunAgain(callId, before, bodies[callId] ?? 0)
    else expect([callId, before, bodies[callId]]).toEqual([callId, 0, 1])
  }
}

/** Once more than before the crash. A process of its own may have been at it still when its runs were counted. */
function expectRunAgain(callId: string, before: number, after: number): void {
  if (ELSEWHERE.includes(callId) && before === 0 && after === 2) return
  expect([callId, after]).toEqual([callId, before + 1])
}
