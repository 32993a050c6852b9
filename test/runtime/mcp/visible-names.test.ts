import { describe, expect, test } from 'vitest'
import type { McpTool } from '../../../src/runtime/mcp/mcp-servers.ts'
import { visibleNames } from '../../../src/runtime/mcp/visible-names.ts'

function tool(server: string, name: string): McpTool {
  return { server, name, description: '', parameters: {}, definition: '', annotations: {} }
}

function names(
  tools: readonly McpTool[],
  given: Partial<Parameters<typeof visibleNames>[1]> = {},
): readonly string[] {
  return visibleNames(tools, {
    agent: 'main',
    taken: new Set(),
    includeServer: false,
    onCollision: 'error',
    ...given,
  })
}

describe('the names a model sees', () => {
  test('are those of the server, with _ for what models do not take', () => {
    expect(names([tool('a', 'read-it'), tool('a', 'déjà vu/x.y')])).toEqual(['read-it', 'd_j__vu_x_y'])
    expect(names([tool('é', '§§')], { includeServer: true })).toEqual(['mcp_server__tool'])
  })

  test('have 64 characters at most, and stay different', () => {
    const long = 'x'.repeat(70)
    const [first = '', second = ''] = names([tool('a', `${long}1`), tool('a', `${long}2`)])
    expect([first.length, second.length]).toEqual([64, 64])
    expect(first).not.toBe(second)
    expect(names([tool('a', `${long}1`)])).toEqual([first])
  })

  test('get their server in front where they collide, with a tool or handoff of the agent too', () => {
    const tools = [tool('a', 'note'), tool('b', 'note'), tool('b', 'own'), tool('b', 'free')]
    const given = { taken: new Set(['own', 'mcp_b__own']), onCollision: 'prefix' } as const
    const [a, b, own, free] = names(tools, given)
    expect([a, b, free]).toEqual(['mcp_a__note', 'mcp_b__note', 'free'])
    expect(own).toMatch(/^mcp_b__own_[0-9a-f]{8}$/)
  })

  test('that collide are an error which names them and the way out', () => {
    expect(() => names([tool('a', 'x.y'), tool('b', 'x_y')])).toThrow(
      /Duplicate tool names found across MCP servers and tools of main: a\/x\.y, b\/x_y\. Set .*include_server/,
    )
  })
})
