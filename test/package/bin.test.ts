/** `bin/agentspec.cjs`: what it says where agentspec cannot run. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { runIn, tempFolder } from './pack.ts'

const bin = join(root, 'bin/agentspec.cjs')

test('on a Node that is too old it says so and exits 2', () => {
  using folder = tempFolder()
  const old = join(folder.path, 'old.cjs')
  writeFileSync(old, `Object.defineProperty(process, 'versions', { value: { node: '18.19.1' } })`)
  expect(runIn(folder.path, 'node', ['--require', old, bin, '--version'])).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'agentspec needs Node 24 or newer; this is Node 18.19.1. Install a newer one from https://nodejs.org and try again.\n',
  })
  const { code, stdout } = runIn(folder.path, 'node', ['--require', old, bin, 'runs', '--json'])
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'node_too_old' } })
})

test('it is written in syntax that such a Node can read', () => {
  const code = readFileSync(bin, 'utf8').replaceAll(/\/\*.*?\*\//gs, '')
  expect(code).not.toMatch(/=>|`|\b(?:const|let|class|async|await|import)\b|\?\.|\?\?|node:/)
})

test('in a checkout that was not built it says what to do and exits 2', () => {
  using folder = tempFolder()
  mkdirSync(join(folder.path, 'bin'))
  copyFileSync(bin, join(folder.path, 'bin/agentspec.cjs'))
  const { code, stdout, stderr } = runIn(folder.path, 'node', ['bin/agentspec.cjs'])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('run "npm run build" first')
})
