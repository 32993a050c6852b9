import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const TOUR = fileURLToPath(new URL('../../scripts/tour.ts', import.meta.url))

test('the tour of `npm start` runs offline, and its answer needed a tool call approved in a second process', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'agentspec-tour-'))
  try {
    const env = { PATH: process.env['PATH'], AGENTSPEC_STORE: `sqlite:${join(dir, 'tour.db')}` }
    const { stdout } = await promisify(execFile)(process.execPath, [TOUR], { env })
    expect(stdout).toContain('$ agentspec check specs/quickstart.yaml')
    expect(stdout).toContain('$ agentspec approve -1 --all --resume')
    expect(stdout).toContain('It is 20 °C in Oakland.')
    expect(stdout.match(/tool\.started/gu)).toHaveLength(1)
    expect(stdout.indexOf('approval.decided')).toBeLessThan(stdout.indexOf('tool.started'))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
