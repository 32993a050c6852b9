/** What a newer spec would mean for the runs that rest. */
import type { Program } from '../../compiler/program.ts'
import { createRunJudge } from '../../runtime/drift/run-judge.ts'
import type { RunJudge } from '../../runtime/drift/run-judge.ts'
import { readProgram } from '../../runtime/link/link-spec.ts'
import { readState } from '../../runtime/operations/read-run.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { listRuns } from '../runs/list-runs.ts'
import type { AffectedRun } from './diff-result.ts'
import type { Side } from './load-side.ts'

/**
 * Every paused or interrupted run of a spec that is called as `a` is, whichever version it is pinned to: each judged from
 * that version to `b`. Newest first.
 */
export async function affectedRuns(runtime: Runtime, a: Side, b: Side): Promise<readonly AffectedRun[]> {
  const limit = Number.MAX_SAFE_INTEGER
  const runs = [
    ...(await listRuns(runtime, { status: 'paused', limit })),
    ...(await listRuns(runtime, { status: 'interrupted', limit })),
  ].filter(({ spec }) => spec.hash === a.hash || spec.name === a.program.name)
  const judgeOf = createJudges(runtime, a, b)
  const affected: AffectedRun[] = []
  for (const { run_id: runId, spec } of runs.sort((one, other) =>
    one.started_at < other.started_at ? 1 : -1,
  )) {
    const judge = await judgeOf(spec.hash)
    const { class: verdict, reasons } = judge(await readState(runtime, runId))
    affected.push({ run_id: runId, class: verdict, reasons })
  }
  return affected
}

/** One comparison for each version that runs are pinned to. */
function createJudges(runtime: Runtime, a: Side, b: Side): (hash: string) => Promise<RunJudge> {
  const judges = new Map<string, RunJudge>()
  return async (hash) => {
    const known = judges.get(hash)
    if (known !== undefined) return known
    const pinned: Program = hash === a.hash ? a.program : await readProgram(runtime.store, hash)
    const judge = await createRunJudge(pinned, b.program)
    judges.set(hash, judge)
    return judge
  }
}
