import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { editFiles, operationsOf } from '../../../src/runtime/tools/apply-patch/edit-files.ts'
import { createWorkspace } from '../../support/workspace.ts'
import type { Workspace } from '../../support/workspace.ts'

let outside: Workspace
let root = ''

beforeEach(() => {
  outside = createWorkspace({ 'root/a.txt': 'one\ntwo\n', 'secret.txt': 'secret\n' })
  root = join(outside.path, 'root')
})

afterEach(() => outside[Symbol.dispose]())

const at = (file: string): string => readFileSync(join(root, file), 'utf8')

describe('an operation', () => {
  test('creates, updates and deletes a file', async () => {
    expect(await editFiles(root, [{ type: 'create_file', path: 'new/b.txt', diff: '+x\n+\n' }])).toBe(
      'Created new/b.txt',
    )
    expect(at('new/b.txt')).toBe('x\n')
    expect(await editFiles(root, [{ type: 'update_file', path: 'a.txt', diff: ' one\n-two\n+2\n' }])).toBe(
      'Updated a.txt',
    )
    expect(at('a.txt')).toBe('one\n2\n')
    expect(await editFiles(root, [{ type: 'delete_file', path: './a.txt' }])).toBe('Deleted ./a.txt')
    expect(existsSync(join(root, 'a.txt'))).toBe(false)
  })

  test('keeps the rights of a file', async () => {
    writeFileSync(join(root, 'run.sh'), 'echo\n', { mode: 0o755 })
    await editFiles(root, [{ type: 'update_file', path: 'run.sh', diff: '-echo\n+true\n' }])
    expect(statSync(join(root, 'run.sh')).mode & 0o777).toBe(0o755)
  })

  test.each([
    '../secret.txt',
    '/etc/passwd',
    'a/../../secret.txt',
    'link/secret.txt',
    'linked.txt',
    '',
    '.',
    'x\0y',
  ])('never leaves the folder: %j', async (path) => {
    symlinkSync(outside.path, join(root, 'link'))
    symlinkSync(join(outside.path, 'secret.txt'), join(root, 'linked.txt'))
    for (const operation of [
      { type: 'update_file', path, diff: '-secret\n+known\n' },
      { type: 'create_file', path, diff: '+known\n' },
      { type: 'delete_file', path },
    ] as const) {
      await expect(editFiles(root, [operation])).rejects.toMatchObject({ name: 'PatchProblem' })
    }
    expect(readFileSync(join(outside.path, 'secret.txt'), 'utf8')).toBe('secret\n')
  })

  test.each(['.agentspec/agentspec.db', 'sub/.git/hooks/pre-commit', '.GIT/config'])(
    'never reaches %s',
    async (path) => {
      const refused = editFiles(root, [{ type: 'create_file', path, diff: '+x\n' }])
      await expect(refused).rejects.toThrow('are not edited by patches')
    },
  )

  test.each([
    ['creates what exists', { type: 'create_file', path: 'a.txt', diff: '+x' }, 'exists already'],
    ['updates what does not exist', { type: 'update_file', path: 'b.txt', diff: '+x' }, 'does not exist'],
    ['deletes what does not exist', { type: 'delete_file', path: 'b.txt' }, 'does not exist'],
    ['deletes a folder', { type: 'delete_file', path: 'folder' }, 'is not a file'],
    [
      'updates what is no text',
      { type: 'update_file', path: 'image.bin', diff: '+x' },
      'not a text in UTF-8',
    ],
    ['does not fit', { type: 'update_file', path: 'a.txt', diff: '-three\n' }, 'does not have the lines'],
  ] as const)('that %s changes nothing and says why', async (_, operation, problem) => {
    mkdirSync(join(root, 'folder'))
    writeFileSync(join(root, 'image.bin'), Buffer.from([0xff, 0xfe, 0x00]))
    await expect(editFiles(root, [operation])).rejects.toThrow(problem)
    expect(at('a.txt')).toBe('one\ntwo\n')
  })
})

describe('the operations of a call', () => {
  const one = { type: 'delete_file', path: 'a' }

  test('are one, or a list', () => {
    expect(operationsOf(one)).toEqual([one])
    expect(operationsOf({ operation: one })).toEqual([one])
    expect(operationsOf({ operations: [one, one] })).toEqual([one, one])
  })

  test.each([
    {},
    { operations: [] },
    { operations: [one, {}] },
    { type: 'update_file', path: 'a' },
    { type: 'move', path: 'a' },
  ])('are none: %j', (args) => expect(operationsOf(args)).toBeNull())
})
