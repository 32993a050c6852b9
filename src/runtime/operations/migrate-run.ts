/** Pins a run that rests to another spec, after the migrations that the spec declares. */
import { ConflictFailure } from '../failures.ts'
import type { CompiledSpec } from '../link/compiled-spec.ts'
import { createJournalWriter } from '../runner/journal-writer.ts'
import { checkResumable } from '../segment/resume-run.ts'
import type { NewSpec } from '../segment/resume-run.ts'
import type { MigrationOutcome } from '../runtime.ts'
import type { RunState } from '../state/run-state.ts'
import { archivedSpec } from './archived-spec.ts'
import { readState } from './read-run.ts'
import { specChange } from './resume-segment.ts'
import type { RuntimePorts } from './runtime-ports.ts'

/**
 * One event, and with it everything; the journal before it stays as it is. Nothing of the run is executed.
 *
 * @throws UsageFailure `unknown_run`; ConflictFailure `run_ended`, `run_busy`, and those of `planSpecChange`.
 */
export async function migrateRun(
  ports: RuntimePorts,
  runId: string,
  given: CompiledSpec,
  options: { readonly dryRun?: boolean } = {},
): Promise<MigrationOutcome> {
  const spec = await ports.linker.link(given)
  const plan = async (): Promise<{ readonly state: RunState; readonly newSpec: NewSpec | null }> => {
    const state = await readState(ports, runId)
    checkResumable(state)
    const isSame = state.spec.hash === given.hash
    return { state, newSpec: isSame ? null : await specChange(ports, { given, spec, options: {} }, state) }
  }
  const planned = await plan()
  if (planned.newSpec === null || options.dryRun === true) return outcomeOf(runId, planned.newSpec)
  const { store, holder, isGone } = ports
  // It is no turn of its session, so that another turn under way there is not in the way.
  const grant = await store.acquireLease({ run_id: runId, session_id: null, holder, isGone })
  if (!grant.ok) throw busy(runId, grant.holder)
  try {
    await store.archiveSpec(archivedSpec(given))
    for (;;) {
      const { state, newSpec } = await plan()
      if (newSpec === null) return outcomeOf(runId, null)
      const writer = createJournalWriter({ ...ports, lease: grant.lease, state, fresh: [] })
      const { landed } = await writer.propose([{ type: 'run.migrated', ...newSpec }])
      if (!landed) continue
      // Once more when the run names it: a collection of unused specs may have come between.
      await store.archiveSpec(archivedSpec(given))
      return outcomeOf(runId, newSpec)
    }
  } finally {
    await store.releaseLease(grant.lease)
  }
}

function outcomeOf(run_id: string, newSpec: NewSpec | null): MigrationOutcome {
  return { run_id, change: newSpec?.change ?? null }
}

function busy(
  runId: string,
  { pid, host }: { readonly pid: number; readonly host: string },
): ConflictFailure {
  return new ConflictFailure(
    'run_busy',
    `Run ${runId} is driven by process ${pid} on ${host}`,
    'Wait until it pauses or ends, or cancel it',
  )
}
