/** How the outcomes of tests are told: to people, as JSON, as JUnit XML. */
import type { TestFailure, TestOutcome } from '../../testing/spec-tests/outcome.ts'
import type { Json } from '../../util/json.ts'
import { plural } from '../report/check-report.ts'
import { codeFrame } from '../report/code-frame.ts'
import { placeText } from '../report/pretty.ts'
import type { TextOf } from '../report/pretty.ts'
import { printable, printableLine } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'

export const REPORTERS = ['pretty', 'json', 'junit'] as const

export interface TestSummary {
  readonly passed: number
  readonly failed: number
  readonly tests: readonly TestOutcome[]
}

export function summaryOf(tests: readonly TestOutcome[]): TestSummary {
  const passed = tests.filter((test) => test.passed).length
  return { passed, failed: tests.length - passed, tests }
}

/** One outcome for people: a line, and what is wrong below it. */
export function prettyOutcome(outcome: TestOutcome, textOf: TextOf, theme: Theme): string {
  const { passed, name, duration_ms: duration, failures } = outcome
  const mark = passed ? theme.green('✓') : theme.red('✗')
  const time = duration >= 100 ? theme.dim(` ${duration} ms`) : ''
  const heading = `${mark} ${printableLine(name)}${time}`
  return [heading, ...failures.map((failure) => prettyFailure(failure, textOf, theme))].join('\n')
}

/** The heading of a file's tests. */
export function prettyFile(file: string, theme: Theme): string {
  return theme.bold(printableLine(file))
}

/** `2 tests failed, 5 passed` */
export function prettySummary({ passed, failed }: TestSummary, theme: Theme): string {
  if (failed === 0) return `${theme.green('ok')}: ${plural(passed, 'test')} passed`
  return `${theme.red(`${plural(failed, 'test')} failed`)}, ${passed} passed`
}

function prettyFailure(failure: TestFailure, textOf: TextOf, theme: Theme): string {
  const lines = [`${placeText(failure, theme)} ${printable(failure.message)}`]
  const text = textOf(failure.file)
  if (text !== undefined) lines.push(codeFrame(text, failure, { theme, mark: theme.red, context: 0 }))
  lines.push(...difference(failure, theme))
  return indented(lines.join('\n'))
}

/** Both sides, where there is more of them than the message shows. */
function difference({ expected, actual }: TestFailure, theme: Theme): readonly string[] {
  if (expected === undefined || actual === undefined) return []
  const [wanted, there] = [linesOf(expected), linesOf(actual)]
  if (wanted.length + there.length <= 2) return []
  return [
    ...wanted.map((line) => theme.green(`- ${printable(line)}`)),
    ...there.map((line) => theme.red(`+ ${printable(line)}`)),
    theme.dim('(- expected, + actual)'),
  ]
}

const MOST_LINES = 40

function linesOf(value: Json): readonly string[] {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  const lines = text.split('\n')
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), '…']
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
}

/** JUnit XML: a suite for each file. */
export function junit({ passed, failed, tests }: TestSummary): string {
  const files = Map.groupBy(tests, ({ file }) => file)
  const suites = [...files].map(([file, cases]) => {
    const wrong = cases.filter((one) => !one.passed).length
    return [
      `  <testsuite name="${xml(file)}" tests="${cases.length}" failures="${wrong}" time="${seconds(cases)}">`,
      ...cases.map(junitCase),
      '  </testsuite>',
    ].join('\n')
  })
  const head = `<testsuites tests="${passed + failed}" failures="${failed}" time="${seconds(tests)}">`
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...suites, '</testsuites>'].join('\n')
}

function junitCase(one: TestOutcome): string {
  const head = `    <testcase classname="${xml(one.file)}" name="${xml(one.name)}" time="${seconds([one])}"`
  if (one.passed) return `${head}/>`
  const failures = one.failures.map((failure) => {
    const place = `${failure.file}:${failure.start.line}:${failure.start.column}`
    return `      <failure message="${xml(failure.message)}">${xml(`${place} ${failure.message}`)}</failure>`
  })
  return [`${head}>`, ...failures, '    </testcase>'].join('\n')
}

function seconds(tests: readonly TestOutcome[]): string {
  return (tests.reduce((sum, { duration_ms: duration }) => sum + duration, 0) / 1000).toFixed(3)
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Characters that XML cannot have at all are left out. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
}
