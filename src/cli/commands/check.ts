/** `agentspec check`: every diagnostic of some specs, in one pass. */
import { compileFile } from '../../compiler/compile.ts'
import type { Diagnostic } from '../../spec/diagnostic.ts'
import { UsageFailure } from '../../runtime/failures.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand, Invocation } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { oneOf } from '../flags.ts'
import { notSupportedYet, refuseFlags } from '../not-supported.ts'
import { createReport, summaryLine } from '../report/check-report.ts'
import { githubLine } from '../report/github.ts'
import { prettyDiagnostics } from '../report/pretty.ts'
import { textsOf, variablesFor } from '../runs/compile-spec.ts'
import { Option } from 'commander'

type Format = 'pretty' | 'json' | 'github'

export const defineCheck: DefineCommand = (command, bind) => {
  command
    .description('Says everything that is wrong with a spec, with the place of each mistake.')
    .argument('<spec...>', 'the specs to check')
    .option('--format <format>', 'pretty, json or github')
    .option('--strict', 'warnings fail, too')
    .addOption(new Option('--fix').hideHelp())
    .addOption(new Option('--watch').hideHelp())
  addExamples(command, [
    ['agentspec check specs/support.yaml', 'one spec, for a person'],
    ['agentspec check specs/*.yaml --strict --format github', 'all of them, in a workflow of GitHub'],
  ])
  bind(command, check)
}

const check: Action = async (invocation) => {
  const { args, flags, output } = invocation
  refuseFlags(flags, ['fix', 'watch'])
  const format = formatOf(invocation)
  const diagnostics: Diagnostic[] = []
  const blocks: string[] = []
  for (const path of args) {
    const result = await compileFile(path, { environment: await variablesFor(invocation, path) })
    diagnostics.push(...result.diagnostics)
    if (format !== 'pretty' || result.diagnostics.length === 0) continue
    blocks.push(prettyDiagnostics(result.diagnostics, textsOf(invocation, path, result), output.out))
  }
  const report = createReport(args, diagnostics, flags.has('strict'))
  if (format === 'json') output.printJson(report)
  if (format === 'github') diagnostics.forEach((diagnostic) => output.print(githubLine(diagnostic)))
  if (format === 'pretty') output.print([...blocks, summaryLine(report, output.out)].join('\n\n'))
  return report.ok ? EXIT.done : EXIT.invalid
}

function formatOf({ flags, output }: Invocation): Format {
  const written = flags.text('format')
  if (written === undefined) return output.json ? 'json' : 'pretty'
  if (written === 'sarif') throw notSupportedYet('--format sarif is')
  const format = oneOf('--format', written, ['pretty', 'json', 'github'])
  if (output.json && format !== 'json') {
    throw new UsageFailure(
      'invalid_flag',
      `--json and --format ${format} contradict each other`,
      'Leave one out',
    )
  }
  return format
}
