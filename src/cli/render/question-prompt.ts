/** The question of a server on a terminal: its fields one by one. */
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { Elicitation } from '../../runtime/state/elicitation.ts'
import type { CommandContext } from '../context.ts'
import { printableLine } from '../terminal/printable.ts'
import { askLine, choose, chooseSeveral } from './prompts.ts'
import type { Choice } from './prompts.ts'

type Terminal = Pick<CommandContext, 'stdin' | 'stderr'>

export type QuestionAnswer =
  | { readonly kind: 'approve'; readonly result: JsonObject }
  | { readonly kind: 'reject' }
  | { readonly kind: 'later' }

/** `again`: Escape within the fields. `stop`: Ctrl-C before them. */
export async function askQuestion(
  terminal: Terminal,
  { schema }: Elicitation,
): Promise<QuestionAnswer | 'stop' | 'again'> {
  const choice = await choose(terminal, 'What does the server get?', [
    { value: 'answer', label: 'An answer', hint: 'the call begins again with it' },
    { value: 'decline', label: 'No answer', hint: 'the call begins again, and is told so' },
    { value: 'later', label: 'Decide later', hint: 'the run stays paused' },
  ])
  if (choice === null) return 'stop'
  if (choice !== 'answer') return { kind: choice === 'later' ? 'later' : 'reject' }
  const { properties, required } = schema
  const result: Record<string, Json> = {}
  for (const [name, field] of isJsonObject(properties) ? Object.entries(properties) : []) {
    if (!isJsonObject(field)) continue
    const isRequired = required !== undefined && isJsonArray(required) && required.includes(name)
    const value = await askField(terminal, { name, field, isRequired })
    if (value === null) return 'again'
    if (value !== LEFT_OUT) result[name] = value.given
  }
  return { kind: 'approve', result }
}

interface Field {
  readonly name: string
  readonly field: JsonObject
  readonly isRequired: boolean
}

const LEFT_OUT = Symbol('left out')
type FieldAnswer = { readonly given: Json } | typeof LEFT_OUT | null

const NONE = 'none'

async function askField(terminal: Terminal, asked: Field): Promise<FieldAnswer> {
  const { field } = asked
  const initial = field['default']
  const message = labelOf(asked)
  switch (field['type']) {
    case 'boolean': {
      const options = [
        { value: 'true', label: 'Yes' },
        { value: 'false', label: 'No' },
      ]
      const chosen = await choose(terminal, message, orNothing(options, asked), textOf(initial))
      return chosen === null || chosen === NONE ? leftOut(chosen) : { given: chosen === 'true' }
    }
    case 'array': {
      const options = isJsonObject(field['items']) ? choicesOf(field['items']) : []
      const before = initial !== undefined && isJsonArray(initial) ? initial.map(String) : []
      const chosen = await chooseSeveral(terminal, message, options, before)
      if (chosen === null) return null
      return chosen.length === 0 && !asked.isRequired ? LEFT_OUT : { given: [...chosen] }
    }
    default:
      return askText(terminal, asked, message)
  }
}

async function askText(terminal: Terminal, asked: Field, message: string): Promise<FieldAnswer> {
  const { field, isRequired } = asked
  const initial = textOf(field['default'])
  const options = choicesOf(field)
  if (options.length > 0) {
    // Choices are told apart by their place: a server may have one that is called as ours for nothing.
    const places = options.map(({ label, hint }, index) => ({
      value: `${index}`,
      label,
      ...(hint ? { hint } : {}),
    }))
    const before = options.findIndex(({ value }) => value === initial)
    const chosen = await choose(
      terminal,
      message,
      orNothing(places, asked),
      before < 0 ? undefined : `${before}`,
    )
    if (chosen === null || chosen === NONE) return leftOut(chosen)
    return { given: options[Number(chosen)]?.value ?? '' }
  }
  const isNumber = field['type'] !== 'string'
  const written = await askLine(terminal, message, initial ?? '', (value) => {
    if (value === '') return isRequired && (isNumber || field['minLength'] !== 0) ? 'Needed' : undefined
    return isNumber ? numberProblem(value, field) : lengthProblem(value, field)
  })
  if (written === null) return null
  if (written === '' && !isRequired) return LEFT_OUT
  return { given: isNumber ? Number(written) : written }
}

function leftOut(chosen: string | null): FieldAnswer {
  return chosen === null ? null : LEFT_OUT
}

function orNothing(options: readonly Choice[], { isRequired }: Field): readonly Choice[] {
  return isRequired ? options : [...options, { value: NONE, label: 'Leave it out' }]
}

function labelOf({ name, field, isRequired }: Field): string {
  const { title, description } = field
  const label = typeof title === 'string' && title !== '' ? title : name
  const about = typeof description === 'string' && description !== '' ? `: ${description}` : ''
  return printableLine(`${label}${isRequired ? '' : ' (optional)'}${about}`)
}

/** The values a field may have; none where it takes any. */
function choicesOf({ enum: values, oneOf }: JsonObject): readonly Choice[] {
  if (oneOf !== undefined && isJsonArray(oneOf)) {
    return oneOf.flatMap((one) => {
      if (!isJsonObject(one) || typeof one['const'] !== 'string') return []
      const { const: value, title } = one
      return [typeof title === 'string' ? choice(value, title) : choice(value, value)]
    })
  }
  return values !== undefined && isJsonArray(values)
    ? values.flatMap((value) => (typeof value === 'string' ? [choice(value, value)] : []))
    : []
}

/** What is sent shows where the server calls it otherwise. */
function choice(value: string, title: string): Choice {
  const label = printableLine(title)
  return title === value ? { value, label } : { value, label, hint: printableLine(value) }
}

function textOf(value: Json | undefined): string | undefined {
  return value === undefined || typeof value === 'object' ? undefined : String(value)
}

function numberProblem(text: string, { type, minimum, maximum }: JsonObject): string | undefined {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) return 'That is not a number'
  if (type === 'integer' && !Number.isInteger(value)) return 'That is not a whole number'
  if (typeof minimum === 'number' && value < minimum) return `At least ${minimum}`
  return typeof maximum === 'number' && value > maximum ? `At most ${maximum}` : undefined
}

function lengthProblem(text: string, { minLength, maxLength }: JsonObject): string | undefined {
  const { length } = [...text]
  if (typeof minLength === 'number' && length < minLength) return `At least ${minLength} characters`
  return typeof maxLength === 'number' && length > maxLength ? `At most ${maxLength} characters` : undefined
}
