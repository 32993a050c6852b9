/** The flags that `run`, `resume` and `approve --resume` share. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import { UsageFailure } from '../../runtime/failures.ts'
import type { Unattended } from '../../runtime/runner/run-context.ts'
import type { SegmentOptions } from '../../runtime/runtime.ts'
import type { Invocation } from '../command.ts'
import { oneOf } from '../flags.ts'
import type { Flags } from '../flags.ts'
import { countValue, durationValue, jsonObjectOrFile, modelChoice } from '../values.ts'

export interface RunSettings {
  readonly options: SegmentOptions
  /** A person at a terminal is asked for approvals. */
  readonly asks: boolean
  /** `events`: every event as a line of JSON; `json`: the result alone. */
  readonly shows: 'text' | 'json' | 'events'
}

const APPROVALS = ['ask', 'pause', 'deny', 'fail', 'allow'] as const

/** `watches`: the command knows what to do with --watch. */
export function addRunFlags(command: Command, watches: boolean = false): void {
  command
    .addOption(
      new Option(
        '--model <model>',
        'PROVIDER/MODEL for every agent, or AGENT=PROVIDER/MODEL for one; can be repeated',
      ).argParser<readonly string[] | undefined>((value, former) => [...(former ?? []), value]),
    )
    .option('--context <json>', 'the context: a JSON object, or @FILE')
    .option('--max-turns <n>', 'turns before the run fails, or "none"')
    .option(
      '--approvals <mode>',
      'ask (default on a terminal), pause (default elsewhere), deny, fail or allow',
    )
    .option('--wait <duration>', 'how long to wait for a busy session (default 60s)')
    .option('--base <dir>', "where the spec's folder is now")
    .option('--events', 'print every event as a line of JSON, the result last')
    .option('--no-stream', 'ask the model for whole answers')
    .option('--trace <file>', 'append OpenTelemetry spans to a file, as lines of OTLP JSON')
    .option(
      '--accept-drift',
      'take the tools of MCP servers as they are, also where they are not those of the lock file',
    )
  if (watches) command.option('--watch', 'run again whenever a file of the spec changes, until Ctrl-C')
  else command.addOption(new Option('--watch').hideHelp())
}

/** @throws UsageFailure when a flag is not valid. */
export async function readRunSettings(
  invocation: Invocation,
  watches: boolean = false,
): Promise<RunSettings> {
  const { flags, output, context } = invocation
  if (!watches) refuseWatch(flags)
  const shows = flags.has('events') ? 'events' : output.json ? 'json' : 'text'
  const approvals = approvalsMode(invocation, shows)
  const given = flags.text('context')
  const [maxTurns, wait, base] = [flags.text('maxTurns'), flags.text('wait'), flags.text('base')]
  const options: SegmentOptions = {
    ...modelChoice(flags.texts('model')),
    ...(given === undefined ? {} : { context: await jsonObjectOrFile('--context', given, context.cwd) }),
    ...(maxTurns === undefined ? {} : { maxTurns: turnLimit(maxTurns) }),
    ...(wait === undefined ? {} : { wait: durationValue('--wait', wait) }),
    ...(base === undefined ? {} : { baseDir: existingFolder(base, context.cwd) }),
    ...(flags.has('stream') ? {} : { stream: false }),
    ...(flags.has('acceptDrift') ? { acceptDrift: true } : {}),
    ...(approvals === undefined ? {} : { unattended: approvals === 'ask' ? 'pause' : approvals }),
  }
  return { options, asks: approvals === 'ask', shows }
}

/** `undefined`: what the spec says. Nobody is asked where a program reads the output, unless a flag says so. */
function approvalsMode(
  { flags, context }: Invocation,
  shows: RunSettings['shows'],
): 'ask' | Unattended | undefined {
  const written = flags.text('approvals')
  const canAsk = context.isTerminal.stdin && context.isTerminal.stderr
  if (written === undefined) return canAsk && shows === 'text' ? 'ask' : undefined
  const mode = oneOf('--approvals', written, APPROVALS)
  if (mode === 'ask' && !canAsk) {
    throw new UsageFailure(
      'no_terminal',
      'There is no terminal to ask for approvals on',
      'With --approvals pause the run waits for "agentspec approve"',
    )
  }
  return mode
}

function turnLimit(text: string): number | null {
  return text === 'none' ? null : countValue('--max-turns', text, 1)
}

function existingFolder(path: string, cwd: string): string {
  const folder = resolve(cwd, path)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder
  throw new UsageFailure('file_not_found', `--base: there is no folder ${path}`)
}

/** A run that goes on stays on the spec it is pinned to, whatever is saved. */
function refuseWatch(flags: Flags): void {
  if (!flags.has('watch')) return
  throw new UsageFailure(
    'invalid_flag',
    '--watch is for a spec that is being edited, and this goes on with what there is',
    'agentspec dev SPEC chats and watches; agentspec run SPEC INPUT --watch runs the same again after every save',
  )
}
