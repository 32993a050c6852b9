/** Modules that are nested more deeply than Node can read. */
import { stripTypeScriptTypes } from 'node:module'
import { expect, test } from 'vitest'
import { compileText } from '../../support/compile-text.ts'
import { expectDiagnostics } from '../../support/expect-diagnostics.ts'

const tooDeep = `export const t = ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`
const message = 'has a syntax error: Node cannot read it; perhaps it is nested too deeply.'

function specOf(...handlers: readonly string[]): string {
  const tools = handlers.map(
    (handler, n) => `  t${n}: { type: function, description: T, handler: ${handler} }`,
  )
  const names = handlers.map((_, n) => `t${n}`).join(', ')
  return `agentspec: 1
name: demo
agents: { triage: { tools: [${names}] } }
tools:
${tools.join('\n')}
`
}

test('a module that is nested too deeply for Node is a diagnostic', async () => {
  await expectDiagnostics(`${specOf('./t.ts#t')}=== t.ts\n${tooDeep}`, [`t.ts:1:1 AS3019 "t.ts" ${message}`])
})

test('the modules beside it are read as if it were not there', async () => {
  const good = `export const a: number = 1 // ${'long '.repeat(200)}\n`
  const text = `${specOf('./t.ts#t', './good.ts#b', './short.ts#b', './deeper.ts#t')}=== t.ts
${tooDeep}=== good.ts
${good}=== short.ts
export const a: number = 1
=== deeper.ts
${tooDeep}`
  await expectDiagnostics(text, [
    '6:60 AS3014 "./good.ts" does not export "b".',
    '7:61 AS3014 "./short.ts" does not export "b".',
    `t.ts:1:1 AS3019 "t.ts" ${message}`,
    `deeper.ts:1:1 AS3019 "deeper.ts" ${message}`,
  ])
})

test('Node itself goes on reading TypeScript in the same process', async () => {
  await compileText(`${specOf('./t.ts#t')}=== t.ts\n${tooDeep}`)
  expect(stripTypeScriptTypes('const a: number = 1')).toBe('const a         = 1')
  const { ok } = await compileText(`${specOf('./t.ts#t')}=== t.ts\nexport function t(): void {}\n`)
  expect(ok).toBe(true)
})

test.each([
  ['brackets', '(', 1, ''],
  ['types', 'type A=A<', 2, ''],
  ['classes', '@(class{', 3, ''],
  ['methods', '({set a(b=', 4, ''],
  ['arrows', 'a=>', 1, '1'],
  ['labels', 'a:', 1, '1'],
  ['chains', 'new ', 1, 'a'],
])('what is read here does not break the reader: %s', async (_what, level, marks, end) => {
  const text = level.repeat(Math.floor(450 / marks)) + end
  await compileText(`${specOf('./t.ts#t')}=== t.ts\n${text}\n`)
  expect(stripTypeScriptTypes('const a: number = 1')).toBe('const a         = 1')
})
