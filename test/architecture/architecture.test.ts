import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { inspectHouse } from './house.ts'

describe('the house', () => {
  test('has layers, no cycles, no default exports, no module-level state and no giant files', () => {
    const { modules, findings } = inspectHouse(join(root, 'src'))
    expect(findings).toEqual([])
    expect(modules).toBeGreaterThan(30)
  })

  test('is not called clean by a guard that saw nothing', () => {
    const empty = mkdtempSync(join(tmpdir(), 'agentspec-house-'))
    try {
      expect(() => inspectHouse(empty)).toThrow('saw no modules')
    } finally {
      rmSync(empty, { recursive: true })
    }
  })
})
