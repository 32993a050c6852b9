/** MCP servers from the command line: gated tools over two processes, and no process of a server left behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startServer } from '../support/http-server.ts'
import { startCommand } from '../support/live-command.ts'
import { logOf, serverProgram, startedIn, stillRunning } from '../support/mcp.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'
import { fileURLToPath } from 'node:url'

const FILES = `agentspec: 1
name: files
models:
  main:
    provider: scripted
    script:
      - tool_calls:
          - { name: read_text_file, arguments: { path: a.txt }, call_id: call_read }
          - { name: write_file, arguments: { path: b.txt, content: hello }, call_id: call_write }
      - text: Written.
agents:
  desk: { model: main, instructions: Help., mcp_servers: [files] }
mcp_servers:
  files:
    command: ${process.execPath}
    args: ["${serverProgram('filesystem')}", .]
    cwd: ./work
    require_approval: { always: { tool_names: [write_file, edit_file, move_file] } }
    tool_filter: { block: [directory_tree] }
`

function folderWith(files: Readonly<Record<string, string>>): Workspace {
  const workspace = createWorkspace(files)
  onTestFinished(() => workspace[Symbol.dispose]())
  return workspace
}

describe('the filesystem server of npm', () => {
  test('writes once somebody approved it, in the process that goes on', async () => {
    const { path: cwd } = folderWith({ 'files.yaml': FILES, 'work/a.txt': 'first' })
    const paused = await runCommand(['run', 'files.yaml', 'Write', '--json'], { cwd })
    expect(paused).toMatchObject({
      code: 4,
      json: {
        interruptions: [
          {
            kind: 'mcp',
            server: 'files',
            tool: 'write_file',
            arguments: { path: 'b.txt', content: 'hello' },
          },
        ],
      },
    })
    expect(existsSync(join(cwd, 'work/b.txt'))).toBe(false)
    const refused = await runCommand(['approve', 'latest', '--args', '{"path":"b.txt"}'], { cwd })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('required arguments are missing: "content"')
    const done = await runCommand(['approve', 'latest', '--resume', '--json'], { cwd })
    expect(done).toMatchObject({ code: 0, json: { status: 'completed', final_output: 'Written.' } })
    expect(readFileSync(join(cwd, 'work/b.txt'), 'utf8')).toBe('hello')
    const { json } = await runCommand(['show', 'latest', '--json'], { cwd })
    expect(JSON.stringify(json)).toContain('"output":"first"')
  })

  test('is listed by tools, and explained without it', async () => {
    const { path: cwd } = folderWith({ 'files.yaml': FILES, 'work/a.txt': 'first' })
    const { code, json } = await runCommand(['tools', 'files.yaml', '--json'], { cwd })
    expect(code).toBe(0)
    expect(json).toMatchObject({
      agents: {
        desk: expect.arrayContaining([
          { name: 'read_file', kind: 'mcp', server: 'files', gated: false, rule: null },
          {
            name: 'write_file',
            kind: 'mcp',
            server: 'files',
            gated: true,
            rule: {
              kind: 'server',
              pointer: '/mcp_servers/files/require_approval',
              reason: 'require_approval: true',
            },
          },
        ]),
      },
    })
    expect(JSON.stringify(json)).not.toContain('directory_tree')
    const call = ['explain', 'files.yaml', '--agent', 'desk', '--json', '--tool']
    const gated = await runCommand([...call, 'files/write_file'], { cwd })
    expect(gated.json).toMatchObject({ decision: 'ask', rule: { kind: 'server', file: 'files.yaml' } })
    expect((await runCommand([...call, 'files/list_directory'], { cwd })).json).toMatchObject({
      decision: 'allow',
    })
  })
})

test('the example asks before it changes a file', async () => {
  const { path: cwd } = folderWith({})
  const example = fileURLToPath(new URL('../../specs/files.yaml', import.meta.url))
  const paused = await runCommand(['run', example, 'Summarize', '--json'], { cwd })
  expect(paused).toMatchObject({
    code: 4,
    json: { interruptions: [{ server: 'files', tool: 'write_file' }] },
  })
  const done = await runCommand(['reject', 'latest', '--message', 'Not now', '--resume', '--json'], { cwd })
  expect(done).toMatchObject({ code: 0, json: { status: 'completed' } })
})

const TEST_SERVER = fileURLToPath(new URL('../runtime/mcp/children/server.ts', import.meta.url))

const SILENT = `agentspec: 1
name: silent
models:
  main:
    provider: scripted
    script: [ { tool_calls: [ { name: note, arguments: { text: hi } } ] }, { text: ok } ]
agents:
  desk: { model: main, instructions: Help., mcp_servers: [notes] }
mcp_servers:
  notes:
    command: ${process.execPath}
    args: ["${TEST_SERVER}", silent, .]
    timeout: 1h
`

describe('no process of a server is left', () => {
  test('after Ctrl-C twice, in the middle of a call', async () => {
    const { path: cwd } = folderWith({ 'silent.yaml': SILENT })
    const command = startCommand(['run', 'silent.yaml', 'Go'], { cwd })
    await command.waitFor('note(text: "hi")')
    command.signal('SIGINT')
    await command.waitFor('finishing this turn')
    command.signal('SIGINT')
    expect((await command.ended).code).toBe(130)
    expect(stillRunning(cwd)).toEqual([false])
  })

  test('after agentspec was killed', async () => {
    const { path: cwd } = folderWith({ 'silent.yaml': SILENT })
    const command = startCommand(['run', 'silent.yaml', 'Go'], { cwd })
    await expect.poll(() => logOf(cwd).length, { timeout: 20_000 }).toBe(2)
    command.signal('SIGKILL')
    await command.ended
    await expect.poll(() => stillRunning(cwd), { timeout: 20_000 }).toEqual([false])
    expect(startedIn(cwd)).toHaveLength(1)
    // Whether the note was taken is not known: a person is asked.
    const resumed = await runCommand(['resume', 'latest', '--json'], { cwd })
    expect(resumed).toMatchObject({
      code: 4,
      json: { interruptions: [{ kind: 'in_doubt', server: 'notes' }] },
    })
    expect(logOf(cwd).filter((line) => line.startsWith('call'))).toHaveLength(1)
  })
})

test('a server over HTTP gets the authorization of the spec, which appears nowhere', async () => {
  await using server = await startServer((_, response) => response.writeHead(500).end('token-0123456789'))
  const spec = SILENT.replace(
    /command: .*\n.*\n/,
    `url: "${server.url}/mcp"\n    authorization: "Bearer \${MCP_TOKEN}"\n`,
  )
  const { path: cwd } = folderWith({ 'http.yaml': spec, '.env': 'MCP_TOKEN=token-0123456789\n' })
  const failed = await runCommand(['run', 'http.yaml', 'Go', '--json'], { cwd })
  expect(failed).toMatchObject({ code: 1, json: { error: { code: 'mcp_connection_failed' } } })
  expect(failed.stdout + failed.stderr).not.toContain('token-0123456789')
  expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer token-0123456789' })
})

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

test('the tools of a server over HTTP work in the same way, its resources too', async () => {
  const port = await freePort()
  const server = spawn(process.execPath, [serverProgram('everything'), 'streamableHttp'], {
    env: { ...process.env, PORT: `${port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void server.kill('SIGKILL'))
  await once(server.stderr, 'data')
  const spec = `agentspec: 1
name: everything
models:
  main:
    provider: scripted
    script: [ { tool_calls: [ { name: echo, arguments: { message: hello } }, { name: get-tiny-image, arguments: {} }, { name: read_resource, arguments: { uri: demo://resource/static/document/features.md } } ] }, { text: ok } ]
agents:
  desk: { model: main, instructions: Help., mcp_servers: [everything] }
mcp_servers:
  everything: { url: "http://127.0.0.1:${port}/mcp", resources: { expose: true } }
`
  const { path: cwd } = folderWith({ 'every.yaml': spec })
  const done = await runCommand(['run', 'every.yaml', 'Go', '--json'], { cwd })
  expect(done).toMatchObject({ code: 0, json: { status: 'completed' } })
  const { json } = await runCommand(['show', 'latest', '--json'], { cwd })
  expect(JSON.stringify(json)).toContain('Echo: hello')
  expect(JSON.stringify(json)).toContain('demo://resource/static/document/features.md')
  expect(JSON.stringify(json)).toContain('"type":"input_image","image_url":"data:image/png;base64,')
  const listed = await runCommand(['tools', 'every.yaml', '--json'], { cwd })
  expect(JSON.stringify(listed.json)).toContain('"read_resource"')
})
