/** `check --fix`: what it writes, what it says, and how it ends. */
import { chmodSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HELLO } from '../support/cli-specs.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

const BAD = HELLO.replace('model: main,', 'model: mian,').replace('version: 0.1.0', 'version: v0.1')
const UNFIXABLE = HELLO.replace('Greet. }', 'Greet., tools: [nothing_like_it] }')

function check(folder: Workspace, ...args: readonly string[]): Promise<CommandResult> {
  return runCommand(['check', ...args], { cwd: folder.path })
}

function textOf(folder: Workspace, file: string): string {
  return readFileSync(join(folder.path, file), 'utf8')
}

describe('check --fix', () => {
  test('corrects the file, says what it corrected and what is left, and exits by what is left', async () => {
    using folder = createWorkspace({ 'specs/a.yaml': BAD, 'b.yaml': UNFIXABLE })
    const first = await check(folder, 'specs/a.yaml', '--fix')
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toBe(
      [
        'specs/a.yaml:3:10 fixed AS2011: Expected a semantic version such as "0.1.0" for "version", got the text "v0.1".',
        '  fix: Replace with "0.1.0"',
        '',
        'specs/a.yaml:7:21 fixed AS3003: Unknown model "mian". Did you mean "main"?',
        '  fix: Replace with "main"',
        '',
        'fixed 2 mistakes',
        '',
        'ok: 1 file, nothing to complain about',
        '',
      ].join('\n'),
    )
    expect(textOf(folder, 'specs/a.yaml')).toBe(HELLO)
    const left = await check(folder, 'b.yaml', 'specs/a.yaml', '--fix')
    expect(left.code).toBe(2)
    expect(left.stdout).toContain('b.yaml:7:57 error AS3002: Unknown tool "nothing_like_it".')
    expect(left.stdout).not.toContain('fixed')
    expect(textOf(folder, 'b.yaml')).toBe(UNFIXABLE)
  })

  test('changes nothing the second time, and leaves no other file behind', async () => {
    using folder = createWorkspace({ 'a.yaml': BAD })
    await check(folder, 'a.yaml', '--fix')
    const { mtimeMs, ino } = statSync(join(folder.path, 'a.yaml'))
    expect((await check(folder, 'a.yaml', '--fix', '--json')).json).toMatchObject({ ok: true, fixed: [] })
    expect(statSync(join(folder.path, 'a.yaml'))).toMatchObject({ mtimeMs, ino })
    expect(readdirSync(folder.path)).toEqual(['a.yaml'])
  })

  test('prints the diagnostics that are left and what was fixed as JSON', async () => {
    using folder = createWorkspace({
      'a.yaml': BAD.replace('Greet. }', 'Greet., tools: [nothing_like_it] }'),
    })
    const { code, json } = await check(folder, 'a.yaml', '--fix', '--json')
    expect(code).toBe(2)
    expect(json).toMatchObject({ ok: false, files: ['a.yaml'], errors: 1, diagnostics: [{ code: 'AS3002' }] })
    const { fixed } = json as { fixed: unknown }
    expect(fixed).toEqual([
      {
        file: 'a.yaml',
        description: 'Replace with "0.1.0"',
        start: { line: 3, column: 10, offset: BAD.indexOf('v0.1') },
      },
      {
        file: 'a.yaml',
        description: 'Replace with "main"',
        start: { line: 7, column: 21, offset: BAD.indexOf('mian') },
      },
    ])
  })

  test('corrects included files, once when several specs include them', async () => {
    const root = HELLO.replace('models:', 'include: [./shared.yaml]\nentry: greeter\nmodels:').replace(
      'Greet.',
      'Greet., handoffs: [other]',
    )
    const shared = 'agents: { other: { modle: main, instructions: Help. } }\n'
    using folder = createWorkspace({ 'a.yaml': root, 'b.yaml': root, 'shared.yaml': shared })
    const { code, json } = await check(folder, 'a.yaml', 'b.yaml', '--fix', '--json')
    expect({ code, json }).toMatchObject({ code: 0, json: { ok: true, fixed: [{ file: 'shared.yaml' }] } })
    expect(textOf(folder, 'shared.yaml')).toBe(shared.replace('modle', 'model'))
    expect(textOf(folder, 'a.yaml')).toBe(root)
  })

  test('keeps mode, byte order mark and line ends', async () => {
    using folder = createWorkspace({ 'a.yaml': `\uFEFF${BAD.replaceAll('\n', '\r\n')}` })
    chmodSync(join(folder.path, 'a.yaml'), 0o600)
    expect((await check(folder, 'a.yaml', '--fix')).code).toBe(0)
    expect(textOf(folder, 'a.yaml')).toBe(`\uFEFF${HELLO.replaceAll('\n', '\r\n')}`)
    expect(statSync(join(folder.path, 'a.yaml')).mode & 0o777).toBe(0o600)
  })

  test('speaks every format', async () => {
    using folder = createWorkspace()
    for (const format of ['github', 'sarif']) {
      folder.write('a.yaml', BAD.replace('Greet. }', 'Greet., tools: [nothing_like_it] }'))
      const { code, stdout } = await check(folder, 'a.yaml', '--fix', '--format', format)
      expect(code).toBe(2)
      expect(stdout).toContain('AS3002')
      expect(stdout).not.toContain('AS3003')
    }
  })

  test('says when a fix is left out', async () => {
    const text = HELLO.replace('models:', 'entry: greeter\nmodels:')
      .replace('Greet. }', 'Greet., handoffs: [othr, othre] }')
      .concat('  other: { model: main, instructions: Help. }\n')
    using folder = createWorkspace({ 'a.yaml': text })
    const { code, stdout, stderr } = await check(folder, 'a.yaml', '--fix')
    expect(code).toBe(2)
    expect(stdout).toContain('fixed 1 mistake\n')
    expect(stdout).toContain('error AS3001: Unknown agent "othre". Did you mean "other"?')
    expect(stderr).toBe('A fix is left to you: it would not leave fewer mistakes\n')
  })

  test('leaves what is not there, and what cannot be read, alone', async () => {
    using folder = createWorkspace({ 'broken.yaml': 'agents: [' })
    expect(await check(folder, 'none.yaml', 'broken.yaml', '--fix', '--json')).toMatchObject({
      code: 2,
      json: { errors: 2, fixed: [] },
    })
    expect(readdirSync(folder.path)).toEqual(['broken.yaml'])
    expect(textOf(folder, 'broken.yaml')).toBe('agents: [')
  })
})

test('check without --fix says how many mistakes it could correct, and touches nothing', async () => {
  using folder = createWorkspace({ 'a.yaml': BAD })
  expect(await check(folder, 'a.yaml')).toMatchObject({
    code: 2,
    stderr: '2 mistakes can be corrected with --fix\n',
  })
  expect(await check(folder, 'a.yaml', '--quiet')).toMatchObject({ stderr: '' })
  expect(textOf(folder, 'a.yaml')).toBe(BAD)
})
