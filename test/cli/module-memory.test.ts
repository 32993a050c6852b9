import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createModuleMemory } from '../../src/cli/module-memory.ts'
import type { ModuleFacts } from '../../src/compiler/modules/module-facts.ts'

const facts: ModuleFacts = {
  imports: [{ specifier: './lib.ts', start: 8, end: 16 }],
  exports: ['lookUp'],
  starExports: ['./more.ts'],
}

let cache: string

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'agentspec-memory-'))
})

afterEach(() => {
  rmSync(cache, { recursive: true, force: true })
})

describe('what is remembered of modules', () => {
  test('is there for the next process, for the same text at the same place only', () => {
    createModuleMemory('/specs', cache)?.keep('tools.ts', 'the text', facts)
    const next = createModuleMemory('/specs', cache)
    expect(next?.recall('tools.ts', 'the text')).toEqual(facts)
    expect(next?.recall('tools.ts', 'another text')).toBeUndefined()
    expect(next?.recall('other.ts', 'the text')).toBeUndefined()
    expect(createModuleMemory('/other', cache)?.recall('tools.ts', 'the text')).toBeUndefined()
  })

  test('is the latest text of a module: files do not pile up', () => {
    const memory = createModuleMemory('/specs', cache)
    memory?.keep('tools.ts', 'old', facts)
    memory?.keep('tools.ts', 'new', { ...facts, exports: [] })
    expect(memory?.recall('tools.ts', 'old')).toBeUndefined()
    expect(memory?.recall('tools.ts', 'new')?.exports).toEqual([])
    expect(readdirSync(join(cache, 'agentspec-modules'))).toHaveLength(1)
  })

  test.each(['', '{', '[]', '{"facts":{}}'])('is nothing when its file holds %j', (content) => {
    const memory = createModuleMemory('/specs', cache)
    memory?.keep('tools.ts', 'text', facts)
    const [file = ''] = readdirSync(join(cache, 'agentspec-modules'))
    writeFileSync(join(cache, 'agentspec-modules', file), content)
    expect(memory?.recall('tools.ts', 'text')).toBeUndefined()
  })

  test('is nothing where it cannot be written', () => {
    writeFileSync(join(cache, 'agentspec-modules'), 'a file in place of the folder')
    const memory = createModuleMemory('/specs', cache)
    memory?.keep('tools.ts', 'text', facts)
    expect(memory?.recall('tools.ts', 'text')).toBeUndefined()
  })
})
