/** `dev` with an MCP server: it stays while other things change, and nothing of it is left at the end. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { atDesk, say } from '../support/dev-desk.ts'
import { startedIn, stillRunning } from '../support/mcp.ts'

const SERVER = fileURLToPath(new URL('../runtime/mcp/children/server.ts', import.meta.url))

const SPEC = `agentspec: 1
name: notes
models:
  main:
    provider: scripted
    script: [ { tool_calls: [ { name: note, arguments: { text: hi } } ] }, { text: Noted. } ]
agents:
  desk: { model: main, instructions: Help., mcp_servers: [notes] }
mcp_servers:
  notes:
    command: ${process.execPath}
    args: ["${SERVER}", good, .]
    require_approval: always
`

test('a server starts once, until its own entry changes', async () => {
  await atDesk(['dev', 'desk.yaml'], { files: { 'desk.yaml': SPEC } }, async (terminal, folder) => {
    const turn = async (): Promise<void> => {
      await say(terminal, 'Go')
      await terminal.waitFor('Decide later')
      terminal.press('\r')
      await terminal.waitFor('Noted.')
    }
    const save = async (text: string): Promise<void> => {
      await terminal.waitFor('› ')
      folder.write('desk.yaml', text)
      await terminal.waitFor('The next turn uses it.')
    }
    await turn()
    await save(SPEC.replace('Help.', 'Help them.'))
    await turn()
    expect(startedIn(folder.path)).toHaveLength(1)
    await save(SPEC.replace('require_approval', 'timeout: 20s\n    require_approval'))
    await turn()
    expect(startedIn(folder.path)).toHaveLength(2)
    await say(terminal, '/quit')
    expect(await terminal.ended).toBe(0)
    expect(stillRunning(folder.path)).toEqual([false, false])
  })
})
