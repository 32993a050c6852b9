/** What a person can do with a run that rests: what it waits for, and the exact commands that go on with it. */
import type { RunResult } from '../../runtime/run-result.ts'
import type { Elicitation } from '../../runtime/state/elicitation.ts'
import type { Interruption } from '../../runtime/state/events.ts'
import { isJsonObject } from '../../util/json.ts'
import { plural } from '../report/check-report.ts'
import { printableLine, shorten } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'
import { callText } from './call-text.ts'

/** A pending call, perhaps with the reason why it asks. */
export interface WaitingCall extends Interruption {
  readonly rule?: Readonly<Record<string, unknown>>
}

/** `command` writes a command line that finds the run again: with `--store` when it was given. */
export interface StepsOptions {
  readonly theme: Theme
  readonly command: (words: string) => string
}

/** Lines about a paused, interrupted or failed run; none about one that has ended well. */
export function nextSteps(
  result: RunResult,
  waiting: readonly WaitingCall[],
  options: StepsOptions,
): readonly string[] {
  switch (result.status) {
    case 'paused':
      return pausedSteps(result, waiting, options)
    case 'interrupted':
      return [
        `Run ${result.run_id} is interrupted, and saved up to its last step.`,
        ...commands(options, [`resume ${result.run_id}`]),
      ]
    default:
      return []
  }
}

function pausedSteps(
  result: RunResult,
  waiting: readonly WaitingCall[],
  options: StepsOptions,
): readonly string[] {
  const { run_id: run } = result
  if (waiting.length === 0) {
    return [`Run ${run} is paused, and every call is decided.`, ...commands(options, [`resume ${run}`])]
  }
  const verb = waiting.length === 1 ? 'waits' : 'wait'
  return [
    `Run ${run} is paused: ${plural(waiting.length, 'call')} ${verb} for ${waiting.some(isQuestion) ? 'a person' : 'approval'}.`,
    ...waiting.flatMap((call) => waitingLines(call, options.theme)),
    ...commands(options, [...approvingCommands(run, waiting), ...rejectingCommands(run, waiting)]),
  ]
}

/** The command lines that say yes to everything that waits in a run: a question of a server needs an answer of its own. */
export function approvingCommands(run: string, waiting: readonly WaitingCall[]): readonly string[] {
  const resume = waiting.length === 1 ? ' --resume' : ''
  return [
    ...waiting
      .filter(isQuestion)
      .map(({ request }) => `approve ${run} '#${request}' --result '{ … }'${resume}`),
    ...(waiting.every(isQuestion) ? [] : [`approve ${run}${allOf(waiting)} --resume`]),
  ]
}

function rejectingCommands(run: string, waiting: readonly WaitingCall[]): readonly string[] {
  if (!waiting.every(isQuestion)) return [`reject ${run}${allOf(waiting)} --message "…" --resume`]
  return [waiting.length === 1 ? `reject ${run} --resume` : `resume ${run}`]
}

function allOf({ length }: readonly WaitingCall[]): string {
  return length === 1 ? '' : ' --all'
}

function isQuestion({ kind }: WaitingCall): boolean {
  return kind === 'elicitation'
}

/** What a call would do, who asks, and why. */
export function waitingLines(call: WaitingCall, theme: Theme): readonly string[] {
  const doubt = call.kind === 'in_doubt' ? theme.yellow(' (started before, outcome unknown)') : ''
  const origin = theme.dim(`${printableLine(call.call_id)} · #${call.request} · ${printableLine(call.agent)}`)
  const why = call.elicitation === undefined ? whyItAsks(call) : `asks: ${questionText(call.elicitation)}`
  return [
    `  ${theme.bold(callText(toolName(call), call.arguments, 200))}${doubt}  ${origin}`,
    ...(why === null ? [] : [`    ${theme.dim(printableLine(why))}`]),
  ]
}

/** The question and its fields, on one line. */
function questionText({ message, schema: { properties } }: Elicitation): string {
  const fields = isJsonObject(properties) ? Object.keys(properties) : []
  return `${shorten(message, 300)}${fields.length === 0 ? '' : ` (${fields.join(', ')})`}`
}

/** `files/write_file` for a tool of an MCP server. */
export function toolName(call: Pick<Interruption, 'server' | 'tool'>): string {
  return call.server === null ? call.tool : `${call.server}/${call.tool}`
}

/** The rule that asks, in words, and where it is in the spec. */
export function whyItAsks(call: WaitingCall): string | null {
  const reason = call.rule?.['reason']
  if (typeof reason !== 'string') return null
  const pointer = call.rule?.['pointer']
  return typeof pointer === 'string' ? `${reason} (${pointer})` : reason
}

function commands(options: StepsOptions, lines: readonly string[]): readonly string[] {
  return ['To go on:', ...lines.map((line) => `  ${options.theme.cyan(options.command(line))}`)]
}
