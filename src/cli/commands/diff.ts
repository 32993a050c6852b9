/** `agentspec diff`: what is different between two specs, by meaning. */
import { CHANGE_CLASSES, isAtLeast } from '../../compiler/diff/change.ts'
import type { ChangeClass } from '../../compiler/diff/change.ts'
import { invariant } from '../../util/invariant.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand, Invocation } from '../command.ts'
import { affectedRuns } from '../diff/affected-runs.ts'
import { diffReport } from '../diff/diff-report.ts'
import { diffSides } from '../diff/diff-result.ts'
import type { DiffResult } from '../diff/diff-result.ts'
import { isHash, loadArchived, loadFile } from '../diff/load-side.ts'
import type { Side } from '../diff/load-side.ts'
import { EXIT } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { oneOf } from '../flags.ts'
import { withExistingRuntime } from '../runs/open-runtime.ts'

export const defineDiff: DefineCommand = (command, bind) => {
  command
    .description('Says what is different between two specs, and what that means for runs that wait.')
    .argument('<a>', 'the older spec: a file, or the hash of an archived one (or its beginning)')
    .argument('<b>', 'the newer one')
    .option('--against-runs', 'say what each paused or interrupted run of this spec would be in for')
    .option('--fail-on <class>', `exit 5 from this class on: ${CHANGE_CLASSES.join(', ')}`)
  addExamples(command, [
    ['agentspec diff old/support.yaml specs/support.yaml', 'two files'],
    ['agentspec diff sha256:4be1 specs/support.yaml --against-runs', 'before a new version goes out'],
    ['agentspec diff old/support.yaml specs/support.yaml --fail-on breaking --json', 'in a pipeline'],
  ])
  bind(command, diff)
}

const diff: Action = async (invocation) => {
  const { args, flags } = invocation
  const limit = limitOf(invocation)
  const usesStore = flags.has('againstRuns') || args.some((written) => isHash(invocation, written))
  return usesStore
    ? withExistingRuntime(invocation, (runtime) => compare(invocation, limit, runtime))
    : compare(invocation, limit, null)
}

function limitOf({ flags }: Invocation): ChangeClass | null {
  const written = flags.text('failOn')
  return written === undefined ? null : oneOf('--fail-on', written, CHANGE_CLASSES)
}

/** `runtime`: where archived specs and runs are; there is one when it is needed. */
async function compare(
  invocation: Invocation,
  limit: ChangeClass | null,
  runtime: Runtime | null,
): Promise<ExitCode> {
  const { args, flags, output } = invocation
  const [a, b] = [
    await load(invocation, args[0] ?? '', runtime),
    await load(invocation, args[1] ?? '', runtime),
  ]
  const changes = diffSides(a, b)
  const result: DiffResult =
    runtime !== null && flags.has('againstRuns')
      ? { ...changes, runs: await affectedRuns(runtime, a, b) }
      : changes
  if (output.json) output.printJson(result)
  else output.print(diffReport([a, b], result, output.out))
  return limit !== null && isAtLeast(result.class, limit) ? EXIT.differs : EXIT.done
}

async function load(invocation: Invocation, written: string, runtime: Runtime | null): Promise<Side> {
  if (!isHash(invocation, written)) return loadFile(invocation, written)
  invariant(runtime !== null, 'the store is open for a hash')
  return loadArchived(runtime.store, written)
}
