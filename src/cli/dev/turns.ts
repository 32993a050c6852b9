/** What a chat of `dev` runs: the next turn, and what is left of a run once its calls are decided. */
import type { DecisionOrder } from '../../runtime/approvals/decide.ts'
import { UsageFailure } from '../../runtime/failures.ts'
import type { RunResult } from '../../runtime/run-result.ts'
import type { RunStream, StartOptions } from '../../runtime/runtime.ts'
import { personAt } from '../runs/person.ts'
import { acceptedSoFar, driveToRest, laterOptions } from '../runs/driver.ts'
import { showEnd } from '../runs/show-end.ts'
import type { Desk } from './desk.ts'

/** Says something to the agents: a run of the current version, in the session of the chat. It ends on that version. */
export async function takeTurn(desk: Desk, input: string): Promise<void> {
  const { current, driver, session, agent, models } = desk
  if (current === null)
    throw new UsageFailure('invalid_spec', 'There is no version of the spec that can be run yet')
  const options: StartOptions = {
    ...driver.settings.options,
    ...acceptedSoFar(driver),
    ...models,
    session,
    ...(agent === undefined ? {} : { agent }),
  }
  desk.used = current
  await finish(desk, driver.runtime.start(current, input, options))
  // Later turns go on with the agent that spoke last.
  desk.agent = undefined
}

/** Decides calls of the run that waits, and goes on with it, on the version that it began with. */
export async function decide(desk: Desk, order: Omit<DecisionOrder, 'by'>): Promise<void> {
  const { driver } = desk
  const { run_id: runId } = lastRun(desk)
  await driver.runtime.decide(runId, { ...order, by: personAt(driver.invocation) })
  await finish(desk, driver.runtime.resume(runId, { ...laterOptions(driver.settings), ...desk.models }))
}

/** @throws UsageFailure `no_run`. */
export function lastRun({ last }: Desk): RunResult {
  if (last === null) throw new UsageFailure('no_run', 'Nothing was run yet')
  return last
}

async function finish(desk: Desk, stream: RunStream): Promise<void> {
  const before = desk.last
  const result = await driveToRest(desk.driver, stream)
  const known = before?.run_id === result.run_id ? before.usage.total_tokens : 0
  desk.tokens += result.usage.total_tokens - known
  desk.last = result
  await showEnd(desk.driver, result)
  const { output } = desk.driver.invocation
  if (result.status === 'paused') output.note(output.err.dim('Or here: /approve [CALL…], /reject [MESSAGE]'))
}
