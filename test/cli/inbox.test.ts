/** What a person sees of calls that wait: the question on a terminal, and the inbox of all runs. */
import { describe, expect, test } from 'vitest'
import { KEYS, startCommand } from '../support/live-command.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const scripted = (tool: string, name: string, args: string): string => `agentspec: 1
name: desk
models: { main: { provider: scripted, script: [{ tool_calls: [{ name: ${name}, arguments: ${args} }] }, { text: Done }] } }
agents: { main: { model: main, tools: [${name}] } }
tools: { ${name}: ${tool} }
`
const SHELL = scripted(
  '{ type: shell, needs_approval: true }',
  'run',
  '{ commands: ["echo one", "rm -rf \\u202e x"], timeout_ms: 5000 }',
)
const PATCH = scripted(
  '{ type: apply_patch, needs_approval: true }',
  'edit',
  '{ operations: [{ type: update_file, path: a.txt, diff: "@@ one\\n-two\\n+2\\n" }, { type: delete_file, path: b.txt }] }',
)

describe('the question on a terminal', () => {
  test('shows commands as they would be typed', async () => {
    using folder = createWorkspace({ 'spec.yaml': SHELL })
    const command = startCommand(['run', 'spec.yaml', 'Go'], { cwd: folder.path, terminal: true })
    await command.waitFor(
      '? run wants to run\n  $           echo one\n  $           rm -rf \\u202e x\n  timeout_ms  5000\n  agent       main\n',
    )
    await command.waitFor('Decide later')
    command.press(KEYS.down, KEYS.enter)
    await command.waitFor('What is the agent told?')
    command.press(KEYS.enter)
    expect((await command.ended).code).toBe(0)
  })

  test('shows a patch as a diff', async () => {
    using folder = createWorkspace({ 'spec.yaml': PATCH, 'a.txt': 'one\ntwo\n', 'b.txt': 'x' })
    const command = startCommand(['run', 'spec.yaml', 'Go'], { cwd: folder.path, terminal: true })
    await command.waitFor(
      '? edit wants to run\n  update  a.txt\n          @@ one\n          -two\n          +2\n  delete  b.txt\n',
    )
    await command.waitFor('Decide later')
    command.press(KEYS.ctrlC)
    expect((await command.ended).code).toBe(4)
  })
})

describe('approvals --watch', () => {
  test('says what waits, and says it anew when that has changed, until Ctrl-C', async () => {
    using folder = createWorkspace({ 'spec.yaml': SHELL })
    const watching = startCommand(['approvals', '--watch'], { cwd: folder.path })
    await watching.waitFor('Nothing waits for approval.')
    await runCommand(['run', 'spec.yaml', 'Go'], { cwd: folder.path })
    await watching.waitFor('run(commands: ["echo one"')
    await watching.waitFor('needs_approval: true')
    await runCommand(['reject', '-1', '--resume'], { cwd: folder.path })
    await watching.waitFor('Nothing waits for approval.')
    watching.signal('SIGINT')
    expect((await watching.ended).code).toBe(0)
  })

  test('gives a program one object a line', async () => {
    using folder = createWorkspace({ 'spec.yaml': SHELL })
    await runCommand(['run', 'spec.yaml', 'Go'], { cwd: folder.path })
    const watching = startCommand(['approvals', '--watch', '--json'], { cwd: folder.path })
    await watching.waitFor('"tool":"run"')
    await runCommand(['reject', '-1', '--resume'], { cwd: folder.path })
    await watching.waitFor('{"approvals":[]}')
    watching.signal('SIGTERM')
    const { stdout } = await watching.ended
    const lines = stdout.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { approvals: [{ tool: 'run', kind: 'shell', rule: { reason: 'needs_approval: true' } }] },
      { approvals: [] },
    ])
  })
})
