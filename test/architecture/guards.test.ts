/** Plants faults into a copy of the sources and expects both guards, our own and the linter, to see each of them. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { type Inspection, inspectHouse } from './house.ts'

interface Fault {
  readonly what: string
  /** The module that is planted into `src`, and its text. */
  readonly file: string
  readonly text: string
  /** The rule of the linter that sees it, if any does. */
  readonly rule?: string
  /** A part of what our own guard says, if it looks for this. */
  readonly finding?: string
}

const faults: readonly Fault[] = [
  {
    what: 'an import to the right',
    file: 'util/planted-value.ts',
    text: `import { isSeverity } from '../spec/planted-target.ts'\nexport const seen: boolean = isSeverity('error')\n`,
    rule: 'no-restricted-imports',
    finding: 'util/planted-value.ts imports spec/planted-target.ts',
  },
  {
    what: 'a type import to the right',
    file: 'spec/planted-type.ts',
    text: `import type { Program } from '../compiler/program.ts'\nexport type Planted = Program | null\n`,
    rule: 'no-restricted-imports',
    finding: 'spec/planted-type.ts imports compiler/program.ts',
  },
  {
    what: 'an import of a neighbour',
    file: 'dev/planted-neighbour.ts',
    text: `export { target } from '../server/planted-target.ts'\n`,
    rule: 'no-restricted-imports',
    finding: 'dev/planted-neighbour.ts imports server/planted-target.ts',
  },
  {
    what: 'an import of an entry point',
    file: 'runtime/planted-entry.ts',
    text: `export type { Planted } from '../testing.ts'\n`,
    rule: 'no-restricted-imports',
    finding: 'runtime/planted-entry.ts imports testing.ts',
  },
  {
    what: 'an import from outside the sources',
    file: 'spec/planted-outside.ts',
    text: `export { root } from '../../scripts/entries.ts'\n`,
    finding: 'spec/planted-outside.ts imports ../scripts/entries.ts',
  },
  {
    what: 'a cycle of values',
    file: 'runtime/planted-a.ts',
    text: `import { b } from './planted-b.ts'\nexport function a(): number {\n  return b()\n}\n`,
    rule: 'no-cycle',
    finding: 'cycle: runtime/planted-a.ts -> runtime/planted-b.ts -> runtime/planted-a.ts',
  },
  {
    what: 'a cycle of types',
    file: 'runtime/planted-c.ts',
    text: `import type { D } from './planted-d.ts'\nexport interface C {\n  readonly d: D | null\n}\n`,
    rule: 'no-cycle',
    finding: 'cycle: runtime/planted-c.ts -> runtime/planted-d.ts -> runtime/planted-c.ts',
  },
  {
    what: 'a default export',
    file: 'util/planted-default.ts',
    text: `const value = 1\nexport default value\n`,
    rule: 'no-default-export',
    finding: 'util/planted-default.ts has a default export',
  },
  {
    what: 'a giant file',
    file: 'util/planted-giant.ts',
    text: `${'/** A line. */\n'.repeat(300)}export const value = 1\n`,
    rule: 'max-lines',
    finding: 'util/planted-giant.ts has 301 lines',
  },
  {
    what: 'a forgotten promise',
    file: 'runtime/planted-promise.ts',
    text: `async function later(): Promise<void> {}\nexport function now(): void {\n  later()\n}\n`,
    rule: 'no-floating-promises',
  },
  {
    what: 'a promise where a condition belongs',
    file: 'runtime/planted-condition.ts',
    text: `export function now(later: Promise<boolean>): number {\n  return later ? 1 : 2\n}\n`,
    rule: 'no-misused-promises',
  },
  {
    what: 'a switch that forgets a case',
    file: 'runtime/planted-switch.ts',
    text: `export function now(is: 'a' | 'b'): void {\n  switch (is) {\n    case 'a':\n      return\n  }\n}\n`,
    rule: 'switch-exhaustiveness-check',
  },
  {
    what: 'an any',
    file: 'util/planted-any.ts',
    text: `export function any(value: any): unknown {\n  return value\n}\n`,
    rule: 'no-explicit-any',
  },
  {
    what: 'a type imported as a value',
    file: 'util/planted-import.ts',
    text: `import { Json } from './json.ts'\nexport type Planted = Json | undefined\n`,
    rule: 'consistent-type-imports',
  },
  {
    what: 'output outside the command line',
    file: 'runtime/planted-console.ts',
    text: `export function say(): void {\n  console.log('said')\n}\n`,
    rule: 'no-console',
  },
  {
    what: 'the process outside the command line',
    file: 'runtime/planted-process.ts',
    text: `export function home(): string | undefined {\n  return process.env['HOME']\n}\n`,
    rule: 'no-restricted-globals',
  },
  {
    what: 'the process, imported',
    file: 'runtime/planted-process-import.ts',
    text: `export { env } from 'node:process'\n`,
    rule: 'no-restricted-imports',
  },
  {
    what: 'a giant function',
    file: 'runtime/planted-function.ts',
    text: `export function giant(): number {\n  let n = 0\n${'  n += 1\n'.repeat(60)}  return n\n}\n`,
    rule: 'max-lines-per-function',
  },
  {
    what: 'too many parameters',
    file: 'runtime/planted-parameters.ts',
    text: `export function sum(a: number, b: number, c: number, d: number, e: number): number {\n  return a + b + c + d + e\n}\n`,
    rule: 'max-params',
  },
]

/** What the faults need beside them; harmless alone. */
const helpers: Readonly<Record<string, string>> = {
  'spec/planted-target.ts': `export function isSeverity(text: string): boolean {\n  return text === 'error'\n}\n`,
  'server/planted-target.ts': `export const target = 1\n`,
  'testing.ts': `export type Planted = 1\n`,
  'runtime/planted-b.ts': `import { a } from './planted-a.ts'\nexport function b(): number {\n  return a()\n}\n`,
  'runtime/planted-d.ts': `import type { C } from './planted-c.ts'\nexport interface D {\n  readonly c: C | null\n}\n`,
}

let copy: string
let inspection: Inspection
let lint: ReadonlyMap<string, readonly string[]>

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'agentspec-guards-'))
  for (const part of ['src', 'package.json', 'tsconfig.json', '.oxlintrc.json', 'scripts']) {
    cpSync(join(root, part), join(copy, part), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const fault of faults) plant(fault.file, fault.text)
  for (const [file, text] of Object.entries(helpers)) plant(file, text)
  inspection = inspectHouse(join(copy, 'src'))
  lint = lintFindings()
})

afterAll(() => {
  rmSync(copy, { recursive: true, force: true })
})

function plant(file: string, text: string): void {
  const path = join(copy, 'src', file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** The rules that fired, by the file in `src`. */
function lintFindings(): ReadonlyMap<string, readonly string[]> {
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
  const { stdout } = spawnSync(process.execPath, [oxlint, '--format', 'unix', 'src'], {
    cwd: copy,
    encoding: 'utf8',
  })
  const findings = new Map<string, string[]>()
  for (const [, file, rule] of stdout.matchAll(/^src\/([^:]+):.*\[Error\/[a-z_]+\(([a-z-]+)\)\]$/gm)) {
    if (file === undefined || rule === undefined) continue
    findings.set(file, [...(findings.get(file) ?? []), rule])
  }
  return findings
}

describe('the guards see', () => {
  test.for(faults)('$what', ({ file, rule, finding }) => {
    expect.hasAssertions()
    if (rule !== undefined) expect(lint.get(file), 'the linter').toContain(rule)
    if (finding !== undefined)
      expect(inspection.findings, 'the guard').toEqual(
        expect.arrayContaining([expect.stringContaining(finding)]),
      )
  })

  test('nothing in the harmless helpers', () => {
    for (const file of ['spec/planted-target.ts', 'server/planted-target.ts', 'testing.ts']) {
      expect(lint.get(file)).toBeUndefined()
      expect(inspection.findings.filter((finding) => finding.startsWith(`${file} `))).toEqual([])
    }
  })
})
