/** `expect` of a step: every key is compared, and every difference is told at its place. */
import { toPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import type { JsonObject } from '../../util/json.ts'
import type { Matcher, Mismatch } from './matcher.ts'
import type { TestFailure } from './outcome.ts'
import type { ReadTestFile } from './read-test-file.ts'
import { viewOf } from './run-view.ts'
import type { ObservedRun } from './run-view.ts'

/** Where naming every entry would be too much. */
const LONG_LISTS: ReadonlySet<string> = new Set(['events', 'model_input'])

/** What is not as expected; `at` is the path of `expect` in the test file. */
export function expectationFailures(
  { matcher, read }: { readonly matcher: Matcher; readonly read: ReadTestFile },
  expect: JsonObject,
  run: ObservedRun,
  at: Path,
): readonly TestFailure[] {
  const keys = Object.keys(expect).filter((key) => !key.startsWith('x-'))
  return keys.flatMap((key) => {
    const lists = LONG_LISTS.has(key) ? 'some' : 'exact'
    const mismatches = matcher(expect[key] ?? null, viewOf(run, key), lists)
    return mismatches.map((mismatch) => failureOf(read, mismatch, [...at, key, ...mismatch.path], key))
  })
}

function failureOf(read: ReadTestFile, mismatch: Mismatch, path: Path, key: string): TestFailure {
  const { message, expected, actual } = mismatch
  const inside = mismatch.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  const thing = `${key}${inside}`.replace(/(?:\.(?:contains|matches|schema|not))+$/, '')
  return {
    message: `${thing} ${message}`,
    ...read.document.rangeAt(path, 'value'),
    pointer: toPointer(path),
    expected,
    ...(actual === undefined ? {} : { actual }),
  }
}
