/** `agentspec runs`: lists runs, and removes ended ones. */
import type { Command } from 'commander'
import { ConflictFailure } from '../../runtime/failures.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { addExamples } from '../command.ts'
import type { Action, Bind, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { oneOf } from '../flags.ts'
import { plural } from '../report/check-report.ts'
import { specName, statusText } from '../render/names.ts'
import { hasEnded, listRuns, RUN_STATUSES } from '../runs/list-runs.ts'
import type { RunEntry } from '../runs/list-runs.ts'
import { withExistingRuntime } from '../runs/open-runtime.ts'
import { ageOf } from '../terminal/age.ts'
import { printableLine } from '../terminal/printable.ts'
import { headedTable } from '../terminal/table.ts'
import type { Theme } from '../terminal/theme.ts'
import { countValue, durationValue } from '../values.ts'

export const defineRuns: DefineCommand = (command, bind) => {
  command
    .description('Lists runs, newest first.')
    .option('--status <status>', RUN_STATUSES.join(', '))
    .option('--session <id>', 'those of one conversation')
    .option('--limit <n>', 'how many at most (default 50)')
  addExamples(command, [
    ['agentspec runs --status paused', 'what waits for a person'],
    ['agentspec runs prune --older-than 30d', 'tidy up'],
  ])
  bind(command, list)
  defineRemove(command.command('rm').summary('remove an ended run'), bind)
  definePrune(command.command('prune').summary('remove old ended runs'), bind)
}

function defineRemove(command: Command, bind: Bind): void {
  command
    .description('Removes a run that has ended, with its journal.')
    .argument('<run>', 'its id, the beginning of one, or "latest" (also -1)')
  addExamples(command, [['agentspec runs rm run_01j', 'one run']])
  bind(command, remove)
}

function definePrune(command: Command, bind: Bind): void {
  command
    .description(
      'Removes every run that completed, failed or was cancelled some time ago, with its journal. Runs that wait, are interrupted or are driven stay, however old they are, and so do conversations and archived specs.',
    )
    .requiredOption('--older-than <duration>', 'how long ago: 72h, 30d')
  addExamples(command, [['agentspec runs prune --older-than 30d', 'what ended a month ago']])
  bind(command, prune)
}

const list: Action = async (invocation) => {
  const { flags, output } = invocation
  const [status, session, limit] = [flags.text('status'), flags.text('session'), flags.text('limit')]
  const filter = {
    limit: limit === undefined ? 50 : countValue('--limit', limit, 1),
    ...(status === undefined ? {} : { status: oneOf('--status', status, RUN_STATUSES) }),
    ...(session === undefined ? {} : { session }),
  }
  return withExistingRuntime(invocation, async (runtime) => {
    const runs = await listRuns(runtime, filter)
    if (output.json) output.printJson({ runs })
    else if (runs.length === 0) output.print('There are no such runs.')
    else output.print(runTable(runs, output.out, new Date()).join('\n'))
    return EXIT.done
  })
}

function runTable(runs: readonly RunEntry[], theme: Theme, now: Date): readonly string[] {
  const heading = ['RUN', 'STATUS', 'SPEC', 'SESSION', 'AGENT', 'AGE', 'PENDING'].map(theme.dim)
  const rows = runs.map((run) => [
    run.run_id,
    statusText(run.status, theme),
    specName(run.spec),
    run.session_id === null ? '-' : printableLine(run.session_id),
    printableLine(run.last_agent),
    ageOf(run.started_at, now),
    run.interruptions.length === 0 ? '-' : String(run.interruptions.length),
  ])
  return headedTable(heading, rows, theme.columns)
}

const remove: Action = async (invocation) => {
  const { args, output } = invocation
  return withExistingRuntime(invocation, async (runtime) => {
    const runId = await runtime.findRun(args[0] ?? '')
    const { status } = await runtime.show(runId)
    if (!hasEnded(status)) {
      throw new ConflictFailure('not_ended', `Run ${runId} is ${status}`, `agentspec cancel ${runId} ends it`)
    }
    await runtime.store.removeRun(runId)
    if (output.json) output.printJson({ runs: [{ run_id: runId, status }] })
    else output.note(`Removed ${runId}.`)
    return EXIT.done
  })
}

const prune: Action = async (invocation) => {
  const { flags, output } = invocation
  const age = durationValue('--older-than', flags.text('olderThan') ?? '')
  return withExistingRuntime(invocation, async (runtime) => {
    const old = await endedBefore(runtime, Date.now() - age)
    for (const run of old) await runtime.store.removeRun(run.run_id)
    if (output.json) output.printJson({ runs: old.map(({ run_id, status }) => ({ run_id, status })) })
    else
      output.note(old.length === 0 ? 'There is nothing to remove.' : `Removed ${plural(old.length, 'run')}.`)
    return EXIT.done
  })
}

async function endedBefore(runtime: Runtime, time: number): Promise<readonly RunEntry[]> {
  const runs = await listRuns(runtime, { limit: Number.MAX_SAFE_INTEGER })
  return runs.filter((run) => hasEnded(run.status) && Date.parse(run.updated_at) < time)
}
