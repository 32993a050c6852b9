/** Shells and patches: tools of their own for the Responses API, functions for every other one. */
import { describe, expect, test } from 'vitest'
import { patchParameters, shellParameters } from '../../../src/compiler/local-tools.ts'
import type { FunctionSpec, HostedSpec } from '../../../src/runtime/models/model.ts'
import type { Item } from '../../../src/runtime/state/item.ts'
import { bodyFor } from './support.ts'

const RUN: FunctionSpec = {
  name: 'run',
  description: 'Runs shell commands.',
  parameters: shellParameters,
  strict: false,
  native: 'shell',
}
const EDIT: FunctionSpec = { ...RUN, name: 'edit', parameters: patchParameters, native: 'apply_patch' }
const functions = [RUN, EDIT]

const HISTORY: readonly Item[] = [
  { role: 'user', content: 'Go' },
  { type: 'mcp_list_tools', id: 'l', server_label: 'docs', tools: [] },
  { type: 'shell_call', id: 'x', call_id: 'c1', action: { commands: ['ls'], timeout_ms: null } },
  { type: 'apply_patch_call', id: 'y', call_id: 'c2', operation: { type: 'delete_file', path: 'a' } },
  {
    type: 'shell_call_output',
    call_id: 'c1',
    output: [{ stdout: 'a', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
  },
  { type: 'apply_patch_call_output', call_id: 'c2', status: 'completed', output: 'Deleted a' },
  { type: 'mcp_call', id: 'm', server_label: 'docs', name: 'read', arguments: '{}', output: 'x' },
]

describe('the Responses API', () => {
  test('is given its own tools, and its items as they are', async () => {
    const body = await bodyFor('responses', { functions, items: HISTORY, settings: { tool_choice: 'run' } })
    expect(body['tools']).toEqual([{ type: 'shell' }, { type: 'apply_patch' }])
    expect(body['tool_choice']).toEqual({ type: 'shell' })
    expect(body['input']).toEqual(HISTORY)
  })

  test('is given servers to connect to, and containers for commands', async () => {
    const hosted: readonly HostedSpec[] = [
      { name: 'docs', type: 'mcp', settings: { server_label: 'd', require_approval: 'never' } },
      { name: 'box', type: 'shell', settings: { environment: { type: 'container_auto' }, cwd: 'x' } },
    ]
    const body = await bodyFor('responses', { hosted, settings: { tool_choice: 'docs' } })
    expect(body['tools']).toEqual([
      { type: 'mcp', server_label: 'd', require_approval: 'never' },
      { type: 'shell', environment: { type: 'container_auto' } },
    ])
    expect(body['tool_choice']).toEqual({ type: 'mcp', server_label: 'd' })
  })
})

describe('Chat Completions', () => {
  test('is given functions, and the history of another model as calls of those', async () => {
    const body = await bodyFor('chat_completions', { functions, items: HISTORY, instructions: null })
    expect(body['tools']).toMatchObject([
      { type: 'function', function: { name: 'run', parameters: { required: ['commands'] } } },
      { type: 'function', function: { name: 'edit', parameters: { required: ['operations'] } } },
    ])
    expect(body['messages']).toEqual([
      { role: 'user', content: 'Go' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'run', arguments: '{"commands":["ls"]}' } },
          {
            id: 'c2',
            type: 'function',
            function: { name: 'edit', arguments: '{"type":"delete_file","path":"a"}' },
          },
        ],
      },
      {
        role: 'tool',
        tool_call_id: 'c1',
        content: '[{"stdout":"a","stderr":"","outcome":{"type":"exit","exit_code":0}}]',
      },
      { role: 'tool', tool_call_id: 'c2', content: 'Deleted a' },
    ])
  })
})
