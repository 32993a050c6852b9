/** `explain SPEC --agent --tool --args` for every kind of tool: the rule that decides, and where it is written. */
import { describe, expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const SPEC = `agentspec: 1
name: all
entry: main
models: { main: { provider: openai, model: x } }
agents:
  main: { instructions: Help., model: main, tools: [fn, run, edit, docs, never, some, fetch, ask, safe], mcp_servers: [files, grouped, dynamic] }
  other: { instructions: Help., model: main }
tools:
  fn: { type: function, description: Does, handler: ./t.js#body, needs_approval: { handler: ./t.js#gate } }
  run: { type: shell, needs_approval: { when: "args.commands.exists(c, c.startsWith('rm'))" } }
  edit: { type: apply_patch, needs_approval: { when: "args.path.startsWith('src/')" } }
  docs: { type: hosted_mcp, server_label: docs, server_url: https://mcp.example.com/mcp, require_approval: always }
  never: { type: hosted_mcp, server_label: never, server_url: https://mcp.example.com/mcp }
  some: { type: hosted_mcp, server_label: some, server_url: https://mcp.example.com/mcp, require_approval: { never: { tool_names: [look] } } }
  fetch:
    type: http
    description: Fetches
    url: https://example.com/{{ args.id }}
    parameters: { type: object, properties: { id: { type: integer } }, required: [id], additionalProperties: false }
    needs_approval: { when: "args.id > 9" }
  ask: { type: agent, agent: other, needs_approval: true }
  safe: { type: function, description: Safe, handler: ./t.js#body }
mcp_servers:
  files: { command: ./server, require_approval: always }
  grouped: { command: ./server, require_approval: { always: { tool_names: [write] } } }
  dynamic: { command: ./server, require_approval: { when: "has(args.path) && args.path == 'x'" } }
approvals:
  rules:
    - { tool: "docs/read*", decide: allow }
    - { tool: run, when: "args.commands.exists(c, c.contains('sudo'))", decide: deny, message: Never }
    - { tool: "files/list", decide: allow }
    - { tool: edit, when: "args.type == 'delete_file'", decide: deny }
`
const MODULE = `export const body = () => { throw new Error('a body ran') }
export const gate = (args) => { if (args.n === 1) throw new Error('no idea'); return args.n > 5 }
`

const patch = (type: string, path: string): object => ({
  type,
  path,
  ...(type === 'delete_file' ? {} : { diff: '+x' }),
})

/** The line and column at which a piece of the spec begins. */
function startOf(piece: string): object {
  const offset = SPEC.indexOf(piece)
  const before = SPEC.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

type Row = readonly [tool: string, args: object, decision: string, pointer: string | null, at: string]

describe('a call', () => {
  test.each<Row>([
    ['fn', { n: 9 }, 'ask', '/tools/fn/needs_approval', '{ handler: ./t.js#gate }'],
    ['fn', { n: 1 }, 'ask', '/tools/fn/needs_approval', '{ handler: ./t.js#gate }'],
    ['fn', { n: 2 }, 'allow', '/tools/fn/needs_approval', '{ handler: ./t.js#gate }'],
    [
      'run',
      { commands: ['rm x'] },
      'ask',
      '/tools/run/needs_approval',
      `{ when: "args.commands.exists(c, c.startsWith`,
    ],
    ['run', { commands: ['sudo rm x'] }, 'deny', '/approvals/rules/1', '{ tool: run'],
    [
      'run',
      { commands: ['ls'] },
      'allow',
      '/tools/run/needs_approval',
      `{ when: "args.commands.exists(c, c.startsWith`,
    ],
    ['edit', patch('update_file', 'src/a.js'), 'ask', '/tools/edit/needs_approval', '{ when: "args.path'],
    [
      'edit',
      patch('update_file', 'docs/../src/a.js'),
      'ask',
      '/tools/edit/needs_approval',
      '{ when: "args.path',
    ],
    ['edit', patch('create_file', 'docs/a.md'), 'allow', '/tools/edit/needs_approval', '{ when: "args.path'],
    [
      'edit',
      { operations: [patch('create_file', 'docs/a.md'), patch('delete_file', 'b')] },
      'deny',
      '/approvals/rules/3',
      '{ tool: edit',
    ],
    ['docs/write', {}, 'ask', '/tools/docs/require_approval', 'always }\n  never'],
    ['docs/read_page', {}, 'allow', '/approvals/rules/0', '{ tool: "docs/read*"'],
    ['never/any', {}, 'allow', '/tools/never/require_approval', 'never: { type'],
    ['some/look', {}, 'allow', '/tools/some/require_approval', '{ never: {'],
    ['some/write', {}, 'ask', '/tools/some/require_approval', '{ never: {'],
    ['fetch', { id: 10 }, 'ask', '/tools/fetch/needs_approval', '{ when: "args.id'],
    ['fetch', { id: 1 }, 'allow', '/tools/fetch/needs_approval', '{ when: "args.id'],
    ['ask', { input: 'x' }, 'ask', '/tools/ask/needs_approval', 'true }\n  safe'],
    ['safe', {}, 'allow', null, 'safe: { type'],
    ['files/write', {}, 'ask', '/mcp_servers/files/require_approval', 'always }\n  grouped'],
    ['files/list', {}, 'allow', '/approvals/rules/2', '{ tool: "files/list"'],
    ['grouped/write', {}, 'ask', '/mcp_servers/grouped/require_approval', '{ always: { tool_names'],
    ['dynamic/any', { path: 'x' }, 'ask', '/mcp_servers/dynamic/require_approval', '{ when: "has(args.path)'],
  ])('of %s with %j: %s', async (tool, args, decision, pointer, at) => {
    using folder = createWorkspace({ 'all.yaml': SPEC, 't.js': MODULE })
    const words = [
      'explain',
      'all.yaml',
      '--agent',
      'main',
      '--tool',
      tool,
      '--args',
      JSON.stringify(args),
      '--json',
    ]
    const { code, json, stderr } = await runCommand(words, { cwd: folder.path })
    expect({ code, json, stderr }).toMatchObject({
      code: 0,
      json: {
        decision,
        rule: { pointer, file: 'all.yaml', start: startOf(at) },
        reason: expect.stringMatching(/./u),
      },
    })
  })
})
