import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ModuleSource } from '../../../src/compiler/program.ts'
import { RunFailure } from '../../../src/runtime/failures.ts'
import {
  createModuleLoader,
  resolveHandler,
  type ModuleSet,
} from '../../../src/runtime/modules/module-loader.ts'

const folder = await mkdtemp(join(tmpdir(), 'agentspec-modules-'))
const loader = createModuleLoader()
let sets = 0

afterAll(async () => {
  loader.dispose()
  await rm(folder, { recursive: true })
})
afterEach(() => rm(join(folder, 'spec'), { recursive: true, force: true }))

function set(sources: Record<string, string | ModuleSource>, more: Partial<ModuleSet> = {}): ModuleSet {
  const modules = Object.entries(sources).map(([path, source]): [string, ModuleSource] => [
    path,
    typeof source === 'string' ? { source, imports: {} } : source,
  ])
  sets += 1
  return {
    hash: `sha256:${sets}`,
    modules: Object.fromEntries(modules),
    baseDir: join(folder, 'spec'),
    ...more,
  }
}

async function call(modules: ModuleSet, reference: string, ...args: unknown[]): Promise<unknown> {
  const handler = await resolveHandler(loader, modules, reference)
  return handler(...args)
}

async function failure(work: Promise<unknown>): Promise<RunFailure['error']> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof RunFailure) return error.error
  throw new Error(`expected a RunFailure, got ${String(error)}`)
}

const typescript = `import type { ToolContext } from 'agentspec'
interface Args { readonly n: number }
export async function double(args: Args, _ctx?: ToolContext): Promise<number> { return args.n * 2 }`

describe('modules run from their archived bytes', () => {
  test('TypeScript, although the folder does not exist', async () => {
    expect(await call(set({ 'tools.ts': typescript }), 'tools.ts#double', { n: 21 })).toBe(42)
  })

  test.each(['tools.ts', 'tools.mts', 'tools.js', 'tools.mjs', 'deep/er/tools.ts', 'it’s 100% (odd) #1.ts'])(
    '%s is an ES module',
    async (path) => {
      expect(
        await call(set({ [path]: 'export function f() { return import.meta.filename }' }), `${path}#f`),
      ).toBe(join(folder, 'spec', path))
    },
  )

  test('whatever is on disk, and whatever a package.json there says', async () => {
    await mkdir(join(folder, 'spec'))
    await writeFile(join(folder, 'spec', 'package.json'), '{ "type": "commonjs" }')
    await writeFile(join(folder, 'spec', 'tools.js'), 'export const f = () => "disk"')
    await writeFile(join(folder, 'spec', 'part.js'), 'export const part = "disk"')
    const modules = set({
      'tools.js': {
        source: 'import { part } from "./part.js"; export const f = () => part',
        imports: { './part.js': 'part.js' },
      },
      'part.js': 'export const part = "archive"',
    })
    expect(await call(modules, 'tools.js#f')).toBe('archive')
  })

  test('a spec inside node_modules', async () => {
    const modules = set({ 'tools.ts': typescript }, { baseDir: join(folder, 'node_modules', 'a-spec') })
    expect(await call(modules, 'tools.ts#double', { n: 2 })).toBe(4)
  })

  test('two versions of one path live side by side, each loaded once', async () => {
    const source = (text: string): string => `let calls = 0; export const f = () => "${text}" + ++calls`
    const [old, current] = [set({ 'tools.ts': source('old') }), set({ 'tools.ts': source('new') })]
    expect(await call(old, 'tools.ts#f')).toBe('old1')
    expect(await call(current, 'tools.ts#f')).toBe('new1')
    expect(await call(old, 'tools.ts#f')).toBe('old2')
  })

  test('imports stay within the version, through folders and cycles', async () => {
    const version = (text: string): ModuleSet =>
      set({
        'a/tools.ts': {
          source: 'import { b } from "../b.ts"; export const name = () => b(); export const own = () => "A"',
          imports: { '../b.ts': 'b.ts' },
        },
        'b.ts': {
          source: `import { own } from "./a/tools.ts"; export const b = () => own() + "${text}"`,
          imports: { './a/tools.ts': 'a/tools.ts' },
        },
      })
    const [one, two] = [version('1'), version('2')]
    expect(await call(one, 'a/tools.ts#name')).toBe('A1')
    expect(await call(two, 'a/tools.ts#name')).toBe('A2')
  })
})

describe('packages', () => {
  beforeAll(async () => {
    for (const [name, source] of [
      ['left', 'export const left = "installed"'],
      ['@scope/right', 'import "absent-dependency"'],
    ] as const) {
      const at = join(folder, 'node_modules', name)
      await mkdir(at, { recursive: true })
      await writeFile(
        join(at, 'package.json'),
        JSON.stringify({ name, type: 'module', exports: './index.js' }),
      )
      await writeFile(join(at, 'index.js'), source)
    }
  })

  test('resolve from the folder of the spec and upwards', async () => {
    const modules = set({ 'deep/tools.ts': 'import { left } from "left"; export const f = () => left' })
    expect(await call(modules, 'deep/tools.ts#f')).toBe('installed')
  })

  test('node: modules can be imported, with and without the prefix', async () => {
    const source =
      'import { sep } from "node:path"; import path from "path"; export const f = () => sep === path.sep'
    expect(await call(set({ 'tools.ts': source }), 'tools.ts#f')).toBe(true)
  })

  test('one that is not installed is named, with the module that wants it and the next step', async () => {
    const modules = set({
      'tools.ts': { source: 'import "./part.ts"', imports: { './part.ts': 'part.ts' } },
      'part.ts': '\nimport x from "@none/absent/sub/path"',
    })
    expect(await failure(loader.load(modules, 'tools.ts'))).toEqual({
      code: 'module_load_failed',
      message:
        `part.ts imports the package @none/absent, which is not installed in ${join(folder, 'spec')}: ` +
        'run npm install @none/absent there',
    })
  })

  test('what a package itself lacks is said as it is', async () => {
    const modules = set({ 'tools.ts': 'import "@scope/right"' })
    expect((await failure(loader.load(modules, 'tools.ts'))).message).toMatch(
      /^tools\.ts failed while it was loaded: Cannot find package 'absent-dependency' imported from .*right/,
    )
  })
})

describe('nothing outside the spec is imported from disk', () => {
  test.each([
    './other.js',
    '../outside.js',
    '/etc/passwd',
    '.',
    '..',
    '#alias',
    'file:///etc/hosts',
    'data:text/javascript,1',
  ])('%s', async (specifier) => {
    await mkdir(join(folder, 'spec'))
    await writeFile(join(folder, 'spec', 'other.js'), 'export {}')
    const modules = set({ 'tools.js': `import ${JSON.stringify(specifier)}` })
    expect(await failure(loader.load(modules, 'tools.js'))).toEqual({
      code: 'module_load_failed',
      message: expect.stringContaining(`tools.js imports "${specifier}", which is not part of the spec`),
    })
  })

  test('nor from another spec', async () => {
    const other = set({ 'tools.ts': 'export const f = () => 1' })
    await call(other, 'tools.ts#f')
    const address = `file://${folder}/spec/tools.ts?agentspec=${encodeURIComponent(other.hash)}`
    const modules = set({ 'tools.js': `import ${JSON.stringify(address)}` })
    expect((await failure(loader.load(modules, 'tools.js'))).message).toContain('not part of the spec')
  })

  test('imports at run time are held to the same', async () => {
    const modules = set({ 'tools.js': 'export const f = (name) => import(name)' })
    await expect(call(modules, 'tools.js#f', './other.js')).rejects.toThrow('not part of the spec')
    await expect(call(modules, 'tools.js#f', 'node:path')).resolves.toHaveProperty('sep')
  })
})

describe('failures name the module and the line, without a stack', () => {
  test.each([
    ['throws', '\n\nthrow new Error("no key")', 'tools.ts failed while it was loaded, line 3: no key'],
    ['many lines', 'throw new Error("first\\nsecond")', 'tools.ts failed while it was loaded, line 1: first'],
    ['not an error', 'throw "text"', 'tools.ts failed while it was loaded: text'],
    ['syntax', '\nexport const = 1', 'tools.ts failed while it was loaded, line 2: '],
    ['enum', 'enum A { X }', 'tools.ts failed while it was loaded, line 1: TypeScript enum is not supported'],
    [
      'no such export',
      'import { nope } from "node:path"',
      "line 1: The requested module 'node:path' does not provide",
    ],
    [
      'undefined name',
      'const a: number = 1;\nmissing()',
      'tools.ts failed while it was loaded, line 2: missing is not',
    ],
  ])('%s', async (_name, source, message) => {
    const error = await failure(loader.load(set({ 'tools.ts': source }), 'tools.ts'))
    expect(error.code).toBe('module_load_failed')
    expect(error.message).toContain(message)
    expect(error.message).not.toContain('\n')
    expect(error.message).not.toContain('agentspec=')
  })

  test('of an imported module', async () => {
    const modules = set({
      'tools.ts': { source: 'import "./part.ts"', imports: { './part.ts': 'part.ts' } },
      'part.ts': '\nthrow new Error("inner")',
    })
    expect((await failure(loader.load(modules, 'tools.ts'))).message).toBe(
      'tools.ts (in part.ts) failed while it was loaded, line 2: inner',
    )
  })
})

describe('handlers', () => {
  const modules = set({
    'tools.ts': 'export const lookupOrder = () => 1; export const limit = 5; export default () => 2',
  })

  test.each([
    ['tools.ts#lookupOrdr', 'tools.ts does not export lookupOrdr. Did you mean lookupOrder?'],
    ['tools.ts#weather', 'tools.ts does not export weather. Its functions are default, lookupOrder.'],
    ['tools.ts#toString', 'tools.ts does not export toString. Its functions are default, lookupOrder.'],
    ['tools.ts#limit', 'tools.ts exports limit, but it is not a function'],
    ['other.ts#x', 'other.ts cannot be loaded: it is not part of the spec'],
  ])('%s', async (reference, message) => {
    expect(await failure(resolveHandler(loader, modules, reference))).toEqual({
      code: 'module_load_failed',
      message,
    })
  })
})

test('a closed loader loads nothing more, and never the file on disk', async () => {
  await mkdir(join(folder, 'spec'))
  await writeFile(join(folder, 'spec', 'tools.mjs'), 'export const f = () => "disk"')
  const closing = createModuleLoader()
  closing.dispose()
  const error = await failure(closing.load(set({ 'tools.mjs': 'export const f = () => 1' }), 'tools.mjs'))
  expect(error.message).toBe('tools.mjs cannot be loaded: the module loader was closed')
})
