/** `agentspec run`: runs a spec on one input, on several in turn, or as a chat. */
import { randomUUID } from 'node:crypto'
import type { RunResult } from '../../runtime/run-result.ts'
import type { CompiledSpec } from '../../runtime/link/compiled-spec.ts'
import type { Runtime, StartOptions } from '../../runtime/runtime.ts'
import type { JsonObject } from '../../util/json.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { attachOption, readAttachments, withAttachments } from '../runs/attachments.ts'
import { readLine } from '../runs/chat.ts'
import { commandTracing } from '../runs/command-tracing.ts'
import { compileForRun } from '../runs/compile-for-run.ts'
import { createDriver, driveToRest } from '../runs/driver.ts'
import type { Driver } from '../runs/driver.ts'
import { readInputs } from '../runs/inputs.ts'
import { followUp, shellWord, withRuntime } from '../runs/open-runtime.ts'
import { addRunFlags, readRunSettings } from '../runs/run-settings.ts'
import { showEnd } from '../runs/show-end.ts'
import { printableLine } from '../terminal/printable.ts'

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
  addRunFlags(command)
  addExamples(command, [
    ['agentspec run specs/support.yaml "Where is order 7?"', 'one question'],
    [
      'agentspec run specs/support.yaml --session customer-12 "And order 8?"',
      'in a conversation that is kept',
    ],
    ['agentspec run specs/support.yaml --json --approvals pause - < question.txt', 'for a program'],
  ])
  bind(command, run, { streamsEvents: true })
}

const run: Action = async (invocation) => {
  const { args, context } = invocation
  const [path = '', ...words] = args
  const settings = await readRunSettings(invocation)
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

interface Work {
  readonly driver: Driver
  readonly compiled: CompiledSpec
  /** What goes with the first input. */
  readonly attached: readonly JsonObject[]
}

function startOptions(driver: Driver, session: string | undefined, first: boolean): StartOptions {
  const agent = driver.invocation.flags.text('agent')
  return {
    ...driver.settings.options,
    ...(session === undefined ? {} : { session }),
    // Later turns go on with the agent that spoke last.
    ...(agent === undefined || !first ? {} : { agent }),
  }
}

/** Each input is a run of its own in one session; what pauses, fails or is interrupted is the last. */
async function runInputs({ driver, compiled, attached }: Work, inputs: readonly string[]): Promise<ExitCode> {
  const { runtime, invocation } = driver
  const kept = invocation.flags.text('session')
  const temporary = kept === undefined && inputs.length > 1 ? newSession() : undefined
  let result: RunResult | null = null
  for (const [index, input] of inputs.entries()) {
    if (inputs.length > 1) echoInput(driver, input)
    const options = startOptions(driver, kept ?? temporary, index === 0)
    const said = withAttachments(input, index === 0 ? attached : [])
    result = await driveToRest(driver, runtime.start(compiled, said, options))
    if (result.status !== 'completed') break
    if (index < inputs.length - 1) driver.screen.endAnswer()
  }
  if (result === null) return EXIT.done
  const exitCode = await showEnd(driver, result)
  // What has not ended needs its session to go on.
  if (temporary !== undefined && result.status === 'completed') await runtime.store.sessions.remove(temporary)
  return exitCode
}

/** One session until Ctrl-D; a failed turn does not end it, an interrupted one does. */
async function chat({ driver, compiled, attached }: Work): Promise<ExitCode> {
  const { runtime, invocation } = driver
  const { output, context } = invocation
  const session = invocation.flags.text('session') ?? newSession()
  const { name, version } = compiled.program
  output.note(output.err.dim(`${name} ${version} · session ${session} · Ctrl-D ends`))
  let first = true
  for (;;) {
    const input = await readLine(context, output.err.bold('› '))
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

function echoInput(
  { settings, screen, invocation }: Pick<Driver, 'settings' | 'screen' | 'invocation'>,
  input: string,
): void {
  const { output } = invocation
  if (settings.shows !== 'events' && !output.quiet)
    screen.progress(output.err.bold(`› ${printableLine(input)}`))
}

function newSession(): string {
  return `session_${randomUUID().replaceAll('-', '').slice(0, 16)}`
}
