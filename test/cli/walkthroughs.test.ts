/** Documents that take a reader by the hand: every command in them prints what stands there. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { carryOut, comparable } from '../../scripts/walkthrough.ts'
import { WALKTHROUGHS } from '../../scripts/walkthroughs.ts'

test.each(WALKTHROUGHS)('$file says what its commands print', { timeout: 120_000 }, ({ file, prepare }) => {
  const home = mkdtempSync(join(tmpdir(), 'agentspec-docs-'))
  try {
    prepare(home)
    const document = readFileSync(join(root, file), 'utf8')
    expect(document).toContain('```console\n$ agentspec ')
    // `npm run docs:record` writes what is printed today.
    expect(comparable(document)).toBe(comparable(carryOut(document, home)))
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
