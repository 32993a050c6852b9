import { describe, expect, test } from 'vitest'
import {
  answerKey,
  answerItem,
  callIdOf,
  callKey,
  readCall,
  withArguments,
} from '../../../src/runtime/state/call-item.ts'
import { withoutOrphans } from '../../../src/runtime/state/history.ts'
import type { Item } from '../../../src/runtime/state/item.ts'

const ITEMS: readonly Item[] = [
  { type: 'function_call', call_id: 'c1', name: 'read', arguments: '{"n":1}' },
  { type: 'shell_call', call_id: 'c1', action: { commands: ['ls'] } },
  { type: 'apply_patch_call', call_id: 'c1', operation: { type: 'delete_file', path: 'a' } },
  { type: 'mcp_approval_request', id: 'c1', server_label: 'docs', name: 'read', arguments: '{}' },
]

describe('a call', () => {
  test.each([
    [ITEMS[0], { name: 'read', arguments_text: '{"n":1}' }],
    [ITEMS[1], { name: 'shell', arguments_text: '{"commands":["ls"]}' }],
    [ITEMS[2], { name: 'apply_patch', arguments_text: '{"type":"delete_file","path":"a"}' }],
    [ITEMS[3], { name: 'docs/read', arguments_text: '{}' }],
  ])('is read from whichever item it came as: %j', (item = {}, read) => {
    expect(readCall(item)).toEqual({ form: item['type'], call_id: 'c1', ...read })
    expect(callIdOf(item)).toBe('c1')
  })

  test.each(ITEMS)('has an answer of its own form, and without one it is left out: %j', (item) => {
    const call = readCall(item)
    const answer = answerItem({ form: 'function_call', call_id: 'c1', ...call, is_error: false }, 'ok')
    expect(answerKey(answer)).toBe(callKey(item))
    expect(withoutOrphans([item, answer])).toEqual([item, answer])
    expect(withoutOrphans([item])).toEqual([])
    expect(withoutOrphans([answer])).toEqual([])
  })

  test('shows the arguments a person gave it instead', () => {
    const args = { commands: ['ls -l'] }
    expect(ITEMS.map((item) => readCall(withArguments(item, args))?.arguments_text)).toEqual(
      ITEMS.map(() => JSON.stringify(args)),
    )
  })

  test('is not any other item', () => {
    for (const item of [
      { role: 'user', content: 'Hi' },
      { type: 'web_search_call', id: 'w' },
    ]) {
      expect(readCall(item)).toBeNull()
      expect(callKey(item)).toBeNull()
      expect(answerKey(item)).toBeNull()
    }
  })
})

describe('the answer to', () => {
  const call = { call_id: 'c1', is_error: false }

  test('shell commands is what each said, or what went wrong', () => {
    const said = [{ stdout: 'a', stderr: '', outcome: { type: 'exit', exit_code: 0 } }]
    expect(answerItem({ ...call, form: 'shell_call' }, said)).toMatchObject({ output: said })
    expect(answerItem({ ...call, form: 'shell_call', is_error: true }, 'no')).toMatchObject({
      output: [{ stdout: '', stderr: 'no', outcome: { type: 'exit', exit_code: 1 } }],
    })
  })

  test('a patch says whether it was applied', () => {
    expect(answerItem({ ...call, form: 'apply_patch_call' }, 'Updated a')).toMatchObject({
      status: 'completed',
      output: 'Updated a',
    })
    expect(answerItem({ ...call, form: 'apply_patch_call', is_error: true }, 'no')).toMatchObject({
      status: 'failed',
    })
  })

  test('a request for leave gives it only when it says so', () => {
    const answer = (output: Parameters<typeof answerItem>[1]): Item =>
      answerItem({ ...call, form: 'mcp_approval_request' }, output)
    expect(answer([{ approve: true }])).toEqual({
      type: 'mcp_approval_response',
      approval_request_id: 'c1',
      approve: true,
    })
    expect(answer('not now')).toMatchObject({ approve: false, reason: 'not now' })
    expect(answer([{ approve: 'yes' }])).toMatchObject({ approve: false })
    expect(answer([])).toMatchObject({ approve: false })
  })
})
