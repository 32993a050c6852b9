/** `agentspec check`: every diagnostic of some specs, in one pass. */
import { UsageFailure } from '../../runtime/failures.ts'
import { checkSpecs, fixSpecs } from '../check/check-specs.ts'
import { FORMATS, printCheck } from '../check/print-check.ts'
import type { CheckPrinting, Format } from '../check/print-check.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand, Invocation } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { oneOf } from '../flags.ts'
import { plural } from '../report/check-report.ts'
import type { CheckReport } from '../report/check-report.ts'
import { printable } from '../terminal/printable.ts'
import { isTestFile } from '../test/find-test-files.ts'

export const defineCheck: DefineCommand = (command, bind) => {
  command
    .description('Says everything that is wrong with a spec, with the place of each mistake.')
    .argument('<spec...>', 'the specs to check; files named *.test.yaml are checked as tests')
    .option('--format <format>', 'pretty, json, github or sarif')
    .option('--strict', 'warnings fail, too')
    .option('--fix', 'correct what can be corrected in the files, and say what is left')
    .option('--watch', 'check again whenever a file changes, until Ctrl-C, which exits 0')
  addExamples(command, [
    ['agentspec check specs/support.yaml', 'one spec, for a person'],
    ['agentspec check specs/support.yaml --fix', 'correct misspelt names and the like'],
    ['agentspec check specs/support.yaml --watch', 'while writing it'],
    ['agentspec check specs/*.yaml --strict --format github', 'all of them, in a workflow of GitHub'],
    ['agentspec check specs/*.yaml --format sarif > agentspec.sarif', 'for code scanning'],
  ])
  bind(command, check)
}

const check: Action = async (invocation) => {
  const { flags } = invocation
  const printing: CheckPrinting = { format: formatOf(invocation), strict: flags.has('strict') }
  if (flags.has('watch')) return watch(invocation, printing)
  if (flags.has('fix')) return fix(invocation, printing)
  const checked = await checkSpecs(invocation)
  const report = printCheck(invocation, checked, printing)
  if (printing.format === 'pretty') noteFixable(invocation, fixableIn(report))
  return report.ok ? EXIT.done : EXIT.invalid
}

async function fix(invocation: Invocation, printing: CheckPrinting): Promise<ExitCode> {
  const { output } = invocation
  const { fixed, outdated, failed } = await fixSpecs(invocation)
  const report = printCheck(invocation, await checkSpecs(invocation), { ...printing, fixed })
  for (const file of outdated) {
    output.tell(`${output.err.yellow('warning:')} ${printable(file)} has changed meanwhile and was not fixed`)
  }
  for (const { path, why } of failed) {
    output.tell(`${output.err.red('error:')} ${printable(path)} could not be fixed: ${printable(why)}`)
  }
  if (outdated.length + failed.length === 0) noteLeftOut(invocation, fixableIn(report))
  if (failed.length > 0) return EXIT.failed
  return report.ok ? EXIT.done : EXIT.invalid
}

/** Ctrl-C is how a watch ends: the exit code says nothing about the specs. */
async function watch(invocation: Invocation, printing: CheckPrinting): Promise<ExitCode> {
  if (invocation.flags.has('fix')) {
    throw new UsageFailure(
      'invalid_flag',
      '--fix and --watch contradict each other: nobody may write to a file that is being edited',
      'Leave one out',
    )
  }
  if (invocation.output.json) {
    throw new UsageFailure(
      'invalid_flag',
      '--json prints one object, and --watch has one to print after every change',
      'With --format json instead there is one object a line',
    )
  }
  const { watchSpecs } = await import('../check/watch-specs.ts')
  await watchSpecs(invocation, printing)
  return EXIT.done
}

/** How many mistakes `--fix` might correct: it leaves test files alone. */
function fixableIn({ diagnostics }: CheckReport): number {
  return diagnostics.filter(({ fix: offered, file }) => offered !== undefined && !isTestFile(file)).length
}

function noteFixable({ output }: Invocation, count: number): void {
  if (count > 0) output.note(`${plural(count, 'mistake')} can be corrected with --fix`)
}

function noteLeftOut({ output }: Invocation, count: number): void {
  if (count === 1) output.note('A fix is left to you: it would not leave fewer mistakes')
  if (count > 1) output.note(`${count} fixes are left to you: they would not leave fewer mistakes`)
}

function formatOf({ flags, output }: Invocation): Format {
  const written = flags.text('format')
  if (written === undefined) return output.json ? 'json' : 'pretty'
  const format = oneOf('--format', written, FORMATS)
  if (output.json && format !== 'json') {
    throw new UsageFailure(
      'invalid_flag',
      `--json and --format ${format} contradict each other`,
      'Leave one out',
    )
  }
  return format
}
