/** Reads runs: their state now or earlier, and whether somebody drives them. */
import { UsageFailure } from '../failures.ts'
import { resultOf } from '../run-result.ts'
import type { RunView } from '../runtime.ts'
import { foldJournal } from '../state/apply.ts'
import { frameItems } from '../state/history.ts'
import { rootFrame } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'
import type { ListedRun } from '../store/run-store.ts'
import type { RuntimePorts } from './runtime-ports.ts'

/** @throws UsageFailure `unknown_run`. */
export async function readState(ports: Pick<RuntimePorts, 'store'>, runId: string): Promise<RunState> {
  const journal = await ports.store.readJournal(runId)
  if (journal.length === 0) throw unknownRun(ports, runId)
  return foldJournal(journal)
}

/** True when a live process holds the run's lease. */
export function isDriven(ports: Pick<RuntimePorts, 'isGone' | 'clock'>, run: ListedRun | null): boolean {
  if (run === null || run.holder === null) return false
  return !ports.isGone(run.holder, ports.clock.now().getTime())
}

/** @throws UsageFailure `unknown_run`, `unknown_event`. */
export async function showRun(ports: RuntimePorts, runId: string, at?: number): Promise<RunView> {
  const journal = await ports.store.readJournal(runId)
  if (journal.length === 0) throw unknownRun(ports, runId)
  if (at !== undefined && (!Number.isInteger(at) || at < 1 || at > journal.length)) {
    throw new UsageFailure(
      'unknown_event',
      `Run ${runId} has no event ${at}`,
      `Its events are 1 to ${journal.length}`,
    )
  }
  const state = foldJournal(at === undefined ? journal : journal.slice(0, at))
  const driven = at === undefined && isDriven(ports, await ports.store.readRun(runId))
  return {
    ...resultOf(state, driven),
    items: frameItems(rootFrame(state)),
    context: state.context,
    seq: state.seq,
  }
}

/** @throws UsageFailure `unknown_run` and `ambiguous_run`. */
export async function findRun(ports: Pick<RuntimePorts, 'store'>, name: string): Promise<string> {
  if (name === 'latest' || name === '-1') {
    const [latest] = await ports.store.listRuns({ limit: 1 })
    if (latest === undefined) {
      throw new UsageFailure(
        'unknown_run',
        `There is no run in ${ports.store.url} yet`,
        'agentspec run SPEC starts one',
      )
    }
    return latest.run_id
  }
  const found = name === '' ? [] : await ports.store.findRuns(name)
  const exact = found.find((run) => run.run_id === name)
  const [only, ...others] = exact === undefined ? found : [exact]
  if (only === undefined) throw unknownRun(ports, name)
  if (others.length === 0) return only.run_id
  const ids = found.map((run) => run.run_id).join(', ')
  throw new UsageFailure(
    'ambiguous_run',
    `${found.length} runs begin with ${name}: ${ids}`,
    'Give more of the id',
  )
}

export function unknownRun(ports: Pick<RuntimePorts, 'store'>, runId: string): UsageFailure {
  return new UsageFailure(
    'unknown_run',
    `There is no run ${runId} in ${ports.store.url}`,
    'agentspec runs lists them; --store names another store',
  )
}
