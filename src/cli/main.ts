/** The command `agentspec`. */
import { runCommandLine } from './command-line.ts'
import { EXIT } from './exit-codes.ts'
import { flush, processContext } from './process-context.ts'

/** Runs the command line of this process and ends it, once its output has left. Never rejects. */
export async function main(): Promise<void> {
  const words = process.argv.slice(2)
  // Prompts choose their colours themselves.
  if (words.includes('--no-color')) process.env['NO_COLOR'] = '1'
  const broken = watchOutput()
  watchStrayErrors(words)
  const exitCode = await runCommandLine(words, processContext())
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

/** What the code of a tool leaves behind (a promise nobody awaits) is named, without a stack trace. */
function watchStrayErrors(words: readonly string[]): void {
  const tell = (what: string, error: unknown): void => {
    const text =
      error instanceof Error ? (words.includes('--verbose') ? error.stack : error.message) : String(error)
    process.stderr.write(`${what}: ${text}\n`)
  }
  process.on('unhandledRejection', (error) => tell('warning: a promise that nobody awaits failed', error))
  process.on('uncaughtException', (error) => {
    tell('error: an error outside of any call ended the process', error)
    process.exit(EXIT.failed)
  })
}
