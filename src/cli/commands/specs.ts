/** `agentspec specs`: the archive of specs beside the runs. */
import type { ListedSpec } from '../../runtime/store/run-store.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { plural } from '../report/check-report.ts'
import { shortHash, specName } from '../render/names.ts'
import { findSpec } from '../runs/find-spec.ts'
import { withExistingRuntime } from '../runs/open-runtime.ts'
import { ageOf } from '../terminal/age.ts'
import { headedTable } from '../terminal/table.ts'
import type { Theme } from '../terminal/theme.ts'

export const defineSpecs: DefineCommand = (command, bind) => {
  command.description('The specs that runs were started with, kept as they were.')
  addExamples(command, [
    ['agentspec specs list', 'which there are'],
    ['agentspec specs show sha256:4be1', 'the Program of one'],
  ])
  const all = command.command('list', { isDefault: true }).description('Lists archived specs, newest first.')
  addExamples(all, [['agentspec specs list', 'which there are']])
  bind(all, list)
  const showOne = command.command('show').description('Prints the Program of an archived spec.')
  showOne.argument('<hash>', 'its hash, or the beginning of it')
  addExamples(showOne, [['agentspec specs show sha256:4be1', 'by the beginning of its hash']])
  bind(showOne, show)
  const unused = command.command('gc').description('Removes the specs that no run needs.')
  addExamples(unused, [['agentspec specs gc', 'after agentspec runs prune']])
  bind(unused, collect)
}

const list: Action = async (invocation) => {
  const { output } = invocation
  return withExistingRuntime(invocation, async (runtime) => {
    const specs = await runtime.store.listSpecs()
    if (output.json) output.printJson({ specs })
    else if (specs.length === 0) output.print('There are no archived specs.')
    else output.print(specTable(specs, output.out).join('\n'))
    return EXIT.done
  })
}

function specTable(specs: readonly ListedSpec[], theme: Theme): readonly string[] {
  const now = new Date()
  const heading = ['HASH', 'SPEC', 'FIRST SEEN', 'RUNS'].map(theme.dim)
  const rows = specs.map((spec) => [
    shortHash(spec.hash),
    specName(spec),
    `${ageOf(spec.first_seen, now)} ago`,
    String(spec.runs),
  ])
  return headedTable(heading, rows, theme.columns)
}

const show: Action = async (invocation) => {
  const { args, context, output } = invocation
  return withExistingRuntime(invocation, async (runtime) => {
    const archived = await runtime.store.readSpec(await findSpec(runtime.store, args[0] ?? ''))
    const program: unknown = JSON.parse(archived?.program ?? 'null')
    if (output.json) output.printJson(program)
    else context.stdout.write(`${JSON.stringify(program, null, 2)}\n`)
    return EXIT.done
  })
}

const collect: Action = async (invocation) => {
  const { output } = invocation
  return withExistingRuntime(invocation, async (runtime) => {
    const removed = await runtime.store.collectSpecs()
    if (output.json) output.printJson({ removed })
    else
      output.note(
        removed.length === 0
          ? 'Every archived spec is needed.'
          : `Removed ${plural(removed.length, 'spec')}.`,
      )
    return EXIT.done
  })
}
