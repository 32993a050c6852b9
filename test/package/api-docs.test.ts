/** docs/api.md: its examples are compiled against the built types and run, and no exported name is missing from it. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { runIn, runTool, tempFolder } from './pack.ts'

interface Example {
  /** A file that others use, or a program of its own. */
  readonly file: string
  readonly isProgram: boolean
  readonly text: string
  /** What it prints, as the comments behind its lines say. */
  readonly prints: readonly string[]
}

const docs = readFileSync(join(root, 'docs/api.md'), 'utf8')

function examplesIn(text: string): readonly Example[] {
  return [...text.matchAll(/^```(?:ts|yaml)\n(.*?)^```$/gms)].map(([block, code = ''], index) => {
    const named = /^(?:\/\/|#) ([\w-]+\.(?:ts|yaml))\n/.exec(code)?.[1]
    const line = text.slice(0, text.indexOf(block)).split('\n').length
    return {
      file: named ?? `example-${index}-line-${line}.ts`,
      isProgram: named === undefined,
      text: code,
      prints: [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, said = '']) => said),
    }
  })
}

const examples = examplesIn(docs)
const programs = examples.filter((example) => example.isProgram)
const home = tempFolder()

beforeAll(() => {
  mkdirSync(join(home.path, 'node_modules'))
  symlinkSync(root, join(home.path, 'node_modules/agentspec'))
  writeFileSync(join(home.path, 'package.json'), '{ "private": true, "type": "module" }')
  for (const { file, text } of examples) writeFileSync(join(home.path, file), text)
})

afterAll(() => {
  home[Symbol.dispose]()
})

describe('the examples of docs/api.md', () => {
  test('are there', () => {
    expect(programs.length).toBeGreaterThan(10)
    expect(programs.filter(({ prints, text }) => prints.length === 0 && !text.includes('assert'))).toEqual([])
  })

  test('compile in a strict program', () => {
    const options = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noUnusedLocals: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2025', 'esnext.disposable'],
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      skipLibCheck: true,
    }
    writeFileSync(join(home.path, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }))
    const { code, stdout } = runTool(home.path, 'tsc', ['-p', '.'])
    expect(stdout).toBe('')
    expect(code).toBe(0)
  })

  test.each(programs)('$file prints what it says', ({ file, prints }) => {
    const { code, stdout, stderr } = runIn(home.path, 'node', [file])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n').slice(0, -1)).toEqual(prints)
  })
})

describe('docs/api.md names', () => {
  test.each(['index.ts', 'testing.ts'])('everything that src/%s exports', (entry) => {
    const source = readFileSync(join(root, 'src', entry), 'utf8')
    const names = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gms)].flatMap(([, list = '']) =>
      list.split(',').map((name) => name.trim()),
    )
    const exported = names.filter((name) => name !== '')
    expect(exported.length).toBeGreaterThan(5)
    // In the text or in an example, as a word.
    expect(exported.filter((name) => !new RegExp(`\\b${name}\\b`).test(docs))).toEqual([])
  })
})
