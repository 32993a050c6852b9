/** What the build puts into `dist/` besides our own code, and how it takes Node's. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { init, parse } from 'es-module-lexer'
import { describe, expect, test } from 'vitest'
import { BUNDLED } from '../../scripts/build.ts'
import { type PackageJson, publicEntries, root } from '../../scripts/entries.ts'
import { licensesOf } from '../../scripts/third-party-licenses.ts'
import { tempFolder } from './pack.ts'

const dist = join(root, 'dist')
const bundles = readdirSync(dist)
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => readFileSync(join(dist, file), 'utf8'))

test('every package whose code is bundled is named with its version and its licence', () => {
  const packages = [...BUNDLED, 'fast-deep-equal', 'fast-uri', 'json-schema-traverse']
  const licences = readFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
  for (const name of packages) {
    const { version } = JSON.parse(
      readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
    ) as {
      version: string
    }
    expect(licences).toMatch(new RegExp(`^${RegExp.escape(`${name} ${version}`)} \\(.+\\)\n-+\n\n\\S`, 'm'))
  }
})

test('a package without a licence is not bundled', () => {
  using folder = tempFolder()
  const home = join(folder.path, 'node_modules/unlicensed')
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), '{ "name": "unlicensed", "version": "1.0.0", "license": "MIT" }')
  expect(() => licensesOf([join(home, 'index.js')])).toThrow('unlicensed comes without a licence')
})

test('no module of Node is imported: a start would look at all that is in it', () => {
  expect(
    bundles.filter((code) => /^import .* from "(?:node:)?(?:fs|process|util|crypto|path)";$/m.test(code)),
  ).toEqual([])
})

describe('what users install', () => {
  const { dependencies, devDependencies, peerDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as PackageJson & { devDependencies: Record<string, string>; peerDependencies: Record<string, string> }

  test('is not bundled as well: that is a dependency of development only', () => {
    expect([...BUNDLED].filter((name) => name in dependencies)).toEqual([])
    expect([...BUNDLED].filter((name) => !(name in devDependencies))).toEqual([])
  })

  test('is all that the bundles import', async () => {
    await init()
    const imported = new Set(bundles.flatMap(packagesIn))
    expect(imported.size).toBeGreaterThan(0)
    expect([...imported].filter((name) => !(name in dependencies || name in peerDependencies))).toEqual([])
  })

  test('is all that the public types speak of', () => {
    const seen = new Set<string>()
    const named = publicEntries().flatMap(({ name }) =>
      packagesOfTypes(join(dist, `types/${name}.d.ts`), seen),
    )
    expect(seen.size).toBeGreaterThan(publicEntries().length)
    expect(named.filter((name) => !(name in dependencies))).toEqual([])
  })
})

/** The packages that a bundle imports, static or not; a computed import is none of ours. */
function packagesIn(code: string): readonly string[] {
  return parse(code)[0].flatMap((one) => (one.type === 'import-meta' ? [] : packageOf(one.specifier)))
}

/** The packages that declarations reach. */
function packagesOfTypes(path: string, seen: Set<string>): readonly string[] {
  if (seen.has(path)) return []
  seen.add(path)
  const specifiers = [...readFileSync(path, 'utf8').matchAll(/(?:from |import\()'([^']+)'/g)]
  return specifiers.flatMap(([, specifier = '']) =>
    specifier.startsWith('.')
      ? packagesOfTypes(join(dirname(path), specifier.replace(/\.ts$/, '.d.ts')), seen)
      : packageOf(specifier),
  )
}

function packageOf(specifier: string | null | undefined): readonly string[] {
  if (typeof specifier !== 'string' || /^[./]/.test(specifier) || isBuiltin(specifier)) return []
  return [/^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier]
}
