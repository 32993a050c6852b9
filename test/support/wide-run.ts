/**
 * One run over every kind of body that runs here: functions with and without approval, commands, a patch, a local MCP server,
 * an agent as a tool with a gated call inside, and a handoff. Each body leaves a trace whenever it runs.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createWorkspace } from './workspace.ts'
import type { Workspace } from './workspace.ts'

const SERVER = fileURLToPath(new URL('../runtime/mcp/children/server.ts', import.meta.url))

/** @param onUnknown what happens to the function `read` and the gated call of the last agent when they are in doubt */
export function wideSpec(onUnknown: { readonly read?: string; readonly last?: string } = {}): string {
  const { read = 'retry', last = 'ask' } = onUnknown
  const number = '{ type: object, properties: { n: { type: integer } }, required: [n] }'
  return `agentspec: 1
name: wide
entry: main
models:
  main:
    provider: scripted
    script:
      main:
        - tool_calls:
            - { name: read, call_id: read }
            - { name: write, arguments: { n: 1 }, call_id: write }
            - { name: run, arguments: { commands: ["echo ran | tee -a shell.log"] }, call_id: run }
        - tool_calls:
            - { name: ask, arguments: { input: Please }, call_id: ask }
            - { name: edit, arguments: { operation: { diff: "+edited\\n", path: notes.txt, type: update_file } }, call_id: edit }
            - { name: note, arguments: { text: hi }, call_id: note }
        - tool_calls: [ { name: transfer_to_last, call_id: handoff } ]
      helper:
        - tool_calls: [ { name: write, arguments: { n: 2 }, call_id: inner } ]
        - text: helped
      last:
        - tool_calls: [ { name: close, arguments: { n: 3 }, call_id: close } ]
        - text: finished
defaults: { model: main }
agents:
  main: { instructions: Work., tools: [read, write, run, edit, ask], mcp_servers: [notes], handoffs: [last] }
  helper: { instructions: Help., tools: [write] }
  last: { instructions: End., tools: [close] }
tools:
  read: { type: function, handler: "./tools.ts#body", parameters: { type: object }, strict: false, on_unknown: ${read} }
  write: { type: function, handler: "./tools.ts#body", parameters: ${number}, strict: false, needs_approval: true }
  close: { type: function, handler: "./tools.ts#body", parameters: ${number}, strict: false, needs_approval: true, on_unknown: ${last} }
  run: { type: shell, needs_approval: { when: "args.commands.size() > 0" } }
  edit: { type: apply_patch, needs_approval: true }
  ask: { type: agent, agent: helper, description: Helps, needs_approval: true }
mcp_servers:
  notes: { command: ${process.execPath}, args: ["${SERVER}", good, .], require_approval: always }
`
}

const TOOLS = `import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
export function body(args: { n?: number }, ctx: { call_id: string, context: { folder: string } }) {
  appendFileSync(join(ctx.context.folder, 'bodies.log'), ctx.call_id + '\\n')
  return 'did ' + (args.n ?? 'read')
}
`

/** The ids of the calls that leave a trace. */
export const TRACED: readonly string[] = ['read', 'write', 'run', 'inner', 'edit', 'note', 'close']

export function createWideWorkspace(spec: string = wideSpec()): Workspace {
  return createWorkspace({
    'spec.yaml': spec,
    'tools.ts': TOOLS,
    'bodies.log': '',
    'shell.log': '',
    'server.log': '',
    'notes.txt': '',
  })
}

/** How often each body has run, by call id. */
export function bodiesRun(folder: string): Readonly<Record<string, number>> {
  const lines = (file: string, is: (line: string) => boolean): number =>
    readFileSync(join(folder, file), 'utf8').split('\n').filter(is).length
  const bodies = (callId: string): number => lines('bodies.log', (line) => line === callId)
  return {
    ...Object.fromEntries(['read', 'write', 'inner', 'close'].map((callId) => [callId, bodies(callId)])),
    run: lines('shell.log', (line) => line === 'ran'),
    edit: lines('notes.txt', (line) => line === 'edited'),
    note: lines('server.log', (line) => line.startsWith('call ')),
  }
}
