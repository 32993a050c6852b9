/** The command `agentspec`. */
import { outputBeforeParsing, runCommandLine } from './command-line.ts'
import { EXIT } from './exit-codes.ts'
import { WorkFailure } from './failures.ts'
import type { Output } from './output.ts'
import { flush, processContext } from './process-context.ts'
import { reportFailure } from './report-failure.ts'
import { messageOf } from '../util/message-of.ts'

/** Runs the command line of this process and ends it, once its output has left. Never rejects. */
export async function main(): Promise<void> {
  const words = process.argv.slice(2)
  // Prompts choose their colours themselves.
  if (words.includes('--no-color')) process.env['NO_COLOR'] = '1'
  const broken = watchOutput()
  const context = processContext()
  watchStrayErrors(outputBeforeParsing(words, context))
  const exitCode = await runCommandLine(words, context)
  await Promise.all([flush(process.stdout), flush(process.stderr)])
  const lost = broken()
  if (lost !== null) {
    process.stderr.write(`error: the output could not be written: ${lost.message}\n`)
    await flush(process.stderr)
  }
  process.exit(exitCode === EXIT.done && lost !== null ? EXIT.failed : exitCode)
}

/** A reader that has gone away (`| head`) is no error of ours; a full disk is. Returns what was lost. */
function watchOutput(): () => Error | null {
  let lost: Error | null = null
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && stream === process.stdout) lost ??= error
    })
  }
  return () => lost
}

/** What the code of a tool leaves behind (a promise nobody awaits, an error in a timer) is named, without a stack trace. */
function watchStrayErrors(output: Output): void {
  process.on('unhandledRejection', (error) => {
    output.tell(`${output.err.yellow('warning:')} a promise that nobody awaits failed: ${messageOf(error)}`)
  })
  process.on('uncaughtException', (error) => {
    const failure = new WorkFailure(
      'uncaught_error',
      `An error outside of any call ended the process: ${messageOf(error)}`,
    )
    process.exit(reportFailure(output, failure))
  })
}
