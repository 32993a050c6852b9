/** Compares what a test expects with what is there: in part, and by `contains`, `matches`, `schema` and `not`. */
import { createSchemaValidator } from '../../compiler/json-schema/schema-validator.ts'
import type { SchemaValidator } from '../../compiler/json-schema/schema-validator.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'

export interface Mismatch {
  /** Into what is expected: where the expectation is that does not hold. */
  readonly path: Path
  /** What is wrong, without the name of the thing: `is "a", expected "b"`. */
  readonly message: string
  readonly expected: Json
  /** Absent when there is nothing at all. */
  readonly actual?: Json
}

/** `exact`: a list has the entries that are expected and no other; `some`: in this order, others between them. */
export type ListRule = 'exact' | 'some'

export type Matcher = (expected: Json, actual: Json | undefined, lists: ListRule) => readonly Mismatch[]

interface Matching {
  readonly lists: ListRule
  readonly validator: SchemaValidator
  readonly hasMatch: (pattern: string, text: string) => boolean
}

interface Compared {
  readonly expected: Json
  readonly actual: Json
  readonly path: Path
}

type Operator = (matching: Matching, compared: Compared) => readonly Mismatch[]

/** Loads what schemas and regular expressions need, once. Patterns take linear time (RE2). */
export async function createMatcher(): Promise<Matcher> {
  const [{ RE2JS }, validator] = await Promise.all([import('re2js'), createSchemaValidator()])
  const hasMatch = (pattern: string, text: string): boolean => RE2JS.compile(pattern).test(text)
  return (expected, actual, lists) => compare({ lists, validator, hasMatch }, expected, actual, [])
}

function compare(
  matching: Matching,
  expected: Json,
  actual: Json | undefined,
  path: Path,
): readonly Mismatch[] {
  if (actual === undefined) return [{ path, message: 'is missing', expected }]
  const compared = { expected, actual, path }
  if (isJsonArray(expected)) return compareLists(matching, expected, compared)
  if (!isJsonObject(expected)) {
    return expected === actual ? [] : mismatch(compared, `is ${shown(actual)}, expected ${shown(expected)}`)
  }
  const operations = operationsIn(expected)
  if (operations === undefined) return compareMaps(matching, expected, compared)
  return operations.flatMap(([name, operator]) =>
    operator(matching, { expected: expected[name] ?? null, actual, path: [...path, name] }),
  )
}

/** The operators of a map that has nothing else. */
function operationsIn(expected: JsonObject): readonly (readonly [string, Operator])[] | undefined {
  const names = Object.keys(expected)
  const operations = names.flatMap((name) => {
    const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined
    return operator === undefined ? [] : [[name, operator] as const]
  })
  return names.length > 0 && operations.length === names.length ? operations : undefined
}

function compareMaps(matching: Matching, expected: JsonObject, compared: Compared): readonly Mismatch[] {
  const { actual, path } = compared
  if (!isJsonObject(actual)) return mismatch(compared, `is ${shown(actual)}, expected a map`)
  return Object.entries(expected).flatMap(([key, value]) =>
    compare(matching, value, Object.hasOwn(actual, key) ? actual[key] : undefined, [...path, key]),
  )
}

function compareLists(
  matching: Matching,
  expected: readonly Json[],
  compared: Compared,
): readonly Mismatch[] {
  const { actual, path } = compared
  if (!isJsonArray(actual)) return mismatch(compared, `is ${shown(actual)}, expected a list`)
  if (matching.lists === 'some') return findInOrder(matching, expected, { actual, path })
  if (actual.length !== expected.length) {
    return mismatch(compared, `has ${entries(actual.length)}, expected ${expected.length}: ${shown(actual)}`)
  }
  return expected.flatMap((entry, index) => compare(matching, entry, actual[index], [...path, index]))
}

function findInOrder(
  matching: Matching,
  expected: readonly Json[],
  { actual, path }: { readonly actual: readonly Json[]; readonly path: Path },
): readonly Mismatch[] {
  let from = 0
  for (const [index, entry] of expected.entries()) {
    const found = actual.findIndex((one, at) => at >= from && compare(matching, entry, one, []).length === 0)
    if (found === -1) {
      const where = from === 0 ? '' : ` after entry ${from}`
      const compared = { expected: entry, actual, path: [...path, index] }
      return mismatch(compared, `has no entry${where} that matches ${shown(entry)}`)
    }
    from = found + 1
  }
  return []
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  contains: (matching, compared) => {
    const { expected, actual } = compared
    const holds =
      typeof expected === 'string'
        ? textOf(actual).includes(expected)
        : isJsonArray(actual)
          ? actual.some((entry) => compare(matching, expected, entry, []).length === 0)
          : compare(matching, expected, actual, []).length === 0
    return holds ? [] : mismatch(compared, `is ${shown(actual)}, expected it to contain ${shown(expected)}`)
  },
  matches: ({ hasMatch }, compared) => {
    const { expected, actual } = compared
    if (typeof expected !== 'string') return mismatch(compared, 'cannot be compared: the pattern is no text')
    try {
      if (hasMatch(expected, textOf(actual))) return []
    } catch (error) {
      return mismatch(compared, `cannot be compared: the pattern cannot be used: ${messageOf(error)}`)
    }
    return mismatch(compared, `is ${shown(actual)}, expected it to match ${expected}`)
  },
  schema: ({ validator }, compared) => {
    const { expected, actual } = compared
    if (typeof expected !== 'boolean' && !isJsonObject(expected))
      return mismatch(compared, 'cannot be compared: the schema is no map')
    const issues = validator.validate(expected, actual)
    const list = issues.map(({ pointer, message }) => `${pointer} ${message}`.trim()).join('; ')
    return issues.length === 0 ? [] : mismatch(compared, `does not fit the schema: ${list}`)
  },
  not: (matching, compared) => {
    const { expected, actual, path } = compared
    const holds = compare(matching, expected, actual, path).length > 0
    return holds ? [] : mismatch(compared, `is ${shown(actual)}, which is what it must not be`)
  },
}

function mismatch({ expected, actual, path }: Compared, message: string): readonly Mismatch[] {
  return [{ path, message, expected, actual }]
}

/** A text is compared as it is, another value by its JSON. */
function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const LONGEST_QUOTE = 200

function shown(value: Json): string {
  const text = JSON.stringify(value)
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text
}

function entries(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`
}
