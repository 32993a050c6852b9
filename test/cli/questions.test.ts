/** Questions of MCP servers from the command line: answered by a flag or at a terminal, field by field. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { KEYS, startCommand } from '../support/live-command.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

const SERVER = fileURLToPath(new URL('../runtime/mcp/children/asking-server.ts', import.meta.url))

function desk(): Workspace {
  const workspace = createWorkspace()
  onTestFinished(() => workspace[Symbol.dispose]())
  const spec = `agentspec: 1
name: ops
models:
  main:
    provider: scripted
    script:
      - tool_calls: [{ name: deploy, arguments: { env: prod }, call_id: call_1 }]
      - text: Done.
agents:
  desk: { model: main, instructions: Help., mcp_servers: [ops] }
mcp_servers:
  ops: { command: ${process.execPath}, args: ["${SERVER}", "${workspace.path}/server.log"] }
`
  workspace.write('ops.yaml', spec)
  return workspace
}

const said = ({ path }: Workspace): string =>
  existsSync(join(path, 'server.log')) ? readFileSync(join(path, 'server.log'), 'utf8') : ''

test('a question pauses the run, and an answer that does not fit its fields is not recorded', async () => {
  const folder = desk()
  const { path: cwd } = folder
  const paused = await runCommand(['run', 'ops.yaml', 'Deploy'], { cwd })
  expect(paused.code).toBe(4)
  expect(paused.stderr).toContain('asks: Deploy to prod? (sure, note)')
  expect(paused.stderr).toMatch(/approve run_\S+ '#5' --result '\{ … \}' --resume/)
  const inbox = await runCommand(['approvals'], { cwd })
  expect(inbox.stdout).toMatch(/approve run_\S+ '#5' --result '\{ … \}' --resume/)
  const wrong = await runCommand(['approve', 'latest', '--result', '{"sure":"yes"}'], { cwd })
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('sure: expected true or false, got the text "yes"')
  const bare = await runCommand(['approve', 'latest', '--all', '--json'], { cwd })
  expect(bare).toMatchObject({ code: 2, json: { error: { code: 'invalid_answer' } } })
  const answered = await runCommand(['approve', 'latest', '--result', '{"sure":true}', '--resume'], { cwd })
  expect(answered).toMatchObject({ code: 0, stdout: 'Done.\n' })
  expect(said(folder)).toContain('{"action":"accept","content":{"note":"none","sure":true}}')
})

test('an answer with a secret is not written down', async () => {
  const folder = desk()
  const { path: cwd } = folder
  folder.write('.env', 'OPS_TOKEN=hunter2hunter2\n')
  await runCommand(['run', 'ops.yaml', 'Deploy'], { cwd })
  const answer = JSON.stringify({ sure: true, note: 'hunter2hunter2' })
  const refused = await runCommand(['approve', 'latest', '--result', answer, '--json'], { cwd })
  expect(refused).toMatchObject({ code: 2, json: { error: { code: 'secret_in_answer' } } })
})

test('at a terminal the fields are asked one by one, and the run goes on', async () => {
  const folder = desk()
  const command = startCommand(['run', 'ops.yaml', 'Deploy'], { cwd: folder.path, terminal: true })
  await command.waitFor('? ops/deploy asks a question\n  question  Deploy to prod?')
  await command.waitFor('What does the server get?')
  command.press(KEYS.enter)
  await command.waitFor('Sure?')
  command.press(KEYS.enter)
  await command.waitFor('note (optional)')
  command.press(' and far too long', KEYS.enter)
  await command.waitFor('At most 10 characters')
  command.press('\u007F'.repeat(17), KEYS.enter)
  expect((await command.ended).code).toBe(0)
  expect(said(folder)).toContain('{"action":"accept","content":{"sure":true,"note":"none"}}')
})

test('at a terminal a question can be declined', async () => {
  const folder = desk()
  const command = startCommand(['run', 'ops.yaml', 'Deploy'], { cwd: folder.path, terminal: true })
  await command.waitFor('What does the server get?')
  command.press(KEYS.down, KEYS.enter)
  expect((await command.ended).code).toBe(0)
  expect(said(folder)).toContain('{"action":"decline"}')
})
