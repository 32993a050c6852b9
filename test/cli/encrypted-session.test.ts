/** A session that is encrypted, at the command line. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const SPEC = `agentspec: 1
name: desk
models:
  main: { provider: scripted, script: [{ text: Noted. }] }
agents:
  desk: { instructions: Help., model: main }
session:
  encryption: { key: "\${SESSION_PHRASE}", ttl: 1h }
`
const SESSION_PHRASE = 'thirty-two characters, and some more'

test('is read with its key, and without it one is told so; the file does not have what was said in it', async () => {
  using folder = createWorkspace({ 'desk.yaml': SPEC })
  const agentspec = (args: readonly string[], env: Record<string, string> = { SESSION_PHRASE }) =>
    runCommand(args, { cwd: folder.path, env })
  const ran = await agentspec(['run', 'desk.yaml', 'My card is 4711', '--session', 's'])
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('Noted.') })
  const shown = await agentspec(['sessions', 'show', 's', '--json'])
  expect(shown.json).toMatchObject({ items: [{ content: 'My card is 4711' }, { role: 'assistant' }] })

  const without = await agentspec(['sessions', 'show', 's'], {})
  expect(without).toMatchObject({ code: 2, stdout: '' })
  expect(without.stderr).toContain('session.encryption.key is empty')
  const other = await agentspec(['sessions', 'show', 's'], { SESSION_PHRASE: 'a key that is quite another' })
  expect(other.code).toBe(2)
  expect(other.stderr).toContain('Session s was encrypted with another key; it was left as it is')
  expect(other.stderr).not.toContain('a key that is quite another')

  // The journal is in clear, and goes with its run.
  const id = JSON.parse((await agentspec(['runs', '--json'])).stdout).runs[0].run_id
  expect((await agentspec(['runs', 'rm', id])).code).toBe(0)
  const orphaned = await agentspec(['sessions', 'show', 's'])
  expect(orphaned.stderr).toContain('Session s is encrypted, and no key was given for it')
  const withSpec = await agentspec(['sessions', 'show', 's', '--spec', 'desk.yaml', '--json'])
  expect(withSpec.json).toMatchObject({ items: [{ content: 'My card is 4711' }, {}] })
  expect(readFileSync(join(folder.path, '.agentspec/agentspec.db')).includes('agentspec.encrypted')).toBe(
    true,
  )
})
