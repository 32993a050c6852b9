/** The specs in `specs/` pass their tests without a network. (`files.yaml`, which starts a server, is run in `mcp.test.ts`.) */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { runCommand } from '../support/run-command.ts'

const specs = join(root, 'specs')
const names = readdirSync(specs).filter(
  (name) => /^[a-z-]+\.yaml$/.test(name) && existsSync(join(specs, name.replace('.yaml', '.test.yaml'))),
)

test.for(names)('%s is as its tests say', async (name) => {
  const { code, stderr, json } = await runCommand(['test', name.replace('.yaml', '.test.yaml'), '--json'], {
    cwd: specs,
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(json).toMatchObject({
    failed: 0,
    tests: expect.arrayContaining([expect.objectContaining({ kind: 'test' })]),
  })
})
