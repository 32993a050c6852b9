import { describe, expect, test } from 'vitest'
import { diagnosticCodes } from '../../src/spec/diagnostic-codes.ts'
import { compileText, renderDiagnostic } from '../support/compile-text.ts'

/** Codes whose mistake is in what surrounds a text: they have tests of their own. */
const withoutExample: ReadonlySet<string> = new Set(['AS1010', 'AS1011', 'AS1027'])

describe.each(Object.entries(diagnosticCodes))('%s', (code, row) => {
  test('its right example has no finding', async () => {
    const { diagnostics } = await compileText(row.right)
    expect(diagnostics.map(renderDiagnostic)).toEqual([])
  })

  test.skipIf(withoutExample.has(code))('its wrong example has this finding, of this severity', async () => {
    const { diagnostics } = await compileText(row.wrong, { environment: {} })
    expect(diagnostics.map(renderDiagnostic).join('\n')).toContain(`${row.severity} ${code} `)
  })

  test('its texts are sentences', () => {
    expect(row.title).toMatch(/^[A-Z].*[^.]$/)
  })
})
