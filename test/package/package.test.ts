/** The package as its users get it: what is in it, and that it works once installed somewhere else. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectedExports, type PackageJson, publicEntries, root } from '../../scripts/entries.ts'
import { pack, type Packed, runIn, runTool, tempFolder } from './pack.ts'

const folder = tempFolder()
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson
let packed: Packed

beforeAll(() => {
  packed = pack(folder.path)
})

afterAll(() => {
  folder[Symbol.dispose]()
})

describe('the packed package', () => {
  test('has exactly the entry points of src', () => {
    expect(packageJson.exports).toEqual({
      ...expectedExports(publicEntries()),
      './schemas/*': './schemas/*',
      './package.json': './package.json',
    })
  })

  test('has every file that package.json names', () => {
    const targets = Object.values(packageJson.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : [target.types, target.default],
    )
    const named = [...targets, ...Object.values(packageJson.bin)].filter((path) => !path.includes('*'))
    expect(packed.files).toEqual(expect.arrayContaining(named.map((path) => path.replace(/^\.\//, ''))))
  })

  test('has the command, the build, the schemas, licences and a README, and nothing else', () => {
    const expected =
      /^(bin\/agentspec\.cjs|dist\/[\w.-]+\.mjs|dist\/types\/.+\.d\.ts|dist\/THIRD-PARTY-LICENSES\.txt|schemas\/[\w.-]+\.json|LICENSE|README\.md|package\.json)$/
    const needed = [
      'LICENSE',
      'README.md',
      'dist/THIRD-PARTY-LICENSES.txt',
      'schemas/agentspec.v1.schema.json',
    ]
    expect(packed.files.filter((file) => !expected.test(file))).toEqual([])
    expect(packed.files).toEqual(expect.arrayContaining(needed))
  })

  test('does not speak of source maps, which it does not have', () => {
    for (const file of packed.files.filter((path) => path.endsWith('.mjs'))) {
      expect(readFileSync(join(root, file), 'utf8')).not.toContain('//# sourceMappingURL')
    }
  })

  test('is well formed in the eyes of publint', () => {
    const { code, stdout, stderr } = runTool(folder.path, 'publint', ['run', '--strict', packed.tarball])
    expect(stdout + stderr).toContain('All good')
    expect(code).toBe(0)
  })

  test('has types that resolve', () => {
    const { code, stdout } = runTool(folder.path, 'attw', [
      packed.tarball,
      '--profile',
      'esm-only',
      '--no-color',
    ])
    expect(stdout).toContain('"agentspec"')
    expect(code, stdout).toBe(0)
  })
})

describe('installed in an empty folder, it', () => {
  const home = tempFolder()

  beforeAll(() => {
    writeFileSync(join(home.path, 'package.json'), '{ "private": true, "type": "module" }')
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', packed.tarball]
    const { code, stderr } = runIn(home.path, 'npm', install)
    expect(code, stderr).toBe(0)
  }, 120_000)

  afterAll(() => {
    home[Symbol.dispose]()
  })

  test('has a command that knows its version', () => {
    const { code, stdout } = runIn(home.path, 'npx', ['--no-install', 'agentspec', '--version'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${packageJson.version}\n` })
  })

  test('can be imported by each of its names', () => {
    const names = publicEntries().map(({ name }) => (name === 'index' ? 'agentspec' : `agentspec/${name}`))
    const script = `for (const name of ${JSON.stringify(names)}) if (Object.keys(await import(name)).length === 0) throw name`
    const { code, stderr } = runIn(home.path, 'node', ['--input-type=module', '--eval', script])
    expect(code, stderr).toBe(0)
  })

  test('has types that a strict program can use', () => {
    const imports = publicEntries().map(({ name }) => (name === 'index' ? 'agentspec' : `agentspec/${name}`))
    const lines = imports.map(
      (name, n) => `import * as m${n} from '${name}'\nexport const n${n}: number = m${n}`,
    )
    writeFileSync(join(home.path, 'user.ts'), `${lines.join('\n')}\n`)
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', '']
    const { stdout } = runTool(home.path, 'tsc', [...options, 'user.ts'])
    const errors = stdout.split('\n').filter((line) => line.startsWith('user.ts'))
    expect(errors).toHaveLength(imports.length)
    for (const error of errors) expect(error).toContain(`TS2322: Type 'typeof import(`)
  })

  test('stays small: at most 40 packages and 60 MB', () => {
    const modules = join(home.path, 'node_modules')
    const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
    const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as { packages: object }
    expect(Object.keys(lock.packages).length).toBeLessThanOrEqual(40)
    expect(bytes / 1e6).toBeLessThanOrEqual(60)
  })
})
