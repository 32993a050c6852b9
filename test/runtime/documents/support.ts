/** Real runs for the tests of documents: their journals, the spec they are pinned to, and stores to import into. */
import type { HandoffDefinition, Program, ToolDefinition } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { specHash } from '../../../src/compiler/spec-hash.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { documentOf } from '../../../src/runtime/documents/document-of.ts'
import type { ExportPorts } from '../../../src/runtime/documents/export-run.ts'
import { importRun } from '../../../src/runtime/documents/import-run.ts'
import type { ImportPorts } from '../../../src/runtime/documents/import-run.ts'
import { sealDocument } from '../../../src/runtime/documents/seal.ts'
import { createSpecLinker } from '../../../src/runtime/link/link-spec.ts'
import type { Clock } from '../../../src/runtime/ports.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { createSessionPlaces } from '../../../src/runtime/sessions/session-places.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { Holder, RunStore } from '../../../src/runtime/store/run-store.ts'
import { canonicalJson } from '../../../src/util/canonical-json.ts'
import { isJsonObject } from '../../../src/util/json.ts'
import type { JsonObject } from '../../../src/util/json.ts'
import { agent, compiled, functionTool, program, scripted } from '../../support/program.ts'
import { handoffTo } from '../../support/served-runs.ts'
import { GUARDED_RUNS } from './guarded-runs.ts'

export const KEY = 'a key for tests'

const SOURCE = `
export function read(args, ctx) { return { read: args.n ?? 0 } }
export function write(args, ctx) { ctx.context.written = args.n; return 'wrote ' + args.n }
export function fail() { throw new Error('no such thing') }
`

/** Agents `main` and `other` with an ungated, a gated and a failing tool. */
export function deskSpec(script: readonly ScriptStep[], overrides: Partial<Program> = {}): Program {
  const tools = [
    functionTool('read'),
    functionTool('write', { needs_approval: true }),
    functionTool('fail', { failure_error_function: { kind: 'raise' } }),
  ]
  const transfer = { agent: 'other', tool_name: 'transfer_to_other', tool_description: '', enabled: true }
  const main = agent({ tools: tools.map((tool) => tool.name), handoffs: [transfer] })
  return program({
    script,
    tools,
    source: SOURCE,
    overrides: { agents: { main, other: agent({ tools: ['write'] }) }, ...overrides },
  })
}

/** `main` hands a part of its history over to `other`. */
function filteringSpec(handoff: Partial<HandoffDefinition>): Program {
  const spec = deskSpec([{ tool_calls: [{ name: 'transfer_to_other' }, { name: 'read' }] }, { text: 'done' }])
  const main = agent({ tools: ['read'], handoffs: [handoffTo('other', handoff)] })
  return { ...spec, agents: { ...spec.agents, main } }
}

/** `main` asks `research`, an agent tool over `researcher`, which asks `deeper`, one over `expert`. */
function nestedSpec(script: Readonly<Record<string, readonly ScriptStep[]>>): Program {
  const base = deskSpec([])
  const agentTool = (name: string, inner: string): ToolDefinition => {
    const { handler: _, ...common } = functionTool(name)
    return {
      ...common,
      type: 'agent',
      agent: inner,
      include_input_schema: false,
      max_turns: 5,
      output: 'final',
    }
  }
  return {
    ...base,
    models: { main: scripted(script) },
    agents: {
      main: agent({ tools: ['research'] }),
      researcher: agent({ tools: ['write', 'deeper'] }),
      expert: agent({ tools: ['write', 'read'] }),
    },
    tools: {
      ...base.tools,
      research: agentTool('research', 'researcher'),
      deeper: agentTool('deeper', 'expert'),
    },
  }
}

const NESTED_SCRIPT: Readonly<Record<string, readonly ScriptStep[]>> = {
  main: [{ tool_calls: [{ name: 'research', arguments: { input: 'Look' } }] }, { text: 'done' }],
  researcher: [
    {
      tool_calls: [
        { name: 'deeper', arguments: { input: 'Dig' } },
        { name: 'write', arguments: { n: 1 } },
      ],
    },
    { text: 'found' },
  ],
  expert: [{ tool_calls: [{ name: 'write', arguments: { n: 2 } }, { name: 'read' }] }, { text: 'known' }],
}

const write = (n: number): { readonly name: string; readonly arguments: { readonly n: number } } => ({
  name: 'write',
  arguments: { n },
})

/** A run, where it was made. */
export interface MadeRun {
  readonly runtime: Runtime
  readonly run_id: string
  readonly spec: Program
}

/** A clock that ticks by itself, one second a look, so that documents are the same every time. */
function tickingClock(): Clock {
  let now = Date.UTC(2026, 10, 1)
  return { now: () => new Date((now += 1000)), sleep: async () => {} }
}

export function runtimeOver(store: RunStore, key: string | null = KEY): Runtime {
  let runs = 0
  return createRuntime({
    store,
    environment: key === null ? {} : { AGENTSPEC_STATE_KEY: key },
    clock: tickingClock(),
    ids: { runId: () => `run_test${++runs}` },
  })
}

/** Runs a spec whose process dies after its first `tool.started`, and resumes it here. */
async function afterCrash(
  runtime: Runtime,
  spec: Program,
  unattended: 'pause' | 'allow' = 'allow',
): Promise<string> {
  const elsewhere = runtimeOver(memoryStore())
  const { run_id } = await elsewhere.start(compiled(spec), 'Go', { unattended }).result
  const journal = await elsewhere.events(run_id)
  const started = journal.findIndex((event) => event.type === 'tool.started')
  const moment = documentOf(journal.slice(0, started + 1), { bundle: { program: asJson(spec) } })
  // Unsealed, the call would be asked about whatever its tool says.
  const key = 'a key for a moment'
  await importRun(portsOver(runtime.store, key), sealDocument(moment, key))
  await runtime.resume(run_id).result
  return run_id
}

/** By name: how each run comes to be, in a runtime of its own. */
const MAKERS: Readonly<
  Record<string, (runtime: Runtime) => Promise<{ readonly run_id: string; readonly spec: Program }>>
> = {
  async completed(runtime) {
    const spec = deskSpec([{ tool_calls: [{ name: 'read', arguments: { n: 1 } }] }, { text: 'done' }])
    return { spec, run_id: (await runtime.start(compiled(spec), 'Go').result).run_id }
  },
  async paused(runtime) {
    const spec = deskSpec([{ tool_calls: [write(1), write(2), { name: 'read' }] }, { text: 'done' }])
    return {
      spec,
      run_id: (await runtime.start(compiled(spec), 'Go', { context: { customer: '12' } }).result).run_id,
    }
  },
  async decided(runtime) {
    const spec = deskSpec([{ tool_calls: [write(1), write(2)] }, { text: 'done' }])
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    await runtime.decide(run_id, {
      calls: ['call_1_1'],
      decision: 'approve',
      by: 'ana',
      always: true,
      args: { n: 7 },
    })
    await runtime.decide(run_id, {
      calls: ['call_1_2'],
      decision: 'reject',
      by: 'ben',
      message: 'no',
      reason: 'budget',
    })
    return { spec, run_id }
  },
  async 'through approvals'(runtime) {
    const made = await MAKERS['decided']?.(runtime)
    if (made === undefined) throw new Error('no such run')
    await runtime.resume(made.run_id).result
    return made
  },
  async sticky(runtime) {
    const spec = deskSpec([{ tool_calls: [write(1)] }, { tool_calls: [write(2)] }, { text: 'done' }])
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    await runtime.decide(run_id, { calls: 'all', decision: 'reject', by: 'ana', always: true })
    await runtime.resume(run_id).result
    return { spec, run_id }
  },
  async 'always approved'(runtime) {
    const spec = deskSpec([
      { tool_calls: [write(1), write(2)] },
      { tool_calls: [write(3)] },
      { text: 'done' },
    ])
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    await runtime.decide(run_id, { calls: ['call_1_1'], decision: 'approve', by: 'ana', always: true })
    await runtime.resume(run_id).result
    return { spec, run_id }
  },
  async 'always rejected'(runtime) {
    const spec = deskSpec([{ tool_calls: [write(1), write(2)] }, { text: 'done' }])
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    await runtime.decide(run_id, { calls: ['call_1_1'], decision: 'reject', by: 'ana', always: true })
    await runtime.resume(run_id).result
    return { spec, run_id }
  },
  async 'paused inside'(runtime) {
    const spec = nestedSpec(NESTED_SCRIPT)
    return { spec, run_id: (await runtime.start(compiled(spec), 'Go').result).run_id }
  },
  async 'through approvals inside'(runtime) {
    const spec = nestedSpec(NESTED_SCRIPT)
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    const { interruptions } = await runtime.show(run_id)
    const inmost = interruptions.find((call) => call.path.length === 2)
    await runtime.decide(run_id, { calls: [`#${inmost?.request}`], decision: 'approve', by: 'ana' })
    await runtime.resume(run_id).result
    await runtime.decide(run_id, { calls: 'all', decision: 'reject', by: 'ben' })
    await runtime.resume(run_id).result
    return { spec, run_id }
  },
  async 'failed inside'(runtime) {
    const spec = nestedSpec({
      main: [{ tool_calls: [{ name: 'research', arguments: { input: 'Look' } }] }, { text: 'done' }],
      researcher: [{ error: { status: 400, message: 'bad' } }],
    })
    return { spec, run_id: (await runtime.start(compiled(spec), 'Go').result).run_id }
  },
  async 'handed off'(runtime) {
    const steps: ScriptStep[] = [
      { tool_calls: [{ name: 'transfer_to_other', arguments: {} }, { name: 'read' }] },
      { tool_calls: [write(3), { name: 'nothing', arguments: {} }] },
    ]
    const spec = deskSpec(steps)
    return { spec, run_id: (await runtime.start(compiled(spec), 'Go').result).run_id }
  },
  async 'handed off with less'(runtime) {
    const spec = filteringSpec({ input_filter: { last: 3 } })
    return { spec, run_id: (await runtime.start(compiled(spec), 'Go').result).run_id }
  },
  async 'handed off as a story'(runtime) {
    const spec = filteringSpec({ nest_handoff_history: true })
    return {
      spec,
      run_id: (await runtime.start(compiled(spec), 'Go', { session: 'customer' }).result).run_id,
    }
  },
  async 'answered instead of failed'(runtime) {
    const { run } = deskSpec([])
    const on_error = { max_turns: { final_output: 'Too long', include_in_history: true } }
    const spec = deskSpec([{ tool_calls: [{ name: 'read' }] }], { run: { ...run, max_turns: 1, on_error } })
    return { spec, run_id: (await runtime.start(compiled(spec), 'Go').result).run_id }
  },
  async failed(runtime) {
    const spec = deskSpec([{ tool_calls: [{ name: 'fail' }] }])
    return { spec, run_id: (await runtime.start(compiled(spec), 'Go').result).run_id }
  },
  async 'tried again'(runtime) {
    const spec = deskSpec([{ error: { status: 400, message: 'bad' } }, { text: 'done' }])
    const { run_id } = await runtime.start(compiled(spec), 'Go', { maxTurns: 3, stream: false }).result
    await runtime.resume(run_id, { input: 'And?', context: { customer: '13' } }).result
    return { spec, run_id }
  },
  async retried(runtime) {
    const spec = deskSpec([{ tool_calls: [{ name: 'read' }] }, { text: 'done' }], {
      tools: { read: functionTool('read', { on_unknown: 'retry' }) },
      agents: { main: agent({ tools: ['read'] }) },
    })
    return { spec, run_id: await afterCrash(runtime, spec) }
  },
  async 'asked about a crash'(runtime) {
    const spec = deskSpec([{ tool_calls: [{ name: 'read' }, write(1)] }, { text: 'done' }])
    const run_id = await afterCrash(runtime, spec, 'pause')
    await runtime.decide(run_id, {
      calls: ['call_1_1'],
      decision: 'approve',
      by: 'ana',
      result: 'it was read',
    })
    await runtime.decide(run_id, { calls: ['call_1_2'], decision: 'reject', by: 'ana' })
    await runtime.resume(run_id).result
    return { spec, run_id }
  },
  async 'given up'(runtime) {
    const spec = deskSpec([{ tool_calls: [write(1)] }], {
      tools: { write: functionTool('write', { on_unknown: 'fail', needs_approval: true }) },
      agents: { main: agent({ tools: ['write'] }) },
    })
    return { spec, run_id: await afterCrash(runtime, spec) }
  },
  async expired(runtime) {
    const { approvals } = deskSpec([])
    const spec = deskSpec([{ tool_calls: [write(1)] }, { text: 'done' }], {
      approvals: { ...approvals, expires_after: 2000 },
    })
    // The clock ticks so fast that the request has expired before the run can pause.
    return { spec, run_id: (await runtime.start(compiled(spec), 'Go').result).run_id }
  },
  async cancelled(runtime) {
    const spec = deskSpec([{ tool_calls: [write(1), { name: 'read' }] }])
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    await runtime.cancel(run_id, { by: 'ana', reason: 'no need' })
    return { spec, run_id }
  },
  ...GUARDED_RUNS,
  async 'in a session'(runtime) {
    await runtime.start(compiled(deskSpec([{ text: 'Hello' }])), 'Hi', { session: 'customer' }).result
    const spec = deskSpec([{ tool_calls: [{ name: 'read' }] }, { tool_calls: [write(1)] }, { text: 'done' }])
    return {
      spec,
      run_id: (await runtime.start(compiled(spec), 'Go', { session: 'customer' }).result).run_id,
    }
  },
}

export const RUN_NAMES: readonly string[] = Object.keys(MAKERS)

export async function makeRun(name: string, key: string | null = KEY): Promise<MadeRun> {
  const make = MAKERS[name]
  if (make === undefined) throw new Error(`there is no run ${name}`)
  const runtime = runtimeOver(memoryStore(), key)
  const { run_id, spec } = await make(runtime)
  return { runtime, run_id, spec }
}

/** The journal of a call that was approved and started, and whose process died. */
export async function inDoubtJournal(): Promise<readonly JournalEvent[]> {
  const { runtime, run_id } = await makeRun('through approvals')
  const journal = await runtime.events(run_id)
  return journal.slice(0, journal.findIndex((event) => event.type === 'tool.started') + 1)
}

export const HOLDER: Holder = {
  driver_id: 'importer',
  host: 'here',
  boot_id: 'boot',
  pid_namespace: 'ns',
  pid: 7,
  process_start: '1',
}

export function portsOver(store: RunStore, stateKey: string | null = KEY): ImportPorts & ExportPorts {
  return {
    store,
    stateKey,
    clock: tickingClock(),
    holder: HOLDER,
    isGone: () => false,
    linker: createSpecLinker({ environment: {}, models: {}, warn: () => {} }),
    sessionPlaces: createSessionPlaces({ store, cwd: '.', factories: {}, warn: () => {} }),
  }
}

/** A store that has the spec archived. */
export async function storeWith(spec: Program, store: RunStore = memoryStore()): Promise<RunStore> {
  const { name, version } = spec
  await store.archiveSpec({ hash: specHash(spec), name, version, program: canonicalJson(spec), sources: {} })
  return store
}

/** A document as it comes out of a file. */
export function asJson(document: unknown): JsonObject {
  const value: unknown = JSON.parse(JSON.stringify(document))
  if (!isJsonObject(value)) throw new Error('a document is an object')
  return value
}
