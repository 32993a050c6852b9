/** What going on with another spec means for a run, or why it cannot be. */
import type { Change } from '../../compiler/diff/change.ts'
import type { Program } from '../../compiler/program.ts'
import { ConflictFailure } from '../failures.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import { checkContext } from '../segment/start-run.ts'
import type { JsonObject } from '../../util/json.ts'
import type { SpecChange } from '../state/spec-change.ts'
import type { RunState } from '../state/run-state.ts'
import { planMigration } from './plan-migration.ts'
import { createRunJudge } from './run-judge.ts'

/** A run cannot go on with another spec: the changes that forbid it, for whoever can say where they were written. */
export class SpecConflict extends ConflictFailure {
  /** The message without the reasons. */
  readonly headline: string
  /** The worst first. */
  readonly changes: readonly Change[]
  /** Hash of the spec that the run is pinned to. */
  readonly pinned: string

  constructor(headline: string, details: Pick<SpecConflict, 'changes' | 'pinned'>) {
    super('spec_changed', `${headline}: ${details.changes.map(({ what }) => what).join('; ')}`, WHAT_TO_DO)
    this.headline = headline
    this.changes = details.changes
    this.pinned = details.pinned
  }
}

/** The spec a run is pinned to, and the one it is to go on with: as it was compiled, and linked. */
export interface SpecPair {
  readonly older: Program
  readonly newer: Program
  readonly linked: LinkedSpec
  /** In the place of the run's own. */
  readonly context?: JsonObject | undefined
}

/**
 * Judges the difference for this run, and plans its migration. Nothing is changed.
 *
 * @throws SpecConflict for a breaking difference; ConflictFailure `migration_failed`, or `spec_changed` for a context that the
 *   other spec has no place for.
 */
export async function planSpecChange(specs: SpecPair, state: RunState): Promise<SpecChange> {
  const { older, newer, linked, context } = specs
  const verdict = (await createRunJudge(older, newer))(state)
  const { class: verdictClass, reasons, ask_again, withdrawn } = verdict
  if (verdictClass === 'breaking') {
    const headline = `Run ${state.run_id} cannot go on with ${nameOf(newer)}`
    throw new SpecConflict(headline, { changes: verdict.changes, pinned: state.spec.hash })
  }
  const migration = await planMigration({ older, newer: linked }, state)
  const carried = linked.reveal({ ...migration?.context, ...(context ?? state.context) })
  await checkNewContext(linked, carried, state)
  return {
    class: verdictClass,
    reasons: linked.redactor.json(reasons),
    ask_again: [...new Set(ask_again)],
    withdrawn: [...new Set(withdrawn)],
    ...(migration === null ? {} : { migration }),
  }
}

const WHAT_TO_DO =
  'Go on with the spec it started with (--spec pinned), declare migrations in the new one, or cancel the run'

function nameOf({ name, version }: Program): string {
  return `${name} ${version}`
}

async function checkNewContext(
  linked: LinkedSpec,
  context: RunState['context'],
  state: RunState,
): Promise<void> {
  try {
    await checkContext(linked, context)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new ConflictFailure(
      'spec_changed',
      `Run ${state.run_id} cannot go on with ${nameOf(linked.program)}: ${error.message}`,
      'A migration can give the context what it lacks (set_context)',
    )
  }
}
