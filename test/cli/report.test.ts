import { describe, expect, test } from 'vitest'
import { createReport, summaryLine } from '../../src/cli/report/check-report.ts'
import { githubLine } from '../../src/cli/report/github.ts'
import { prettyDiagnostics } from '../../src/cli/report/pretty.ts'
import { createTheme } from '../../src/cli/terminal/theme.ts'
import type { Diagnostic } from '../../src/spec/diagnostic.ts'
import { createSource } from '../../src/spec/source.ts'

const source = createSource('specs/x.yaml', 'x.yaml', 'agents:\n  a: { handoffs: [biling] }\n  billing: {}\n')
const plain = createTheme(false)

function diagnose(part: string, more: Partial<Diagnostic> = {}): Diagnostic {
  const start = source.text.indexOf(part)
  return {
    code: 'AS3001',
    severity: 'error',
    message: 'Unknown agent "biling".',
    ...source.locate(start, start + part.length),
    pointer: '/agents/a/handoffs/0',
    ...more,
  }
}

const textOf = (file: string): string | undefined => (file === source.file ? source.text : undefined)

describe('a diagnostic for people', () => {
  test('has place, severity, code, message, frame, hint, fix and related places', () => {
    const start = source.text.indexOf('billing')
    const diagnostic = diagnose('biling', {
      hint: 'Known agents: a, billing.',
      fix: { description: 'Replace with "billing"', edits: [] },
      related: [{ message: '"billing" is declared here', ...source.locate(start, start + 7) }],
    })
    expect(prettyDiagnostics([diagnostic], textOf, plain)).toBe(
      [
        'specs/x.yaml:2:19 error AS3001: Unknown agent "biling".',
        '  1 | agents:',
        '> 2 |   a: { handoffs: [biling] }',
        '    |                   ^^^^^^',
        '  3 |   billing: {}',
        '  hint: Known agents: a, billing.',
        '  fix: Replace with "billing"',
        '  specs/x.yaml:3:3 "billing" is declared here',
        '  > 3 |   billing: {}',
        '      |   ^^^^^^^',
      ].join('\n'),
    )
  })

  test('has no frame when there is no text', () => {
    expect(prettyDiagnostics([diagnose('biling')], () => undefined, plain)).toBe(
      'specs/x.yaml:2:19 error AS3001: Unknown agent "biling".',
    )
  })

  test('is separated from the next by an empty line', () => {
    const both = prettyDiagnostics([diagnose('biling'), diagnose('a:')], () => undefined, plain)
    expect(both.split('\n\n')).toHaveLength(2)
  })
})

describe('a diagnostic for GitHub', () => {
  test('is one workflow command, with what would end it escaped', () => {
    const diagnostic = diagnose('biling', {
      message: '100% wrong,\nreally: yes',
      hint: 'Look',
      file: 'a,b:c.yaml',
    })
    expect(githubLine(diagnostic)).toBe(
      '::error title=AS3001,file=a%2Cb%3Ac.yaml,line=2,endLine=2,col=19,endColumn=25::100%25 wrong,%0Areally: yes%0ALook',
    )
  })

  test('is a warning or a notice by its severity', () => {
    expect(githubLine(diagnose('biling', { severity: 'warning' }))).toMatch(/^::warning /)
    expect(githubLine(diagnose('biling', { severity: 'info' }))).toMatch(/^::notice /)
  })

  test('has no columns at its end when it covers several lines', () => {
    expect(githubLine(diagnose('biling] }\n  billing'))).toContain('line=2,endLine=3,col=19::')
  })
})

describe('the report of check', () => {
  const error = diagnose('biling')
  const warning = diagnose('biling', { severity: 'warning' })
  const info = diagnose('biling', { severity: 'info' })

  test('is ok without errors; with strict, without warnings, too', () => {
    expect(createReport(['x'], [error, warning, warning, info], false)).toMatchObject({
      ok: false,
      errors: 1,
      warnings: 2,
    })
    expect(createReport(['x'], [warning, info], false).ok).toBe(true)
    expect(createReport(['x'], [warning, info], true)).toMatchObject({ ok: false, errors: 0, warnings: 1 })
    expect(createReport(['x'], [info], true).ok).toBe(true)
  })

  test('ends with a line that counts', () => {
    expect(summaryLine(createReport(['x'], [error, warning, warning], false), plain)).toBe(
      '1 error and 2 warnings in 1 file',
    )
    expect(summaryLine(createReport(['x', 'y'], [warning], true), plain)).toBe(
      '1 warning in 2 files (--strict: warnings fail)',
    )
    expect(summaryLine(createReport(['x', 'y'], [], true), plain)).toBe(
      'ok: 2 files, nothing to complain about',
    )
    expect(summaryLine(createReport(['x'], [info], true), plain)).toBe('ok: 1 file, 1 remark')
  })
})
