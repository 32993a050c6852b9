/** The composition root: wires ports and implementations into a Runtime. */
import { decideRun } from './operations/decide-run.ts'
import { checkResumption } from './operations/check-resumption.ts'
import { cancelRun } from './operations/cancel-run.ts'
import { sessionsHolding } from './operations/encrypted-session.ts'
import { branchSession } from './operations/branch-session.ts'
import { forkRun } from './operations/fork-run.ts'
import { migrateRun } from './operations/migrate-run.ts'
import { orDamaged } from './operations/or-damaged.ts'
import { resumeStream, startStream } from './operations/drive-run.ts'
import { findRun, isDriven, showRun, unknownRun } from './operations/read-run.ts'
import { createSpecArchive } from './operations/spec-archive.ts'
import type { RuntimePorts } from './operations/runtime-ports.ts'
import { createHeartbeat } from './lease/heartbeat.ts'
import { currentHolder } from './lease/holder.ts'
import { createLivenessCheck } from './lease/liveness.ts'
import { createConnectionKeeper, keepNoConnections } from './mcp/connection-keeper.ts'
import type { ConnectionKeeper } from './mcp/connection-keeper.ts'
import type { Model } from './models/model.ts'
import type { Doubles } from './link/doubles.ts'
import { createSpecLinker } from './link/link-spec.ts'
import type { SessionStoreFactory } from './sessions/session-places.ts'
import { encryptedPlaces } from './sessions/encrypted-places.ts'
import { createSessionPlaces } from './sessions/session-places.ts'
import { systemClock, timeSortedIds } from './ports.ts'
import type { Clock, IdSource } from './ports.ts'
import type { Runtime } from './runtime.ts'
import { createSensitiveValues } from './redaction/sensitive-context.ts'
import type { RunStore } from './store/run-store.ts'
import { applicationTracing } from './tracing/application-tracing.ts'
import type { RunTracing } from './tracing/run-observer.ts'

export interface RuntimeOptions {
  /** Closed with the runtime. */
  readonly store: RunStore
  /** The real environment; it wins over `.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Read instead of the `.env` beside the spec. */
  readonly envFile?: string
  /** Used in place of the models a spec names, by the key in `models` or the reference `provider/model`. */
  readonly models?: Readonly<Record<string, Model>>
  /** Stand in for models and the bodies of tools, for tests. */
  readonly doubles?: Doubles
  /** Open the stores that `session.store` names by a URL with this scheme. */
  readonly sessionStores?: Readonly<Record<string, SessionStoreFactory>>
  /** Where relative paths of stores start; the working directory when absent. */
  readonly cwd?: string
  readonly clock?: Clock
  readonly ids?: IdSource
  /** Closed with the runtime. By default spans go to the TracerProvider that the application has registered, if any. */
  readonly tracing?: RunTracing
  /** Connections to MCP servers are kept for the next run until the runtime is closed; by default each run makes its own. */
  readonly keepServers?: boolean
  /** The user's own settings say that a person is asked: no rule or function of a spec that allows outranks that. */
  readonly userAsks?: boolean
  /** Told of what a user should know and no run fails for. */
  readonly onWarning?: (message: string) => void
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const { store } = options
  const connections = options.keepServers === true ? createConnectionKeeper() : keepNoConnections
  const ports = createPorts(options, connections)
  return {
    store,
    start: (spec, input, startOptions) => startStream(ports, spec, input, startOptions),
    resume: (runId, resumeOptions) => resumeStream(ports, runId, resumeOptions),
    checkResumption: (runId, resumeOptions = {}) =>
      orDamaged(store, runId, () => checkResumption(ports, runId, resumeOptions)),
    migrate: (runId, spec, migrateOptions) =>
      orDamaged(store, runId, () => migrateRun(ports, runId, spec, migrateOptions)),
    fork: (runId, at) => orDamaged(store, runId, () => forkRun(ports, runId, at)),
    readSession: async (id) => (await sessionsHolding(ports, id)).store.read(id),
    branchSession: (order) => branchSession(ports, order),
    sessions: async (spec) => ports.sessionPlaces.of(await ports.linker.link(spec)),
    decide: (runId, order) => orDamaged(store, runId, () => decideRun(ports, runId, order)),
    cancel: (runId, order) => orDamaged(store, runId, () => cancelRun(ports, runId, order)),
    async tools(spec) {
      const { listAgentTools } = await import('./operations/list-agent-tools.ts')
      return listAgentTools(ports, spec)
    },
    async lock(spec) {
      const { lockServers } = await import('./operations/lock-servers.ts')
      return lockServers(ports, spec)
    },
    show: (runId, at) => orDamaged(store, runId, () => showRun(ports, runId, at)),
    async events(runId) {
      const journal = await store.readJournal(runId)
      if (journal.length === 0) throw unknownRun(ports, runId)
      return journal
    },
    findRun: (name) => findRun(ports, name),
    async list(filter) {
      const runs = await store.listRuns(filter)
      return runs.map((run) => ({ ...run, driven: isDriven(ports, run) }))
    },
    async exportState(runId, exportOptions) {
      const { exportRun } = await import('./documents/export-run.ts')
      return orDamaged(store, runId, () => exportRun(ports, runId, exportOptions))
    },
    async importState(document, importOptions) {
      const { importRun } = await import('./documents/import-run.ts')
      return importRun(ports, document, importOptions)
    },
    async close() {
      ports.linker.dispose()
      await connections.close()
      await ports.tracing.close()
      await ports.sessionPlaces.close()
      await store.close()
    },
  }
}

/** Every implementation wired to its port. */
function createPorts(options: RuntimeOptions, connections: ConnectionKeeper): RuntimePorts {
  const { store, environment } = options
  const clock = options.clock ?? systemClock()
  const warn = options.onWarning ?? (() => {})
  const holder = currentHolder()
  return {
    store,
    clock,
    warn,
    ids: options.ids ?? timeSortedIds(clock),
    linker: createSpecLinker({
      environment,
      warn,
      models: options.models ?? {},
      connections,
      ...(options.doubles === undefined ? {} : { doubles: options.doubles }),
      ...(options.envFile === undefined ? {} : { envFile: options.envFile }),
    }),
    holder,
    isGone: createLivenessCheck(holder),
    heartbeat: createHeartbeat(store, holder.driver_id, {
      onFailure: (error) => warn(`the lease could not be renewed: ${String(error)}`),
    }),
    tracing: options.tracing ?? applicationTracing({ environment, warn, now: () => clock.now() }),
    specs: createSpecArchive(store),
    sessionPlaces: encryptedPlaces(
      createSessionPlaces({
        store,
        warn,
        cwd: options.cwd ?? '.',
        factories: options.sessionStores ?? {},
      }),
      () => clock.now().getTime(),
    ),
    stateKey: environment['AGENTSPEC_STATE_KEY'] || null,
    userAsks: options.userAsks ?? false,
    sensitive: createSensitiveValues(),
  }
}
