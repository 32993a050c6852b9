import { describe, expect, test } from 'vitest'
import { withoutOrphans } from '../../../src/runtime/state/history.ts'
import type { Item } from '../../../src/runtime/state/item.ts'

const call = (id: string): Item => ({ type: 'function_call', call_id: id, name: 'read', arguments: '{}' })
const output = (id: string): Item => ({ type: 'function_call_output', call_id: id, output: 'ok' })
const reasoning: Item = { type: 'reasoning', summary: [] }
const message: Item = { type: 'message', role: 'user', content: 'Hi' }

describe('a history without orphans', () => {
  test('is the same list when there is none', () => {
    const items = [message, reasoning, call('a'), output('a')]
    expect(withoutOrphans(items)).toBe(items)
  })

  test('leaves out calls without output, outputs without call, and the reasoning that led to them', () => {
    expect(withoutOrphans([output('z'), message, reasoning, call('a')])).toEqual([message])
    expect(withoutOrphans([reasoning, call('a'), call('b'), output('b')])).toEqual([call('b'), output('b')])
    expect(withoutOrphans([message, reasoning])).toEqual([message, reasoning])
  })

  test('knows the pairs of every kind of call, and does not mix them up', () => {
    for (const kind of ['computer', 'shell', 'apply_patch', 'custom_tool']) {
      const made: Item = { type: `${kind}_call`, call_id: 'a' }
      const answered: Item = { type: `${kind}_call_output`, call_id: 'a', output: 'ok' }
      expect(withoutOrphans([made, answered])).toHaveLength(2)
      expect(withoutOrphans([made, output('a')])).toEqual([])
      expect(withoutOrphans([answered, made])).toEqual([])
    }
    const hosted = [
      { type: 'web_search_call', id: 'ws_1' },
      { type: 'mcp_call', id: 'mcp_1' },
    ]
    expect(withoutOrphans(hosted)).toBe(hosted)
  })

  test('pairs an id that is used again with the output that follows it', () => {
    expect(withoutOrphans([call('a'), message, call('a'), output('a')])).toEqual([
      message,
      call('a'),
      output('a'),
    ])
  })

  test('reads any number of reasoning items in a row', () => {
    const items = [message, ...Array.from({ length: 100_000 }, () => reasoning), call('a')]
    expect(withoutOrphans(items)).toEqual([message])
  })
})
