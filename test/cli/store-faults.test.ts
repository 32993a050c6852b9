/** A store that cannot be used, from the command line: exit 1, what is wrong and what to do, never a stack trace. */
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { SHOP, TOOLS } from '../support/cli-specs.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const BIN = fileURLToPath(new URL('../../bin/agentspec.cjs', import.meta.url))

interface Place {
  readonly path: string
  readonly file: string
  agentspec(...args: readonly string[]): Promise<CommandResult>
}

/** A folder with a store in which one run waits. */
async function openPlace(): Promise<Place> {
  const folder = createWorkspace({ 'shop.yaml': SHOP, 'tools.ts': TOOLS })
  onTestFinished(() => folder[Symbol.dispose]())
  const file = join(folder.path, 'runs.db')
  const place: Place = {
    path: folder.path,
    file,
    agentspec: (...args) =>
      runCommand([...args, '--store', 'sqlite:runs.db', '--json'], { cwd: folder.path }),
  }
  expect((await place.agentspec('run', 'shop.yaml', 'Go')).code).toBe(4)
  return place
}

function expectClear(result: CommandResult, words: string): void {
  expect(result).toMatchObject({
    code: 1,
    json: { error: { code: 'store_error', hint: expect.any(String) } },
  })
  expect(result.stderr).toContain(words)
  expect(result.stderr).not.toMatch(/\n +at /u)
}

test('a store of a newer release is left as it is', async () => {
  const { file, agentspec } = await openPlace()
  const db = new DatabaseSync(file)
  db.exec('PRAGMA user_version = 99')
  db.close()
  const before = readFileSync(file)
  for (const command of [['runs'], ['approve', '-1', '--resume'], ['run', 'shop.yaml', 'Go']]) {
    expectClear(await agentspec(...command), 'was written by a newer release')
  }
  expect(readFileSync(file).equals(before)).toBe(true)
})

test('a store that is none, and one that was cut off', async () => {
  const { file, path, agentspec } = await openPlace()
  copyFileSync(file, join(path, 'whole.db'))
  truncateSync(file, Math.floor(statSync(file).size / 4096 / 3) * 4096)
  expectClear(await agentspec('show', '-1'), 'is damaged')
  writeFileSync(file, 'Dear diary, '.repeat(1000))
  expectClear(await agentspec('approvals'), 'is not a SQLite database')
  copyFileSync(join(path, 'whole.db'), file)
  expect(await agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
})

test('a run whose journal was changed says so, and the others go on', async () => {
  const { file, agentspec } = await openPlace()
  const { json } = await agentspec('show', '-1')
  const { run_id: damaged } = json as { readonly run_id: string }
  await agentspec('run', 'shop.yaml', 'Go')
  const db = new DatabaseSync(file)
  db.prepare(`UPDATE events SET json = replace(json, 'turn.started', 'turn.begun') WHERE run_id = ?`).run(
    damaged,
  )
  db.close()
  const words = `the journal of run ${damaged} makes no sense (event 2: /type must be one of`
  expectClear(await agentspec('show', damaged), words)
  expectClear(await agentspec('approve', damaged, '--resume'), words)
  expectClear(await agentspec('state', 'export', damaged), words)
  expect(await agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
  expect(await agentspec('runs')).toMatchObject({ code: 0, json: { runs: [{ status: 'completed' }, {}] } })
})

test.skipIf(process.platform === 'win32')(
  'a disk without room keeps what was acknowledged, and the run goes on once there is some',
  async () => {
    const { path, file, agentspec } = await openPlace()
    // Blocks of 512 bytes that a file of this process may have; the signal for it is ignored, so that writing fails.
    const blocks = Math.ceil(statSync(file).size / 512) + 8
    const script = `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`
    const args = [BIN, 'approve', '-1', '--resume', '--store', 'sqlite:runs.db', '--json']
    const full = await new Promise<CommandResult>((resolve) => {
      execFile('sh', ['-c', script, process.execPath, ...args], { cwd: path }, (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : 0
        resolve({ code, stdout, stderr, json: JSON.parse(stdout) })
      })
    })
    expectClear(full, 'runs.db')
    const { json } = await agentspec('show', '-1')
    expect(json).toMatchObject({ run_id: expect.stringMatching(/^run_/u) })
    for (let round = 0, code: number | null = 4; code === 4 && round < 4; round++) {
      await agentspec('approve', '-1', '--all')
      ;({ code } = await agentspec('resume', '-1'))
    }
    expect(await agentspec('show', '-1')).toMatchObject({ json: { status: 'completed' } })
    expect(existsSync(join(path, 'calls.log'))).toBe(true)
  },
)
