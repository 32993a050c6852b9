/** Asks the person at the terminal whether a run may take tools that are not what was locked. */
import { isCancel, select } from '@clack/prompts'
import { join } from 'node:path'
import { lockBeside } from '../../compiler/lock/lock-beside.ts'
import { memberOf } from '../../compiler/lock/spec-lock.ts'
import type { LockedTool } from '../../compiler/lock/spec-lock.ts'
import { changesOf } from '../../runtime/lock/compare-locks.ts'
import type { LockDifference } from '../../runtime/lock/compare-locks.ts'
import type { DriftedTool } from '../../runtime/lock/lock-drift.ts'
import { readState } from '../../runtime/operations/read-run.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { RunState } from '../../runtime/state/run-state.ts'
import type { Invocation } from '../command.ts'
import { promptOutput } from '../render/prompt-output.ts'
import { differenceLines } from './difference-lines.ts'
import type { Page } from './difference-lines.ts'

/** False for No and for Ctrl-C. What is shown is everything that is accepted. */
export async function askAboutDrift(
  runtime: Runtime,
  { context, output }: Invocation,
  runId: string,
  drift: readonly DriftedTool[],
): Promise<boolean> {
  const state = await readState(runtime, runId)
  const locked = await lockedTools(state)
  const differences = drift.map((one) => differenceOf(one, locked(one.server, one.tool)))
  const page: Page = {
    theme: output.err,
    whole: true,
    toolNow: (server, tool) => drift.find((one) => one.server === server && one.tool === tool)?.now,
  }
  const lines = differenceLines(differences, page).map((line) => `  ${line}`)
  const title = output.err.bold('MCP servers offer other tools than were locked')
  context.stderr.write(`\n${output.err.yellow('?')} ${title}\n${lines.join('\n')}\n`)
  const chosen = await select({
    message: 'Take them, as they are shown here?',
    options: [
      { value: 'no', label: 'No', hint: 'the run rests; it can be resumed' },
      { value: 'yes', label: 'Yes', hint: 'until this command ends; the lock file stays as it is' },
    ],
    showInstructions: false,
    input: context.stdin,
    output: promptOutput(context.stderr),
  })
  return !isCancel(chosen) && chosen === 'yes'
}

/** What the run's lock says of its tools, where the file still says the same; the run itself knows hashes alone. */
async function lockedTools(
  state: RunState,
): Promise<(server: string, tool: string) => LockedTool | undefined> {
  const { base_dir: folder, spec_file: file, lock } = state
  const found = folder === '' || file === '' ? null : (await lockBeside(join(folder, file))).lock
  return (server, tool) => {
    const hash = memberOf(memberOf(lock ?? {}, server) ?? {}, tool)
    const inFile = memberOf(memberOf(found?.servers ?? {}, server)?.tools ?? {}, tool)
    return inFile?.hash === hash ? inFile : undefined
  }
}

function differenceOf(
  { server, tool, change, now }: DriftedTool,
  locked: LockedTool | undefined,
): LockDifference {
  if (change === 'added') return { server, tool, change: 'tool_added', changes: [] }
  return { server, tool, change: 'tool_changed', changes: locked === undefined ? [] : changesOf(locked, now) }
}
