/** The question whether a call may run, on a terminal. */
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { parseStrictJson } from '../../util/strict-json.ts'
import type { CommandContext } from '../context.ts'
import { shortDuration } from '../terminal/age.ts'
import { printable, printableLine } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'
import { padTo, widthOf } from '../terminal/width.ts'
import { wrapped } from '../terminal/wrap.ts'
import { callRows } from './call-rows.ts'
import { editText } from './edit-text.ts'
import { toolName, whyItAsks } from './next-steps.ts'
import type { WaitingCall } from './next-steps.ts'
import { askLine, choose } from './prompts.ts'
import type { Choice } from './prompts.ts'
import { askQuestion } from './question-prompt.ts'

export type Answer =
  | {
      readonly kind: 'approve'
      readonly always?: boolean
      readonly args?: JsonObject
      readonly result?: Json
    }
  | { readonly kind: 'reject'; readonly always?: boolean; readonly message?: string }
  | { readonly kind: 'later'; readonly always?: false }

export interface Question {
  readonly context: CommandContext
  /** Of stderr, where it is asked: the answer of the run may go elsewhere. */
  readonly theme: Theme
  readonly call: WaitingCall
  readonly position: { readonly index: number; readonly count: number }
}

/** `stop`: Ctrl-C; nothing more is asked. */
export async function askAboutCall(question: Question): Promise<Answer | 'stop'> {
  question.context.stderr.write(`\n${describeCall(question)}\n`)
  for (;;) {
    const answer = await ask(question)
    if (answer !== 'again') return answer
  }
}

function ask(question: Question): Promise<Answer | 'stop' | 'again'> {
  const { context, call } = question
  if (call.elicitation !== undefined) return askQuestion(context, call.elicitation)
  return call.kind === 'in_doubt' ? askInDoubt(question) : askPending(question)
}

/** Everything the decision is bound to: nothing is cut, and nothing can hide. */
function describeCall({ call, theme, position }: Question): string {
  const doubt = call.kind === 'in_doubt'
  const { elicitation } = call
  const title = doubt
    ? 'was started before, and whether it finished is unknown'
    : elicitation === undefined
      ? 'wants to run'
      : 'asks a question'
  const place = position.count === 1 ? '' : theme.dim(`  (${position.index + 1} of ${position.count})`)
  const reason = doubt || elicitation !== undefined ? null : whyItAsks(call)
  const left = call.expires_at === null ? null : Date.parse(call.expires_at) - Date.now()
  const facts: readonly (readonly [string, string])[] = [
    ['agent', printableLine(call.agent)],
    ...(call.path.length === 0 ? [] : [['inside', printableLine(call.path.join('/'))] as const]),
    ...(reason === null ? [] : [['asks', printableLine(reason)] as const]),
    ...(left === null ? [] : [['expires', `in ${shortDuration(left)}`] as const]),
  ]
  const own = [
    ...(elicitation === undefined ? [] : [['question', printable(elicitation.message)] as const]),
    ...callRows(call, theme),
  ]
  const width = Math.max(...[...own, ...facts].map(([name]) => widthOf(name)))
  // What would run is broken nowhere but where it is broken itself.
  const told = (value: string): string =>
    wrapped(value, theme.columns - width - 4)
      .map(theme.dim)
      .join('\n')
  const rows = [...own, ...facts.map(([name, value]) => [theme.dim(name), told(value)] as const)]
  const lines = rows.map(([name, value]) => `  ${padTo(name, width)}  ${continued(value, width + 4)}`)
  return [
    `${theme.yellow('?')} ${theme.bold(printableLine(toolName(call)))} ${title}${place}`,
    ...lines,
  ].join('\n')
}

/** Further lines stand under the first. */
function continued(text: string, indent: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(indent)}`)
}

const EDIT: Choice = { value: 'edit', label: 'Edit the arguments', hint: 'and run it with those' }

async function askPending(question: Question): Promise<Answer | 'stop' | 'again'> {
  const choice = await choose(question.context, `Run ${printableLine(toolName(question.call))}?`, [
    { value: 'yes', label: 'Yes', hint: 'this once' },
    { value: 'no', label: 'No', hint: 'and say why' },
    { value: 'always', label: 'Always', hint: 'yes, and for the rest of this run' },
    { value: 'never', label: 'Never', hint: 'no, and for the rest of this run' },
    // What runs at the provider runs with the arguments it was asked with.
    ...(question.call.kind === 'hosted_mcp' ? [] : [EDIT]),
    { value: 'later', label: 'Decide later', hint: 'the run stays paused' },
  ])
  switch (choice) {
    case 'yes':
      return { kind: 'approve' }
    case 'always':
      return { kind: 'approve', always: true }
    case 'no':
      return askWhy(question, {})
    case 'never':
      return askWhy(question, { always: true })
    case 'edit':
      return askArguments(question)
    case 'later':
      return { kind: 'later' }
    default:
      return 'stop'
  }
}

async function askInDoubt(question: Question): Promise<Answer | 'stop' | 'again'> {
  const choice = await choose(question.context, 'What about it?', [
    { value: 'again', label: 'Run it again' },
    { value: 'happened', label: 'It did happen', hint: 'and this was its result' },
    { value: 'unknown', label: 'Leave it', hint: 'the agent is told that its outcome is unknown' },
    { value: 'later', label: 'Decide later', hint: 'the run stays paused' },
  ])
  switch (choice) {
    case 'again':
      return { kind: 'approve' }
    case 'unknown':
      return askWhy(question, {})
    case 'later':
      return { kind: 'later' }
    case 'happened': {
      const written = await askLine(question.context, 'Its result (text, or JSON)', '')
      if (written === null) return 'again'
      const parsed = parseStrictJson(written)
      return { kind: 'approve', result: parsed.ok ? parsed.value : written }
    }
    default:
      return 'stop'
  }
}

async function askWhy(question: Question, rest: { readonly always?: boolean }): Promise<Answer | 'again'> {
  const message = await askLine(
    question.context,
    'What is the agent told? (empty: only that it was not approved)',
    '',
  )
  if (message === null) return 'again'
  return { kind: 'reject', ...rest, ...(message === '' ? {} : { message }) }
}

async function askArguments(question: Question): Promise<Answer | 'again'> {
  const { context, call, theme } = question
  const shown = isJsonObject(call.arguments) ? call.arguments : {}
  const edited = editText(JSON.stringify(shown, null, 2), context.env)
  if (edited !== null) {
    const result = readArguments(edited)
    if (typeof result !== 'string') return { kind: 'approve', args: result }
    context.stderr.write(`${theme.red('✗')} ${result}\n`)
  }
  const draft = edited === null ? JSON.stringify(shown) : edited.trim().replaceAll(/\s*\n\s*/g, ' ')
  const written = await askLine(question.context, 'Arguments (JSON)', draft, (value) => {
    const result = readArguments(value)
    return typeof result === 'string' ? result : undefined
  })
  const args = written === null ? null : readArguments(written)
  return args === null || typeof args === 'string' ? 'again' : { kind: 'approve', args }
}

/** The arguments, or what is wrong with them. */
function readArguments(text: string): JsonObject | string {
  const parsed = parseStrictJson(text)
  if (!parsed.ok) return `That is not JSON: ${parsed.problem}`
  return isJsonObject(parsed.value) ? parsed.value : 'Arguments are a JSON object'
}
