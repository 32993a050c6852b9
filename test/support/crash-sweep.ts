/** Kills a run at one append, brings it to its end in other processes, and says what became of every call. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRuntime } from '../../src/runtime/create-runtime.ts'
import type { JournalEvent } from '../../src/runtime/state/events.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'

const CRASH_RUN = fileURLToPath(new URL('crash-run.ts', import.meta.url))

/** Two gated and two ungated calls over three turns, each body leaving a line in a file. */
const SPEC = `
agentspec: 1
name: crash
models:
  main:
    provider: scripted
    script:
      - tool_calls: [{ name: read }, { name: write, arguments: { n: 1 } }]
      - tool_calls: [{ name: write, arguments: { n: 2 } }, { name: read }]
      - text: finished
agents:
  main: { model: main, instructions: Work., tools: [read, write] }
tools:
  read: { type: function, handler: "./tools.ts#read", parameters: { type: object }, strict: false }
  write:
    type: function
    handler: ./tools.ts#write
    parameters: { type: object, properties: { n: { type: integer } }, required: [n] }
    strict: false
    needs_approval: true
`

const TOOLS = `
import { appendFileSync } from 'node:fs'
const log = new URL('./bodies.log', 'file://' + process.env.BODY_DIR + '/')
export function read(args, ctx) { appendFileSync(log, ctx.idempotency_key + '\\n'); return 'read' }
export function write(args, ctx) { appendFileSync(log, ctx.idempotency_key + '\\n'); return 'wrote ' + args.n }
`

export interface CrashOutcome {
  readonly died: boolean
  /** The journal as it was right after the crash. */
  readonly atCrash: readonly JournalEvent[]
  readonly journal: readonly JournalEvent[]
  /** How often each body ran, by idempotency key. */
  readonly bodies: ReadonlyMap<string, number>
  readonly inDoubt: number
  readonly finalOutput: unknown
  readonly session: readonly unknown[]
}

/** Where and when to die. */
export interface Crash {
  /** The append of the first process, counted from 1; 0: it lives. */
  readonly first: number
  /** The append of the process that resumes; absent or 0: it lives. */
  readonly second?: number
  readonly when: 'before' | 'after'
}

/** @param storeUrl of an empty store; a SQLite file of the run's own when absent */
export async function crashAt(crash: Crash, storeUrl?: string): Promise<CrashOutcome> {
  const dir = await mkdtemp(join(tmpdir(), 'agentspec-crash-'))
  try {
    await writeFile(join(dir, 'spec.yaml'), SPEC)
    await writeFile(join(dir, 'tools.ts'), TOOLS)
    await writeFile(join(dir, 'bodies.log'), '')
    return await crashIn({ dir, store: storeUrl ?? `sqlite:${join(dir, 'runs.db')}` }, crash)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

interface Place {
  readonly dir: string
  /** By its URL. */
  readonly store: string
}

async function crashIn(place: Place, { first: at, second = 0, when }: Crash): Promise<CrashOutcome> {
  const { dir } = place
  const first = await runProcess(place, [at, when])
  const runtime = createRuntime({ store: await openStore(place.store, { cwd: dir }), environment: {} })
  try {
    const [run] = await runtime.list()
    if (run === undefined) return { ...NOTHING, died: first.died }
    if (second > 0) {
      await approveEverything(place, run.run_id)
      const resumed = await runProcess(place, [second, when, run.run_id])
      if (!resumed.died) return { ...NOTHING, died: false }
    }
    const atCrash = await runtime.events(run.run_id)
    let inDoubt = 0
    for (let round = 0; round < 20; round++) {
      const { stdout } = await runProcess(place, [0, 'before', run.run_id])
      const view = await runtime.show(run.run_id)
      if (view.status !== 'paused') {
        if (view.status !== 'completed')
          throw new Error(`${view.status}: ${JSON.stringify(view.error)} ${stdout}`)
        const { items } = await runtime.store.sessions.read('crash')
        const journal = await runtime.events(run.run_id)
        const bodies = await countBodies(dir)
        return {
          died: first.died,
          atCrash,
          journal,
          bodies,
          inDoubt,
          finalOutput: view.final_output,
          session: items,
        }
      }
      inDoubt += view.interruptions.filter((one) => one.kind === 'in_doubt').length
      await runtime.decide(run.run_id, { calls: 'all', decision: 'approve', by: 'sweep' })
    }
    throw new Error('the run did not end')
  } finally {
    await runtime.close()
  }
}

const NOTHING: CrashOutcome = {
  died: false,
  atCrash: [],
  journal: [],
  bodies: new Map(),
  inDoubt: 0,
  finalOutput: null,
  session: [],
}

async function approveEverything({ dir, store }: Place, runId: string): Promise<void> {
  const runtime = createRuntime({ store: await openStore(store, { cwd: dir }), environment: {} })
  try {
    await runtime.decide(runId, { calls: 'all', decision: 'approve', by: 'sweep' })
  } finally {
    await runtime.close()
  }
}

function runProcess(
  { dir, store }: Place,
  args: readonly (string | number)[],
): Promise<{ died: boolean; stdout: string }> {
  const argv = [CRASH_RUN, join(dir, 'spec.yaml'), store, ...args.map(String)]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, argv, { env: { ...process.env, BODY_DIR: dir } }, (error, stdout, stderr) => {
      if (error === null) resolve({ died: false, stdout })
      else if (error.signal === 'SIGKILL') resolve({ died: true, stdout })
      else reject(new Error(`${error.message}\n${stderr}`))
    })
  })
}

async function countBodies(dir: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const key of (await readFile(join(dir, 'bodies.log'), 'utf8')).split('\n').filter(Boolean)) {
    const call = key.slice(key.indexOf(':') + 1)
    counts.set(call, (counts.get(call) ?? 0) + 1)
  }
  return counts
}
