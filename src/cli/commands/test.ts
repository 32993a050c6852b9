/** `agentspec test`: runs `*.test.yaml`, offline. */
import type { TestOutcome } from '../../testing/spec-tests/outcome.ts'
import { UsageFailure } from '../../runtime/failures.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand, Invocation } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { oneOf } from '../flags.ts'
import { findTestFiles } from '../test/find-test-files.ts'
import { junit, prettyFile, prettyOutcome, prettySummary, REPORTERS, summaryOf } from '../test/reporters.ts'
import { runTestFiles } from '../test/run-test-files.ts'
import type { TestRun } from '../test/run-test-files.ts'

type Reporter = (typeof REPORTERS)[number]

export const defineTest: DefineCommand = (command, bind) => {
  command
    .description(
      'Runs tests of specs: *.test.yaml, without a network. Without a path, all that are below this folder.',
    )
    .argument('[path...]', 'test files, or folders with some')
    .option('--filter <text>', 'only tests whose name has this text in it')
    .option('--reporter <kind>', 'pretty, json or junit')
    .option('--record', 'ask the provider in tests with a cassette ("replay"), and write it anew')
    .option('--replay', 'only tests with a cassette; exit 5 when something is not as it was recorded')
    .option('--watch', 'run them again whenever a file changes, until Ctrl-C, which exits 0')
  addExamples(command, [
    ['agentspec test', 'all tests below this folder'],
    ['agentspec test specs/support.test.yaml --filter refund', 'those with "refund" in their name'],
    ['agentspec test --record && agentspec test --replay', 'with answers of the real provider'],
    ['agentspec test --watch', 'while writing a spec'],
    ['agentspec test --reporter junit > report.xml', 'in a pipeline'],
  ])
  bind(command, test)
}

const test: Action = async (invocation) => {
  const { args, context, flags } = invocation
  const reporter = reporterOf(invocation)
  if (flags.has('record') && (flags.has('replay') || flags.has('watch'))) {
    throw new UsageFailure(
      'invalid_flag',
      '--record asks the provider: it goes with neither --replay nor --watch',
      'Leave one out',
    )
  }
  if (flags.has('watch')) return watch(invocation, reporter)
  const files = await findTestFiles(args, context.cwd)
  const stop = new AbortController()
  const stopListening = context.onSignal(() => stop.abort())
  try {
    const run = { ...commonRun(invocation, reporter), files, signal: stop.signal }
    const outcomes = await runTestFiles(invocation, run)
    return conclude(invocation, reporter, outcomes, stop.signal.aborted)
  } finally {
    stopListening()
  }
}

async function watch(invocation: Invocation, reporter: Reporter): Promise<ExitCode> {
  if (reporter !== 'pretty') {
    throw new UsageFailure(
      'invalid_flag',
      `--watch runs the tests over and over, and ${reporter} prints one document`,
      'Leave one out',
    )
  }
  const { watchTests } = await import('../test/watch-tests.ts')
  await watchTests(invocation, commonRun(invocation, reporter), (outcomes) => {
    conclude(invocation, reporter, outcomes, false)
  })
  return EXIT.done
}

function commonRun(
  { flags, output }: Invocation,
  reporter: Reporter,
): Pick<TestRun, 'filter' | 'tell' | 'mode'> {
  let file: string | undefined
  return {
    filter: flags.text('filter'),
    mode: flags.has('record') ? 'record' : flags.has('replay') ? 'replay' : 'all',
    tell: (outcome, textOf) => {
      if (reporter !== 'pretty' || (output.quiet && outcome.passed)) return
      if (outcome.file !== file) output.print(prettyFile(outcome.file, output.out))
      file = outcome.file
      output.print(prettyOutcome(outcome, textOf, output.out))
    },
  }
}

function conclude(
  { output, flags }: Invocation,
  reporter: Reporter,
  outcomes: readonly TestOutcome[],
  stopped: boolean,
): ExitCode {
  const summary = summaryOf(outcomes)
  const filter = flags.text('filter')
  if (outcomes.length === 0 && !stopped) {
    const which = flags.has('record') || flags.has('replay') ? ' with a cassette ("replay")' : ''
    const why =
      filter === undefined ? `There are no tests${which}` : `No test${which} has "${filter}" in its name`
    throw new UsageFailure('no_tests', why)
  }
  if (reporter === 'json') output.printJson(summary)
  else if (reporter === 'junit') output.print(junit(summary))
  else output.print(prettySummary(summary, output.out))
  if (stopped) return EXIT.interrupted
  if (summary.failed === 0) return EXIT.done
  const failures = outcomes.flatMap((outcome) => outcome.failures)
  return failures.every(({ diverges }) => diverges === true) ? EXIT.differs : EXIT.failed
}

function reporterOf({ flags, output }: Invocation): Reporter {
  const written = flags.text('reporter')
  if (written === undefined) return output.json ? 'json' : 'pretty'
  const reporter = oneOf('--reporter', written, REPORTERS)
  if (!output.json || reporter === 'json') return reporter
  throw new UsageFailure(
    'invalid_flag',
    `--json and --reporter ${reporter} contradict each other`,
    'Leave one out',
  )
}
