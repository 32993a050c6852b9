/** The specs that people see first, and one as long as they come, compile without a single finding. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateSpec } from '../../bench/support/generate-spec.ts'
import { compileFile, compileSpec } from '../../src/compiler/compile.ts'
import { renderDiagnostic } from '../support/compile-text.ts'
import { memoryLoader } from '../support/memory-loader.ts'

const root = join(import.meta.dirname, '../..')
/** Files that specs include have no name. */
const examples = globSync('specs/**/*.yaml', { cwd: root })
  .filter((path) => /^name:/m.test(readFileSync(join(root, path), 'utf8')))
  .toSorted()

test('there are examples', () => {
  expect(examples).toEqual(expect.arrayContaining(['specs/quickstart.yaml', 'specs/support.yaml']))
})

test.each(examples)('%s compiles without a diagnostic', async (path) => {
  const { ok, diagnostics } = await compileFile(join(root, path), { environment: {} })
  expect(diagnostics.map(renderDiagnostic)).toEqual([])
  expect(ok).toBe(true)
})

test('a spec of 10,000 lines compiles without a diagnostic', async () => {
  const files = generateSpec(10_000)
  expect(files['spec.yaml']?.trimEnd().split('\n')).toHaveLength(10_000)
  const result = await compileSpec({
    loader: memoryLoader(files),
    rootFile: 'spec.yaml',
    baseDir: '/spec',
    displayName: (path) => path,
    environment: {},
  })
  expect(result.diagnostics.map(renderDiagnostic)).toEqual([])
  expect(Object.keys(result.program?.agents ?? {}).length).toBeGreaterThan(200)
})
