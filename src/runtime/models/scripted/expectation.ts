/** `expect` of a script step: a partial match on the request the model got. */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { ModelRequest } from '../model.ts'

const LONGEST_QUOTE = 200

/** What `expect` sees of a request; `tools` are the names of `functions`; what a request lacks is absent. */
export function requestView(request: ModelRequest): JsonObject {
  return {
    agent: request.agent,
    turn: request.turn,
    path: request.path,
    instructions: request.instructions,
    items: request.items,
    tools: request.functions.map((spec) => spec.name),
    functions: request.functions.map((spec) => ({ ...spec })),
    ...(request.hosted === undefined ? {} : { hosted: request.hosted.map((spec) => ({ ...spec })) }),
    ...(request.prompt === undefined ? {} : { prompt: { ...request.prompt } }),
    ...(request.conversation === undefined ? {} : { conversation: { ...request.conversation } }),
    output: request.output === null ? null : { ...request.output },
    settings: request.settings,
  }
}

/**
 * The first place where a value is not as expected, in words; `null` when it matches. Objects match with more keys than
 * expected, lists with more entries between the expected ones (their order counts), `{ contains: text }` matches a text,
 * or the JSON text of another value.
 */
export function firstMismatch(expected: Json, actual: Json | undefined, place: string): string | null {
  if (actual === undefined) return `${place} is missing, expected ${quote(expected)}`
  if (isJsonArray(expected)) return listMismatch(expected, actual, place)
  if (isJsonObject(expected)) return objectMismatch(expected, actual, place)
  return expected === actual ? null : `${place} is ${quote(actual)}, expected ${quote(expected)}`
}

function objectMismatch(expected: JsonObject, actual: Json, place: string): string | null {
  const part = containedText(expected)
  if (part !== null) {
    const text = typeof actual === 'string' ? actual : JSON.stringify(actual)
    return text.includes(part) ? null : `${place} is ${quote(actual)}, expected it to contain ${quote(part)}`
  }
  if (!isJsonObject(actual)) return `${place} is ${quote(actual)}, expected ${quote(expected)}`
  for (const [key, value] of Object.entries(expected)) {
    const mismatch = firstMismatch(
      value,
      Object.hasOwn(actual, key) ? actual[key] : undefined,
      `${place}.${key}`,
    )
    if (mismatch !== null) return mismatch
  }
  return null
}

function containedText(expected: JsonObject): string | null {
  const part = expected['contains']
  return typeof part === 'string' && Object.keys(expected).length === 1 ? part : null
}

function listMismatch(expected: readonly Json[], actual: Json, place: string): string | null {
  if (!isJsonArray(actual)) return `${place} is ${quote(actual)}, expected a list`
  let from = 0
  for (const entry of expected) {
    const found = actual.findIndex(
      (value, index) => index >= from && firstMismatch(entry, value, place) === null,
    )
    if (found === -1) {
      const where = from === 0 ? '' : ` after entry ${from}`
      return `${place} has no entry${where} that matches ${quote(entry)}, it is ${quote(actual)}`
    }
    from = found + 1
  }
  return null
}

function quote(value: Json): string {
  const text = JSON.stringify(value)
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text
}
