/** Compares the spec a run is pinned to with another one: what going on with that would mean for the run. */
import { createSchemaValidator } from '../../compiler/json-schema/schema-validator.ts'
import { diffPrograms } from '../../compiler/diff/diff-programs.ts'
import { judgeRun } from '../../compiler/diff/judge-run.ts'
import type { ComparedSpecs, Fits, RunVerdict } from '../../compiler/diff/judge-run.ts'
import type { Program } from '../../compiler/program.ts'
import type { RunState } from '../state/run-state.ts'
import { runInHand } from './run-in-hand.ts'

/** Judges runs of one spec against another. */
export type RunJudge = (state: RunState) => RunVerdict

/** The comparison is made once, for all runs of the older spec. */
export async function createRunJudge(older: Program, newer: Program): Promise<RunJudge> {
  const specs: ComparedSpecs = { older, newer, changes: diffPrograms(older, newer) }
  const fits = await createFits(specs)
  return (state) => judgeRun(specs, runInHand(state), fits)
}

/** Schemas are only looked at where one refuses what it accepted before. */
async function createFits({ changes }: ComparedSpecs): Promise<Fits> {
  if (changes.every(({ refusedBy }) => refusedBy === undefined)) return () => true
  const validator = await createSchemaValidator()
  return (schema, value) => validator.validate(schema, value).length === 0
}
