/** The body of a shell tool: its commands, one after the other. */
import { stat } from 'node:fs/promises'
import type { ShellToolDefinition } from '../../../compiler/program.ts'
import { invariant } from '../../../util/invariant.ts'
import type { JsonObject } from '../../../util/json.ts'
import { runCommand } from './run-command.ts'
import type { CommandOutcome } from './run-command.ts'
import { shellActionOf, shellEnvironment } from './shell-action.ts'

/** What commands run in. */
export interface ShellSurroundings {
  readonly variables: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/**
 * What became of each command. One that takes too long is the last.
 *
 * @throws the reason of the signal once it is aborted, and an error for a folder that is not there.
 */
export async function runShell(
  tool: ShellToolDefinition,
  args: JsonObject,
  { variables, signal }: ShellSurroundings,
): Promise<readonly CommandOutcome[]> {
  const action = shellActionOf(args)
  const { folder } = tool
  invariant(action !== null && folder !== undefined, 'the arguments fit, and the tool is linked')
  await requireFolder(folder, tool.cwd)
  const env = shellEnvironment(variables, tool.env)
  const maxOutput = Math.min(action.max_output_length ?? Infinity, tool.max_output_length)
  const deadline = performance.now() + (tool.timeout ?? Infinity)
  const outcomes: CommandOutcome[] = []
  for (const command of action.commands) {
    const left = Math.max(1, deadline - performance.now())
    const timeout = Math.min(action.timeout_ms ?? Infinity, left, LONGEST_TIMER)
    const outcome = await runCommand(command, { cwd: folder, env, maxOutput, signal, timeout })
    outcomes.push(outcome)
    if (outcome.outcome.type === 'timeout') break
  }
  return outcomes
}

/** Longest delay of a timer; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/** The system blames the shell for a folder that is missing. */
async function requireFolder(folder: string, cwd: string): Promise<void> {
  const found = await stat(folder).catch(() => null)
  if (found?.isDirectory() !== true) throw new Error(`the working directory ${cwd} does not exist`)
}
