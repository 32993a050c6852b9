import { describe, expect, test } from 'vitest'
import { compileText, programOf } from '../../support/compile-text.ts'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const spec = (handler: string, files: string): string => `agentspec: 1
name: demo
agents: { triage: { tools: [t] } }
tools: { t: { type: function, description: T, handler: ${handler} } }
${files}`

describe('the closure of tool modules', () => {
  test('holds the source of each module, as written, and where its relative imports lead', async () => {
    const source = `import { b } from './lib/b.ts'
import type { Unused } from './types-only.ts'
import { readFile } from 'node:fs/promises'
import OpenAI from 'openai'
export const t = async (args: { n: number }) => [b, readFile, OpenAI, await import('./lib/c.mjs')]
`
    const program = await programOf(
      spec(
        './t.ts#t',
        `=== t.ts\n${source}=== lib/b.ts\nexport { b } from './c.mjs'\n=== lib/c.mjs\nexport const b = 1\n`,
      ),
    )
    expect(program.tools['t']).toMatchObject({ handler: 't.ts#t' })
    expect(program.modules).toEqual({
      't.ts': { source, imports: { './lib/b.ts': 'lib/b.ts', './lib/c.mjs': 'lib/c.mjs' } },
      'lib/b.ts': { source: "export { b } from './c.mjs'\n", imports: { './c.mjs': 'lib/c.mjs' } },
      'lib/c.mjs': { source: 'export const b = 1\n', imports: {} },
    })
  })

  test('modules may import each other', async () => {
    await expectValid(
      spec('./a.ts#a', `=== a.ts\nimport './b.ts'\nexport const a = 1\n=== b.ts\nimport './a.ts'\n`),
    )
  })

  test('a module that no handler reaches is not part of it', async () => {
    const program = await programOf(
      spec('./a.ts#a', '=== a.ts\nexport const a = 1\n=== b.ts\nexport const b = 1\n'),
    )
    expect(Object.keys(program.modules)).toEqual(['a.ts'])
  })
})

describe('exports', () => {
  test.each([
    ['a function', 'export function t() {}'],
    ['an async generator', 'export async function* t() {}'],
    ['a constant', 'export const a = 1, t = 2'],
    ['a class', 'export class t {}'],
    ['a list', 'const x = 1; export { x as t }'],
    ['a destructured constant', 'export const { t } = { t: 1 }'],
    ['another module', "export { t } from './other.ts'"],
    ['all of another module', "export * from './other.ts'"],
    ['all of a package, which is not looked into', "export * from 'some-package'"],
  ])('may come from %s', async (_what, text) => {
    await expectValid(spec('./t.ts#t', `=== t.ts\n${text}\n=== other.ts\nexport const t = 1\n`))
  })

  test.each([
    ['only a type', 'export type t = string', 'It exports nothing.'],
    ['only something else', 'export const other = 1; const t = 2', 'It exports "other".'],
    ['a default, by export *', "export * from './other.ts'", 'It exports nothing.'],
  ])('a module that exports %s does not have it', async (_what, text, hint) => {
    const { diagnostics } = await compileText(
      spec('./m.ts#t', `=== m.ts\n${text}\n=== other.ts\nexport default 1\n`),
    )
    expect(diagnostics).toMatchObject([{ code: 'AS3014', message: '"./m.ts" does not export "t".', hint }])
  })

  test('a typo is pointed at inside the reference, and can be fixed', async () => {
    const text = spec('"./t.ts#canelOrder"', '=== t.ts\nexport const cancelOrder = 1\n')
    const { diagnostics } = await compileText(text)
    expect(diagnostics).toMatchObject([
      { code: 'AS3014', message: '"./t.ts" does not export "canelOrder". Did you mean "cancelOrder"?' },
    ])
    const [edit] = diagnostics[0]?.fix?.edits ?? []
    expect(text.slice(edit?.start, edit?.end)).toBe('canelOrder')
  })
})

describe('modules that cannot be archived or loaded', () => {
  test.each([
    ['CommonJS', 'module.exports = { t: 1 }', 't.js:1:1 AS3017'],
    ['CommonJS, another way', 'exports.t = () => 1', 't.js:1:1 AS3017'],
    ['an enum', 'enum E { a }\nexport const t = E', 't.ts:1:1 AS3018'],
    ['a namespace', 'namespace N { export const a = 1 }\nexport const t = N', 't.ts:1:1 AS3018'],
    ['a parameter property', 'export class t { constructor(private x: number) {} }', 't.ts:1:38 AS3018'],
    ['a syntax error', 'export const t = }', 't.ts:1:18 AS3019'],
    ['a syntax error in JavaScript', 'export const t = }', 't.js:1:18 AS3019'],
    ['a syntax error at the end', 'export const t = {', 't.ts:1:1 AS3019'],
    ['a computed import', 'export const t = (x: string) => import(x)', 't.ts:1:40 AS3020'],
    ['an import by pattern', 'export const t = (x) => import(`./${x}.js`)', 't.js:1:32 AS3020'],
    ['an import above the folder', "import '../x.ts'\nexport const t = 1", 't.ts:1:9 AS3015'],
    ['an absolute import', "import '/x.ts'\nexport const t = 1", 't.ts:1:9 AS3015'],
    ['an import by URL', "import 'https://example.com/x.js'\nexport const t = 1", 't.ts:1:9 AS3015'],
    ['a data URL', "import 'data:text/javascript,1'\nexport const t = 1", 't.ts:1:9 AS3015'],
    ['a missing import', "import './x.ts'\nexport const t = 1", 't.ts:1:9 AS3016'],
    [
      'an import of JSON',
      "import x from './data.json' with { type: 'json' }\nexport const t = x",
      't.ts:1:16 AS3013',
    ],
  ])('%s', async (_what, source, expected) => {
    const [name = ''] = expected.split(':')
    const { diagnostics } = await compileText(
      spec(`./${name}#t`, `=== ${name}\n${source}\n=== data.json\n{}\n`),
    )
    expect(
      diagnostics.map(({ file, start, code }) => `${file}:${start.line}:${start.column} ${code}`),
    ).toEqual([expected])
  })

  test.each([
    ['without its ending', './lib', './lib.ts'],
    ['by the name of its output', './lib.js', './lib.ts'],
    ['misspelt', './lbi.ts', './lib.ts'],
  ])('an import %s names the file that is meant', async (_what, specifier, meant) => {
    await expectDiagnostics(
      spec('./t.ts#t', `=== t.ts\nimport '${specifier}'\nexport const t = 1\n=== lib.ts\nexport {}\n`),
      [`t.ts:1:9 AS3016 There is no file "${specifier}" to import. Did you mean "${meant}"?`],
    )
  })

  test.each([
    ['another language', './t.py#t', '4:56 AS3013 "./t.py" is not a module that can be loaded.'],
    ['a CommonJS ending', './t.cjs#t', '4:56 AS3013 "./t.cjs" is not a module that can be loaded.'],
    ['a missing module', './n.ts#t', '4:56 AS3008 There is no file "./n.ts".'],
    ['a built-in', 'node:fs#readFileSync', '4:56 AS3011 "node:fs" is a URL, not a path.'],
    ['above the folder', '../t.ts#t', `4:56 AS3011 "../t.ts" leads out of the spec's folder.`],
  ])('a handler in %s', async (_what, handler, expected) => {
    await expectDiagnostics(spec(handler, '=== t.py\n\n=== t.cjs\n\n'), [expected])
  })

  test('a mistake in a module is told once, whoever reaches it', async () => {
    const text = `agentspec: 1
name: demo
agents: { triage: { tools: [a, b] } }
tools:
  a: { type: function, description: A, handler: ./t.ts#a }
  b: { type: function, description: B, handler: ./t.ts#b }
=== t.ts
enum E { x }
export const a = 1, b = 2
`
    await expectDiagnostics(text, [
      't.ts:1:1 AS3018 Types are only erased, not compiled: TypeScript enum is not supported.',
    ])
  })
})
