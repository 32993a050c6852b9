import { describe, expect, test } from 'vitest'
import type { ModuleFacts, ModuleMemory } from '../../../src/compiler/modules/module-facts.ts'
import { compileText, renderDiagnostic } from '../../support/compile-text.ts'

const head = `agentspec: 1
name: demo
agents: { triage: { tools: [t] } }
tools: { t: { type: function, description: T, handler: ./t.ts#t } }
`

/** Remembers in a map, and counts what it is asked for. */
function createMemory(): ModuleMemory & { readonly kept: Map<string, ModuleFacts> } {
  const kept = new Map<string, ModuleFacts>()
  return {
    kept,
    recall: (path, text) => kept.get(`${path}\n${text}`),
    keep: (path, text, facts) => void kept.set(`${path}\n${text}`, facts),
  }
}

describe('a memory of modules', () => {
  test('changes nothing in what a compilation gives', async () => {
    const files = `=== t.ts
import { b } from './lib/b.ts'
export * from './lib/b.ts'
export const u = (x: number): number => x + b
=== lib/b.ts
export const b = 1, t = 2
`
    const moduleMemory = createMemory()
    const [without, first, second] = [
      await compileText(head + files),
      await compileText(head + files, { moduleMemory }),
      await compileText(head + files, { moduleMemory }),
    ]
    expect(moduleMemory.kept.size).toBe(2)
    expect([first, second].map((result) => result.ok && result.hash)).toEqual([
      without.ok && without.hash,
      without.ok && without.hash,
    ])
    expect(without.ok).toBe(true)
  })

  test('is believed: what it knows is not read again', async () => {
    const facts: ModuleFacts = { imports: [], exports: ['other'], starExports: [] }
    const moduleMemory: ModuleMemory = { recall: () => facts, keep: () => {} }
    const { diagnostics } = await compileText(`${head}=== t.ts\nexport const t = 1\n`, { moduleMemory })
    expect(diagnostics.map(renderDiagnostic)).toEqual([expect.stringContaining('AS3014')])
  })

  test.each([
    ['that cannot be read', 'export const t = }', 'AS3019'],
    ['with more than types', 'export enum t { a }', 'AS3018'],
    ['with an import that cannot be followed', 'export const t = (x: string) => import(x)', 'AS3020'],
    ['that is CommonJS', 'module.exports.t = 1', 'AS3017'],
  ])('does not remember a module %s: its mistake is reported every time', async (_what, text, code) => {
    const moduleMemory = createMemory()
    for (const _time of [1, 2]) {
      const { diagnostics } = await compileText(`${head}=== t.ts\n${text}\n`, { moduleMemory })
      expect(diagnostics.map(renderDiagnostic)).toContainEqual(expect.stringContaining(code))
    }
    expect(moduleMemory.kept.size).toBe(0)
  })
})
