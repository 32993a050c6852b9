import { expect, test } from 'vitest'
import { finishDiagnostics } from '../../src/compiler/finish-diagnostics.ts'
import type { Diagnostic } from '../../src/spec/diagnostic.ts'
import { createSource } from '../../src/spec/source.ts'

const text = 'x'.repeat(100)

function diagnostic(file: string, start: number, end: number, code = 'AS3001', message = 'm'): Diagnostic {
  const location = createSource(file, file, text).locate(start, end)
  return { code, severity: 'error', message, pointer: '', ...location }
}

test('diagnostics come in the order of the files, then of their start, end and code', () => {
  const sorted = [
    diagnostic('b.yaml', 50, 60),
    diagnostic('a.yaml', 0, 90),
    diagnostic('a.yaml', 5, 10),
    diagnostic('a.yaml', 5, 20, 'AS2001'),
    diagnostic('a.yaml', 5, 20, 'AS4001'),
    diagnostic('m.ts', 0, 1),
    diagnostic('n.ts', 0, 1),
  ]
  expect(finishDiagnostics(sorted.toReversed(), ['b.yaml', 'a.yaml'], [])).toEqual(sorted)
})

test('one mistake that was met twice is told once, with the places of both', () => {
  const place = (start: number) => ({
    ...createSource('a', 'a', text).locate(start, start + 1),
    message: 'used here',
  })
  const first = { ...diagnostic('a', 1, 2), related: [place(10)] }
  const second = { ...diagnostic('a', 1, 2), pointer: '/other', related: [place(10), place(20)] }
  expect(finishDiagnostics([first, second], ['a'], [])).toEqual([
    { ...first, related: [place(10), place(20)] },
  ])
})

test('different messages at one place are different mistakes', () => {
  const both = [diagnostic('a', 1, 2, 'AS3001', 'x'), diagnostic('a', 1, 2, 'AS3001', 'y')]
  expect(finishDiagnostics(both, ['a'], [])).toHaveLength(2)
})
