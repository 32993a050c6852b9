import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { compileText } from '../support/compile-text.ts'

test('the specs in docs/model-requests.md compile', async () => {
  const text = await readFile(new URL('../../docs/model-requests.md', import.meta.url), 'utf8')
  const specs = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, spec = '']) => spec)
  expect(specs).toHaveLength(2)
  for (const spec of specs) {
    const { diagnostics } = await compileText(spec)
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  }
})
