/** `agentspec migrate`: moves a run that rests to another version of its spec. */
import type { SpecChange } from '../../runtime/state/spec-change.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { UsageFailure } from '../../runtime/failures.ts'
import { chosenSpec, explainingDrift } from '../runs/chosen-spec.ts'
import { withExistingRuntime } from '../runs/open-runtime.ts'
import { printableLine } from '../terminal/printable.ts'

export const defineMigrate: DefineCommand = (command, bind) => {
  command
    .description('Moves a run that rests to another version of its spec, by the migrations declared there.')
    .argument('<run>', 'its id, the beginning of one, or "latest" (also -1)')
    .requiredOption(
      '--to <spec>',
      'a file, the hash of an archived spec, or latest: its own file as it is now',
    )
    .option('--dry-run', 'only say what would change')
  addExamples(command, [
    ['agentspec migrate run_01j --to specs/support.yaml --dry-run', 'what it would do'],
    ['agentspec migrate run_01j --to specs/support.yaml', 'and doing it'],
  ])
  bind(command, migrate)
}

const migrate: Action = async (invocation) => {
  const { args, flags, output } = invocation
  return withExistingRuntime(invocation, async (runtime) => {
    const runId = await runtime.findRun(args[0] ?? '')
    const chosen = await chosenSpec(invocation, runtime, runId, flags.text('to') ?? '')
    if (chosen === null)
      throw new UsageFailure(
        'invalid_flag',
        'A run is pinned to its spec already',
        'Name the spec it goes to',
      )
    const dryRun = flags.has('dryRun')
    const { run_id, change } = await explainingDrift(runtime, chosen, () =>
      runtime.migrate(runId, chosen.compiled, { dryRun }),
    )
    const changes = change === null ? [] : changesOf(change)
    if (output.json) output.printJson({ run_id, changes })
    else for (const { what } of changes) output.print(printableLine(what))
    const to = `${chosen.compiled.program.name} ${chosen.compiled.program.version}`
    const is = change === null ? 'is on' : dryRun ? 'would move to' : 'moved to'
    output.note(`Run ${run_id} ${is} ${to}${change === null ? ' already' : ''}.`)
    return EXIT.done
  })
}

interface ShownChange {
  readonly what: string
  readonly call_id?: string
}

function changesOf({ migration, ask_again: again, withdrawn }: SpecChange): readonly ShownChange[] {
  const { agents = {}, tools = {}, calls = [], context = {} } = migration ?? {}
  return [
    ...Object.entries(agents).map(([old, name]) => ({ what: `agent ${old} is now ${name}` })),
    ...Object.entries(tools).map(([old, name]) => ({ what: `tool ${old} is now ${name}` })),
    ...calls.flatMap(({ call_id, arguments: mapped, dropped }) => [
      ...(mapped === undefined
        ? []
        : [{ what: `call ${call_id} now has the arguments ${JSON.stringify(mapped)}`, call_id }]),
      ...(dropped === undefined ? [] : [{ what: `call ${call_id} is dropped`, call_id }]),
    ]),
    ...Object.entries(context).map(([key, value]) => ({
      what: `context.${key} is now ${JSON.stringify(value)}`,
    })),
    ...again.map((request) => ({ what: `request #${request} is asked again` })),
    ...withdrawn.map((seq) => ({ what: `decision ${seq} for every later call is withdrawn` })),
  ]
}
