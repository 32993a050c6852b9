/** `agentspec run`: runs a spec on one input, on several in turn, or as a chat. */
import { UsageFailure } from '../../runtime/failures.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand, Invocation } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { attachOption, readAttachments, withAttachments } from '../runs/attachments.ts'
import { keptLineReader } from '../line/kept-line-reader.ts'
import { commandTracing } from '../runs/command-tracing.ts'
import { compileForRun } from '../runs/compile-for-run.ts'
import { createDriver, driveToRest } from '../runs/driver.ts'
import { readInputs } from '../runs/inputs.ts'
import { followUp, shellWord, withRuntime } from '../runs/open-runtime.ts'
import { newSession } from '../runs/new-session.ts'
import { runInputs, startOptions } from '../runs/run-inputs.ts'
import type { Work } from '../runs/run-inputs.ts'
import { addRunFlags, readRunSettings } from '../runs/run-settings.ts'
import type { RunSettings } from '../runs/run-settings.ts'
import { showEnd } from '../runs/show-end.ts'

export const defineRun: DefineCommand = (command, bind) => {
  command
    .description(
      'Runs a spec. Several inputs are several turns; without any, it reads what is piped in, or chats on a terminal.',
    )
    .argument('<spec>', 'the spec to run')
    .argument('[input...]', 'what to say; "-" reads it from stdin')
    .option('--session <id>', 'the conversation this belongs to')
    .option('--agent <name>', 'the agent to start with')
    .addOption(attachOption())
  addRunFlags(command, true)
  addExamples(command, [
    ['agentspec run specs/support.yaml "Where is order 7?"', 'one question'],
    [
      'agentspec run specs/support.yaml --session customer-12 "And order 8?"',
      'in a conversation that is kept',
    ],
    ['agentspec run specs/support.yaml --watch "Where is order 7?"', 'again after every save'],
    ['agentspec run specs/support.yaml --json --approvals pause - < question.txt', 'for a program'],
  ])
  bind(command, run, { streamsEvents: true })
}

const run: Action = async (invocation) => {
  const { args, context } = invocation
  const [path = '', ...words] = args
  const settings = await readRunSettings(invocation, true)
  if (invocation.flags.has('watch')) return watch(invocation, settings)
  const compiled = await compileForRun(invocation, path)
  const attached = await readAttachments(invocation.flags.texts('attach'), context.cwd)
  const inputs = await readInputs(words, context, settings.shows === 'text' && context.isTerminal.stderr)
  const drive = async (runtime: Runtime): Promise<ExitCode> => {
    const driver = createDriver(runtime, invocation, settings)
    const work = { driver, compiled, attached }
    return inputs === 'chat' ? chat(work) : runInputs(work, inputs)
  }
  return withRuntime(invocation, drive, commandTracing(invocation))
}

/** A chat that is watched is what `dev` is. */
async function watch(invocation: Invocation, settings: RunSettings): Promise<ExitCode> {
  const { args, context, flags } = invocation
  const [path = '', ...words] = args
  if (settings.shows === 'json') {
    throw new UsageFailure(
      'invalid_flag',
      '--json prints one object, and --watch has one to print after every change',
      'With --events instead there is one object a line',
    )
  }
  const attached = await readAttachments(flags.texts('attach'), context.cwd)
  const inputs = await readInputs(words, context, settings.shows === 'text' && context.isTerminal.stderr)
  const drive = async (runtime: Runtime): Promise<ExitCode> => {
    const driver = createDriver(runtime, invocation, settings)
    if (inputs !== 'chat')
      return (await import('../runs/watch-run.ts')).watchRun(driver, path, inputs, attached)
    return (await import('../dev/chat.ts')).devChat(driver, path)
  }
  return withRuntime(invocation, drive, commandTracing(invocation))
}

/** One session until Ctrl-D; a failed turn does not end it, an interrupted one does. */
async function chat({ driver, compiled, attached }: Work): Promise<ExitCode> {
  const { runtime, invocation } = driver
  const { output } = invocation
  const session = invocation.flags.text('session') ?? newSession()
  const { name, version } = compiled.program
  output.note(output.err.dim(`${name} ${version} · session ${session} · Ctrl-D ends`))
  const reader = keptLineReader(invocation, invocation.args[0] ?? '', () => compiled.program)
  let first = true
  for (;;) {
    const input = await reader.read(output.err.bold('› '))
    if (input === null) break
    if (input.trim() === '') continue
    const result = await driveToRest(
      driver,
      runtime.start(
        compiled,
        withAttachments(input, first ? attached : []),
        startOptions(driver, session, first),
      ),
    )
    const exitCode = await showEnd(driver, result)
    if (result.status === 'interrupted') return exitCode
    first = false
  }
  if (!first)
    output.note(
      output.err.dim(
        `To go on: ${followUp(invocation, `run ${shellWord(invocation.args[0] ?? '')} --session ${shellWord(session)}`)}`,
      ),
    )
  return EXIT.done
}
