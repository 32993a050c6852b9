import { describe, expect, test } from 'vitest'
import type { Json } from '../../../src/util/json.ts'
import { mcpTool, missingArguments, requiredApproval, ruleName } from '../../../src/runtime/tools/mcp-tool.ts'
import { toolIdentity } from '../../../src/runtime/approvals/digest.ts'
import { agent, mcpServer, program } from '../../support/program.ts'

describe('require_approval', () => {
  const group = { always: { tool_names: ['write', 'edit'] }, never: { tool_names: ['read'] } }
  const map = { write: 'always', edit: true, read: 'never', list: false }
  test.each<readonly [Json, Readonly<Record<string, unknown>>]>([
    ['always', { write: true, other: true }],
    ['never', { write: false }],
    [true, { write: true }],
    [false, { write: false }],
    [map, { write: true, edit: true, read: false, list: false, other: false }],
    [group, { write: true, edit: true, read: false, other: false }],
    [{ never: { tool_names: ['read'] } }, { read: false, other: false }],
    [{ when: 'args.big' }, { any: { when: 'args.big' } }],
    [{ handler: './gate.ts#ask' }, { any: { handler: './gate.ts#ask' } }],
    // A tool may be called like a word of the language.
    [
      { always: 'never', when: 'always' },
      { always: false, when: true, other: false },
    ],
    [{ when: 'always' }, { when: true, other: false }],
    // No tool is found where nobody wrote it.
    [{ write: 'always' }, { constructor: false, toString: false }],
    // Only a Program nobody checked says this.
    ['sometimes', { write: true }],
  ])('%j', (written, expected) => {
    const decided = Object.keys(expected).map((tool) => [
      tool,
      requiredApproval({ require_approval: written }, tool),
    ])
    expect(Object.fromEntries(decided)).toEqual(expected)
  })
})

describe('a tool of a server', () => {
  const called = { name: 'mcp_files__write', server: 'files', tool: 'write', definition: 'sha256:1' }
  const user = agent({ mcp_servers: ['files'] })
  const spec = program({ overrides: { mcp_servers: { files: mcpServer({ origin: { command: 'a' } }) } } })

  test('is named server/tool by rules, whatever the model sees', () => {
    const tool = mcpTool(spec, user, called)
    expect(tool && ruleName(tool)).toBe('files/write')
  })

  test('belongs to the agents that use the server alone', () => {
    expect(mcpTool(spec, agent(), called)).toBeNull()
    expect(mcpTool(spec, agent({ mcp_servers: ['other'] }), { ...called, server: 'other' })).toBeNull()
  })

  test('has another identity when its definition or its server is another, not when its visible name is', () => {
    const identity = (one: typeof called, origin = 'a'): string => {
      const servers = { files: mcpServer({ origin: { command: origin } }) }
      const tool = mcpTool(program({ overrides: { mcp_servers: servers } }), user, one)
      return tool === null ? '' : toolIdentity(spec, tool, one.name)
    }
    const own = identity(called)
    expect(identity({ ...called, name: 'write' })).toBe(own)
    expect(identity({ ...called, definition: 'sha256:2' })).not.toBe(own)
    expect(identity({ ...called, tool: 'edit' })).not.toBe(own)
    expect(identity(called, 'b')).not.toBe(own)
  })

  test('has the failure text of its server over that of the agent, also when it fails the run', () => {
    const text = { kind: 'message', template: 'agent' } as const
    const configured = agent({ mcp_servers: ['files'], mcp_config: { failure_error_function: text } })
    expect(mcpTool(spec, configured, called)?.failure_error_function).toEqual(text)
    const raising = { files: mcpServer({ failure_error_function: { kind: 'raise' } }) }
    const strict = program({ overrides: { mcp_servers: raising } })
    expect(mcpTool(strict, configured, called)?.failure_error_function).toEqual({ kind: 'raise' })
    expect(mcpTool(spec, user, called)?.failure_error_function).toEqual({ kind: 'default' })
  })
})

test('arguments that a tool requires are missed, and nothing else is judged', () => {
  const parameters = { required: ['a', 'b'], properties: { a: { type: 'string' } } }
  expect(missingArguments({ parameters }, { a: 1, b: null })).toBeNull()
  expect(missingArguments({ parameters }, { b: 1 })).toBe('required arguments are missing: "a"')
  expect(missingArguments({ parameters: true }, {})).toBeNull()
})
