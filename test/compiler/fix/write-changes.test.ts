/** Writing fixed files: whole or not at all, and nothing but the text changes. */
import { chmodSync, lstatSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FileChange } from '../../../src/compiler/fix/fix-spec.ts'
import { writeChanges } from '../../../src/compiler/fix/write-changes.ts'
import { createWorkspace } from '../../support/workspace.ts'

const change = (path: string, before: string, after: string): FileChange => ({
  path,
  file: `specs/${path}`,
  before,
  after,
})

describe('a change', () => {
  test('keeps mode, byte order mark and line ends', async () => {
    using folder = createWorkspace({ 'a.yaml': '\uFEFFmodel: mian\r\n' })
    const file = join(folder.path, 'a.yaml')
    chmodSync(file, 0o640)
    expect(await writeChanges(folder.path, [change('a.yaml', 'model: mian\r\n', 'model: main\r\n')])).toEqual(
      [],
    )
    expect(readFileSync(file, 'utf8')).toBe('\uFEFFmodel: main\r\n')
    expect(statSync(file).mode & 0o7777).toBe(0o640)
    expect(readdirSync(folder.path)).toEqual(['a.yaml'])
  })

  test('goes to where a link leads, and the link stays', async () => {
    using folder = createWorkspace({ 'real/a.yaml': 'old' })
    symlinkSync('real/a.yaml', join(folder.path, 'link.yaml'))
    expect(await writeChanges(folder.path, [change('link.yaml', 'old', 'new')])).toEqual([])
    expect(readFileSync(join(folder.path, 'real/a.yaml'), 'utf8')).toBe('new')
    expect(lstatSync(join(folder.path, 'link.yaml')).isSymbolicLink()).toBe(true)
    const names = new Set(readdirSync(folder.path, { recursive: true, encoding: 'utf8' }))
    expect(names).toEqual(new Set(['link.yaml', 'real', join('real', 'a.yaml')]))
  })
})

describe('nothing is written', () => {
  test.for([
    ['has changed since it was read', 'b.yaml'],
    ['is gone', 'gone.yaml'],
  ])('when one of the files %s', async ([, path = '']) => {
    using folder = createWorkspace({ 'a.yaml': 'old a', 'b.yaml': 'somebody has been here' })
    const changes = [change('a.yaml', 'old a', 'new a'), change(path, 'old b', 'new b')]
    expect(await writeChanges(folder.path, changes)).toEqual([changes[1]])
    expect(readFileSync(join(folder.path, 'a.yaml'), 'utf8')).toBe('old a')
    expect(readFileSync(join(folder.path, 'b.yaml'), 'utf8')).toBe('somebody has been here')
    expect(readdirSync(folder.path)).toEqual(['a.yaml', 'b.yaml'])
  })

  test('when one of the files cannot be', async () => {
    using folder = createWorkspace({ 'a.yaml': 'old a' })
    mkdirSync(join(folder.path, 'b.yaml'))
    const changes = [change('a.yaml', 'old a', 'new a'), change('b.yaml', 'old b', 'new b')]
    await expect(writeChanges(folder.path, changes)).rejects.toMatchObject({ code: 'EISDIR' })
    expect(readFileSync(join(folder.path, 'a.yaml'), 'utf8')).toBe('old a')
    expect(readdirSync(folder.path)).toEqual(['a.yaml', 'b.yaml'])
  })

  test.skipIf(process.getuid?.() === 0)('when one of the files may not be written', async () => {
    using folder = createWorkspace({ 'a.yaml': 'old a', 'b.yaml': 'old b' })
    chmodSync(join(folder.path, 'b.yaml'), 0o444)
    const changes = [change('a.yaml', 'old a', 'new a'), change('b.yaml', 'old b', 'new b')]
    await expect(writeChanges(folder.path, changes)).rejects.toMatchObject({ code: 'EACCES' })
    expect(readFileSync(join(folder.path, 'a.yaml'), 'utf8')).toBe('old a')
    expect(readdirSync(folder.path)).toEqual(['a.yaml', 'b.yaml'])
  })
})
