/** What the build puts into `dist/` besides our own code, and how it takes Node's. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BUNDLED } from '../../scripts/build.ts'
import { root } from '../../scripts/entries.ts'
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
