/** `fixSpec`: which fixes are kept, and in what order. */
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/compiler/fix/apply-edits.ts'
import { chooseFixes } from '../../../src/compiler/fix/choose-fixes.ts'
import { fixSpec } from '../../../src/compiler/fix/fix-spec.ts'
import type { FixedSpec } from '../../../src/compiler/fix/fix-spec.ts'
import type { Diagnostic, TextEdit } from '../../../src/spec/diagnostic.ts'
import { renderDiagnostic, splitFiles } from '../../support/compile-text.ts'
import { memoryLoader } from '../../support/memory-loader.ts'

async function fix(files: Readonly<Record<string, string>>): Promise<FixedSpec> {
  return await fixSpec({
    loader: memoryLoader(files),
    rootFile: 'spec.yaml',
    baseDir: '/spec',
    displayName: (path) => `specs/${path}`,
  })
}

/** The texts after fixing, and once more the same. */
async function fixTwice(
  text: string,
): Promise<{ readonly first: FixedSpec; readonly texts: Record<string, string> }> {
  const files = splitFiles(text)
  const first = await fix(files)
  const texts = { ...files, ...Object.fromEntries(first.changes.map(({ path, after }) => [path, after])) }
  const second = await fix(texts)
  expect(second.fixed).toEqual([])
  expect(second.result.diagnostics).toEqual(first.result.diagnostics)
  return { first, texts }
}

const GOOD = `agentspec: 1
name: demo
entry: triage
models: { main: { provider: scripted, script: [ { text: Hi. } ] } }
agents:
  triage: { model: main, instructions: Help., handoffs: [billing] }
  billing: { model: main, instructions: Bill. }
`
const MANY = GOOD.replace('name: demo', 'name: Demo!')
  .replace('[billing]', '[biling]')
  .replace('model: main', 'model: mian')

describe('fixing a spec', () => {
  test('fixes everything that can be fixed at once, in each of its files', async () => {
    const { first, texts } = await fixTwice(
      `${MANY.replace('agents:', 'include: [./more.yaml]\nagents:').replace('[biling]', '[biling, refunds]')}=== more.yaml\nagents: { refunds: { modl: main, instructions: Refund. } }\n`,
    )
    expect(first.result.diagnostics).toEqual([])
    expect(
      first.fixed.map(({ file, code, start, description }) => [file, code, start.line, description]),
    ).toEqual([
      ['specs/spec.yaml', 'AS2010', 2, 'Replace with "demo"'],
      ['specs/spec.yaml', 'AS3003', 7, 'Replace with "main"'],
      ['specs/spec.yaml', 'AS3001', 7, 'Replace with "billing"'],
      ['specs/more.yaml', 'AS2001', 1, 'Replace with "model"'],
    ])
    expect(texts['more.yaml']).toBe('agents: { refunds: { model: main, instructions: Refund. } }\n')
    expect(first.changes.map(({ file }) => file)).toEqual(['specs/spec.yaml', 'specs/more.yaml'])
  })

  test('changes nothing but the places of the fixes', async () => {
    const { texts } = await fixTwice(MANY)
    expect(texts['spec.yaml']).toBe(GOOD)
    const windows = await fixTwice(`\uFEFF${MANY.replaceAll('\n', '\r\n')}`)
    expect(windows.first.changes[0]?.after).toBe(GOOD.replaceAll('\n', '\r\n'))
  })

  test('goes on with what a fix brings to light', async () => {
    const { first, texts } = await fixTwice(
      GOOD.replace('model: main, instructions: H', 'modle: mian, instructions: H'),
    )
    expect(texts['spec.yaml']).toBe(GOOD)
    expect(first.fixed.map(({ code }) => code)).toEqual(['AS2001', 'AS3003'])
  })

  test('never gives two keys of a map one name', async () => {
    const { first, texts } = await fixTwice(
      GOOD.replace('model: main, instructions: H', 'modle: main, moodel: main, instructions: H'),
    )
    expect(texts['spec.yaml']).toBe(
      GOOD.replace('model: main, instructions: H', 'model: main, moodel: main, instructions: H'),
    )
    expect(first.result.diagnostics.map(({ code }) => code)).toEqual(['AS2001'])
  })

  test('leaves out a fix that would bring as many mistakes, and carries out the others', async () => {
    const text = MANY.replace('[biling]', '[biling, bilingg]')
    const { first, texts } = await fixTwice(text)
    expect(texts['spec.yaml']).toBe(GOOD.replace('[billing]', '[billing, bilingg]'))
    expect(first.result.diagnostics.map(renderDiagnostic)).toEqual([
      expect.stringContaining('AS3001 Unknown agent "bilingg"'),
    ])
  })

  test('leaves a spec with a syntax error, and one that is not there, as they are', async () => {
    expect(await fix({ 'spec.yaml': 'agents: [' })).toMatchObject({
      fixed: [],
      changes: [],
      result: { ok: false },
    })
    expect(await fix({})).toMatchObject({
      fixed: [],
      changes: [],
      result: { diagnostics: [{ code: 'AS1027' }] },
    })
  })

  test('leaves out a fix in vain that comes with good ones', async () => {
    const text = MANY.replace('[biling]', '[billing, biling]')
    const { first, texts } = await fixTwice(text)
    expect(texts['spec.yaml']).toBe(GOOD.replace('[billing]', '[billing, biling]'))
    expect(first.fixed.map(({ code }) => code)).toEqual(['AS2010', 'AS3003'])
  })

  test('corrects warnings, and errors behind which there are warnings', async () => {
    const look =
      'tools: { look: { type: http, method: GET, url: "https://example.com/", description: Look } }\n'
    const rule = (tool: string): string => `approvals: { rules: [ { tool: ${tool}, decide: ask } ] }\n`
    const used = GOOD.replace('[billing]', '[billing], tools: [look]') + look
    const warned = await fixTwice(used + rule('lok'))
    expect(warned.texts['spec.yaml']).toBe(used + rule('look'))
    const hidden = await fixTwice(GOOD + look.replace('tools', 'tols'))
    expect(hidden.texts['spec.yaml']).toBe(GOOD + look)
    expect(hidden.first.result.diagnostics).toMatchObject([{ severity: 'warning' }])
  })

  test('takes every file as it was when it was first read', async () => {
    const files = memoryLoader({
      'spec.yaml': MANY.replace('models:', 'include: [./more.yaml]\nmodels:'),
      'more.yaml': '{}\n',
    })
    const read: string[] = []
    const { result, fixed } = await fixSpec({
      loader: {
        ...files,
        readText: async (path) => {
          read.push(path)
          return await files.readText(path)
        },
      },
      rootFile: 'spec.yaml',
      baseDir: '/spec',
      displayName: (path) => path,
    })
    expect({ read, ok: result.ok, fixed: fixed.length }).toEqual({
      read: ['spec.yaml', 'more.yaml'],
      ok: true,
      fixed: 3,
    })
  })
})

describe('of fixes that meet', () => {
  const fixable = (pointer: string, ...edits: readonly TextEdit[]): Diagnostic => {
    const start = { line: 1, column: 1, offset: 0 }
    return {
      code: 'AS2001',
      severity: 'error',
      message: pointer,
      file: 'x',
      start,
      end: start,
      pointer,
      fix: { description: '', edits },
    }
  }
  const edit = (start: number, end: number, text = `${start}`): TextEdit => ({ start, end, text })
  const chosen = (...diagnostics: readonly Diagnostic[]): readonly string[] =>
    chooseFixes(diagnostics).map(({ pointer }) => pointer)

  test('the first is chosen', () => {
    expect(chosen(fixable('/a', edit(3, 6)), fixable('/b', edit(5, 7)), fixable('/c', edit(6, 8)))).toEqual([
      '/a',
      '/c',
    ])
    expect(chosen(fixable('/a', edit(3, 3)), fixable('/b', edit(3, 5)))).toEqual(['/a'])
    expect(chosen(fixable('/a', edit(1, 2)), fixable('/b', edit(5, 6), edit(1, 2)))).toEqual(['/a'])
  })

  test('those in other files, and those that write another text, are chosen, too', () => {
    expect(chosen(fixable('/a', edit(3, 6)), { ...fixable('/b', edit(3, 6)), file: 'y' })).toEqual([
      '/a',
      '/b',
    ])
    expect(
      chosen(
        fixable('/m/a', edit(1, 2, 'x')),
        fixable('/m/b', edit(4, 5, 'x')),
        fixable('/n/a', edit(7, 8, 'x')),
      ),
    ).toEqual(['/m/a', '/n/a'])
  })

  test('a diagnostic without an edit has nothing to carry out', () => {
    const { fix: _, ...none } = fixable('/a')
    expect(chosen(none, fixable('/b'))).toEqual([])
  })

  test('edits are carried out in whatever order they come', () => {
    expect(applyEdits('a 😀 c', [edit(5, 6, 'C'), edit(0, 1, 'A'), edit(2, 4, 'b'), edit(6, 6, '!')])).toBe(
      'A b C!',
    )
    expect(applyEdits('same', [])).toBe('same')
  })
})
