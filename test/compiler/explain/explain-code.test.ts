/** What is told of each diagnostic code. */
import { expect, test } from 'vitest'
import { allCodes, explainCode, isDiagnosticCode } from '../../../src/compiler/explain/explain-code.ts'
import { diagnosticCodes } from '../../../src/spec/diagnostic-codes.ts'

test('every code of the table is told, in order', () => {
  expect(allCodes()).toEqual(Object.keys(diagnosticCodes).toSorted())
  expect(isDiagnosticCode('AS3001')).toBe(true)
  expect(isDiagnosticCode('toString')).toBe(false)
})

test.for(allCodes())('%s: its wrong example gives the finding that is shown', async (code) => {
  const { finding, severity, title, wrong, right } = await explainCode(code)
  expect(finding).toMatchObject({ code, severity })
  expect(title).not.toBe('')
  expect(wrong[0]).toMatchObject({ path: 'spec.yaml' })
  expect(wrong.some(({ path }) => path === finding?.file)).toBe(true)
  expect(right[0]?.text).toMatch(/^agentspec: 1$/m)
})

test('the files of an example are told apart', async () => {
  const { right } = await explainCode('AS3002')
  expect(right.map(({ path }) => path)).toEqual(['spec.yaml', 'tools.ts'])
  expect(right[0]?.text).not.toContain('===')
  expect(right[1]?.text).toMatch(/^export function /)
})
