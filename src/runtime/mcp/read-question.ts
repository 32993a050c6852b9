/** A question of a server, taken apart and put together again of what MCP knows: nothing else is shown, stored or compiled. */
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { Elicitation } from '../state/elicitation.ts'

const MOST_FIELDS = 50
const MOST_CHOICES = 500
/** Characters of the message, and of everything about its fields. */
const MOST_MESSAGE = 8_000
const MOST_SCHEMA = 64_000

/** Keywords of a field, by its type; each with the type of its value. */
const KEYWORDS: Readonly<Record<string, Readonly<Record<string, 'string' | 'number'>>>> = {
  string: { minLength: 'number', maxLength: 'number' },
  number: { minimum: 'number', maximum: 'number' },
  integer: { minimum: 'number', maximum: 'number' },
  boolean: {},
  array: { minItems: 'number', maxItems: 'number' },
}

const FORMATS: ReadonlySet<Json> = new Set(['email', 'uri', 'date', 'date-time'])

/** The question; a text says why it is none that a person can be asked. */
export function readQuestion(params: Json): Elicitation | string {
  if (!isJsonObject(params)) return 'it has no content'
  const { mode = 'form', message, requestedSchema: schema } = params
  if (mode !== 'form') return `it is of mode ${JSON.stringify(mode)}, and only forms can be answered here`
  if (typeof message !== 'string' || message.length > MOST_MESSAGE) {
    return `its message is missing or has more than ${MOST_MESSAGE} characters`
  }
  if (!isJsonObject(schema) || schema['type'] !== 'object' || !isJsonObject(schema['properties'])) {
    return 'its schema is not one of an object'
  }
  const entries = Object.entries(schema['properties'])
  if (entries.length > MOST_FIELDS) return `it has more than ${MOST_FIELDS} fields`
  const fields = entries.map(([name, field]) => [name, readField(field)] as const)
  const unknown = fields.find(([, field]) => field === null)
  if (unknown !== undefined) return `its field ${JSON.stringify(unknown[0])} is of no type that forms have`
  const properties = Object.fromEntries(fields)
  const { required } = schema
  const names = isJsonArray(required)
    ? required.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name))
    : []
  const read = { type: 'object', properties, required: names, additionalProperties: false }
  if (JSON.stringify(read).length > MOST_SCHEMA) {
    return `its fields take more than ${MOST_SCHEMA} characters`
  }
  return { message, schema: read }
}

/** `null`: of no type that forms have. */
function readField(field: Json): JsonObject | null {
  if (!isJsonObject(field)) return null
  const type = field['type'] ?? (choicesOf(field) === null ? undefined : 'string')
  const keywords = typeof type === 'string' && Object.hasOwn(KEYWORDS, type) ? KEYWORDS[type] : undefined
  if (typeof type !== 'string' || keywords === undefined) return null
  const read = {
    type,
    ...keptWords(field, keywords),
    ...formatOf(field, type),
    ...defaultOf(field['default'], type),
  }
  if (type === 'string') return { ...read, ...choicesOf(field) }
  if (type !== 'array') return read
  const items = isJsonObject(field['items']) ? choicesOf(field['items']) : null
  return items === null ? null : { ...read, items: { type: 'string', ...items }, uniqueItems: true }
}

function keptWords(field: JsonObject, keywords: Readonly<Record<string, 'string' | 'number'>>): JsonObject {
  const wanted = Object.entries({ title: 'string', description: 'string', ...keywords })
  return Object.fromEntries(
    wanted.flatMap(([key, type]) => {
      const value = field[key]
      return value !== undefined && typeof value === type ? [[key, value]] : []
    }),
  )
}

function formatOf({ format }: JsonObject, type: string): JsonObject {
  return type === 'string' && format !== undefined && FORMATS.has(format) ? { format } : {}
}

/** The values a text may have, with their titles where they have some; `null`: any. */
function choicesOf({ enum: values, enumNames: titles, oneOf, anyOf }: JsonObject): JsonObject | null {
  const given = oneOf ?? anyOf
  if (given !== undefined && isJsonArray(given)) {
    const choices = given.flatMap((choice) =>
      isJsonObject(choice) && typeof choice['const'] === 'string'
        ? [choiceOf(choice['const'], choice['title'])]
        : [],
    )
    return choices.length === 0 || choices.length > MOST_CHOICES ? null : { oneOf: choices }
  }
  if (values === undefined || !isJsonArray(values)) return null
  const names = values.filter((value) => typeof value === 'string')
  if (names.length === 0 || names.length > MOST_CHOICES) return null
  const shown = isJsonArray(titles) && titles.length === names.length ? titles : null
  if (shown === null) return { enum: [...new Set(names)] }
  return { oneOf: names.map((name, index) => choiceOf(name, shown[index])) }
}

function choiceOf(value: string, title: Json | undefined): JsonObject {
  return { const: value, ...(typeof title === 'string' ? { title } : {}) }
}

function defaultOf(value: Json | undefined, type: string): JsonObject {
  if (value === undefined) return {}
  const isOfType =
    type === 'array'
      ? isJsonArray(value) && value.every((one) => typeof one === 'string')
      : typeof value === (type === 'integer' ? 'number' : type)
  return isOfType ? { default: value } : {}
}
