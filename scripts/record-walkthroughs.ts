/** `npm run docs:record`: writes what the commands of the walkthroughs print today into them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './entries.ts'
import { carryOut } from './walkthrough.ts'
import { WALKTHROUGHS } from './walkthroughs.ts'

for (const { file, prepare } of WALKTHROUGHS) {
  const home = mkdtempSync(join(tmpdir(), 'agentspec-docs-'))
  prepare(home)
  const path = join(root, file)
  writeFileSync(path, carryOut(readFileSync(path, 'utf8'), home))
  rmSync(home, { recursive: true })
}
