/** One input or several, each a run of its own, in one session. */
import type { RunResult } from '../../runtime/run-result.ts'
import type { CompiledSpec } from '../../runtime/link/compiled-spec.ts'
import type { StartOptions } from '../../runtime/runtime.ts'
import type { JsonObject } from '../../util/json.ts'
import { EXIT } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { printableLine } from '../terminal/printable.ts'
import { withAttachments } from './attachments.ts'
import { acceptedSoFar, driveToRest } from './driver.ts'
import type { Driver } from './driver.ts'
import { newSession } from './new-session.ts'
import { showEnd } from './show-end.ts'

/** What is run, and for whom. */
export interface Work {
  readonly driver: Driver
  readonly compiled: CompiledSpec
  /** What goes with the first input. */
  readonly attached: readonly JsonObject[]
}

/** The flags of a run, for one of its turns. */
export function startOptions(driver: Driver, session: string | undefined, first: boolean): StartOptions {
  const agent = driver.invocation.flags.text('agent')
  return {
    ...driver.settings.options,
    ...acceptedSoFar(driver),
    ...(session === undefined ? {} : { session }),
    // Later turns go on with the agent that spoke last.
    ...(agent === undefined || !first ? {} : { agent }),
  }
}

/** Each input is a run of its own in one session; what pauses, fails or is interrupted is the last. */
export async function runInputs(
  { driver, compiled, attached }: Work,
  inputs: readonly string[],
): Promise<ExitCode> {
  const { runtime, invocation } = driver
  const kept = invocation.flags.text('session')
  const temporary = kept === undefined && inputs.length > 1 ? newSession() : undefined
  let result: RunResult | null = null
  for (const [index, input] of inputs.entries()) {
    if (inputs.length > 1) echoInput(driver, input)
    const options = startOptions(driver, kept ?? temporary, index === 0)
    const said = withAttachments(input, index === 0 ? attached : [])
    result = await driveToRest(driver, runtime.start(compiled, said, options))
    if (result.status !== 'completed') break
    if (index < inputs.length - 1) driver.screen.endAnswer()
  }
  if (result === null) return EXIT.done
  const exitCode = await showEnd(driver, result)
  // What has not ended needs its session to go on.
  if (temporary !== undefined && result.status === 'completed') {
    const sessions = await runtime.sessions(compiled)
    await sessions.store.remove(temporary)
  }
  return exitCode
}

function echoInput(
  { settings, screen, invocation }: Pick<Driver, 'settings' | 'screen' | 'invocation'>,
  input: string,
): void {
  const { output } = invocation
  if (settings.shows !== 'events' && !output.quiet)
    screen.progress(output.err.bold(`› ${printableLine(input)}`))
}
