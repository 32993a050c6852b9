/** `state export --move`: a run goes on in one place only. */
import { expect, test } from 'vitest'
import { HELLO, SHOP, TOOLS } from '../support/cli-specs.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const THERE = ['--store', 'sqlite:there.db']

test('a run that is exported with --move ends here, and goes on where it is imported', async () => {
  using folder = createWorkspace({ 'shop.yaml': SHOP, 'tools.ts': TOOLS })
  const agentspec = (...words: readonly string[]): Promise<CommandResult> =>
    runCommand(words, { cwd: folder.path })
  const { json: paused } = await agentspec('run', 'shop.yaml', 'Hi', '--json')
  const { run_id } = paused as { run_id: string }

  const exported = await agentspec('state', 'export', 'latest', '--bundle', '--move')
  expect(exported).toMatchObject({ code: 0, json: { run_id, status: 'paused' } })
  expect(exported.stderr).toBe(`${run_id} has ended here; "agentspec state import" goes on with it\n`)
  expect((await agentspec('show', run_id, '--json')).json).toMatchObject({ status: 'cancelled' })
  expect((await agentspec('approve', run_id, '--resume')).code).toBe(3)

  folder.write('run.json', exported.stdout)
  const imported = await agentspec('state', 'import', 'run.json', '--trust-spec', '--json', ...THERE)
  expect(imported).toMatchObject({ code: 0, json: { run_id, status: 'paused' } })
  expect(await agentspec('approve', '-1', '--resume', ...THERE)).toMatchObject({
    code: 0,
    stdout: 'Cancelled.\n',
  })
})

test('the document can be printed once more, should it be lost', async () => {
  using folder = createWorkspace({ 'shop.yaml': SHOP, 'tools.ts': TOOLS })
  const agentspec = (...words: readonly string[]): Promise<CommandResult> =>
    runCommand(words, { cwd: folder.path })
  await agentspec('run', 'shop.yaml', 'Hi')
  const first = await agentspec('state', 'export', 'latest', '--move', '--quiet')
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect((await agentspec('state', 'export', 'latest', '--move')).json).toEqual(first.json)
})

test('a run that has ended is exported as it is', async () => {
  using folder = createWorkspace({ 'hello.yaml': HELLO })
  await runCommand(['run', 'hello.yaml', 'Hi'], { cwd: folder.path })
  const words = ['state', 'export', 'latest', '--move']
  expect(await runCommand(words, { cwd: folder.path })).toMatchObject({
    code: 0,
    json: { status: 'completed' },
  })
  expect((await runCommand(['show', 'latest', '--json'], { cwd: folder.path })).json).toMatchObject({
    status: 'completed',
  })
})

test('the help says what it does', async () => {
  using folder = createWorkspace()
  const { stdout } = await runCommand(['state', 'export', '--help'], { cwd: folder.path })
  expect(stdout).toMatch(/--move +end the run here: it goes on where the document is imported/)
})
