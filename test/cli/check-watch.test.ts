/** `check --watch`: a report after every change, until Ctrl-C. */
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HELLO } from '../support/cli-specs.ts'
import { startCommand } from '../support/live-command.ts'
import type { LiveCommand, LiveOptions } from '../support/live-command.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const BAD = HELLO.replace('model: main,', 'model: mian,')
const OK = 'nothing to complain about'
const CLEAR = '\u001b[2J'

async function expectWatching(
  files: Readonly<Record<string, string>>,
  words: readonly string[],
  body: (live: LiveCommand, folder: ReturnType<typeof createWorkspace>) => Promise<void>,
  options: Omit<LiveOptions, 'cwd'> = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  using folder = createWorkspace(files)
  const live = startCommand(['check', ...words, '--watch'], { ...options, cwd: folder.path })
  try {
    await body(live, folder)
    live.signal('SIGINT')
    const { code, ...said } = await live.ended
    expect(code).toBe(0)
    return said
  } finally {
    live.signal('SIGKILL')
  }
}

describe('check --watch', () => {
  test('checks again after every change, and ends well with Ctrl-C', async () => {
    const { stdout, stderr } = await expectWatching({ 'a.yaml': HELLO }, ['a.yaml'], async (live, folder) => {
      await live.waitFor(OK)
      folder.write('a.yaml', BAD)
      await live.waitFor('a.yaml:7:21 error AS3003: Unknown model "mian".')
      folder.write('new.yaml', HELLO)
      renameSync(join(folder.path, 'new.yaml'), join(folder.path, 'a.yaml'))
      await live.waitFor(OK)
      rmSync(join(folder.path, 'a.yaml'))
      await live.waitFor('There is no file "a.yaml".')
      folder.write('a.yaml', BAD)
      await live.waitFor('Unknown model')
    })
    expect(stderr).toContain('watching 2 files; Ctrl-C ends\n')
    expect(stderr).toContain('changed: a.yaml\n')
    expect(stdout).not.toContain('\u001b')
  })

  test('watches everything that a spec is made of, and what it lacks', async () => {
    const root = HELLO.replace('models:', 'include: [./parts/more.yaml]\nentry: greeter\nmodels:')
      .replace('Greet. }', '{ file: ./greet.md }, handoffs: [other], tools: [look] }')
      .concat('tools: { look: { type: function, description: Look, handler: ./look.ts#look } }\n')
    const files = { 'spec/a.yaml': root, 'spec/look.ts': "import './help.ts'\nexport function look() {}\n" }
    await expectWatching(files, ['spec/a.yaml'], async (live, folder) => {
      await live.waitFor('3 errors in 1 file')
      folder.write('spec/parts/more.yaml', 'agents: { other: { modle: main, instructions: Help. } }\n')
      await live.waitFor('spec/parts/more.yaml:1:20 error AS2001')
      folder.write('spec/parts/more.yaml', 'agents: { other: { model: main, instructions: Help. } }\n')
      await live.waitFor('2 errors in 1 file')
      folder.write('spec/greet.md', 'Greet.')
      await live.waitFor('1 error in 1 file')
      folder.write('spec/help.ts', 'export {}\n')
      await live.waitFor(OK)
      folder.write('spec/look.ts', 'export function lok() {}\n')
      await live.waitFor('"./look.ts" does not export "look".')
    })
  })

  test('watches the variables beside the spec, and several specs', async () => {
    const needy = HELLO.replace('provider: scripted,', 'provider: scripted, api_key: "${LLM_KEY:?say it}",')
    await expectWatching({ 'a.yaml': needy, 'b.yaml': BAD }, ['a.yaml', 'b.yaml'], async (live, folder) => {
      await live.waitFor('1 error and 1 warning in 2 files')
      folder.write('.env', 'LLM_KEY=12345678\n')
      await live.waitFor('1 error in 2 files')
      folder.write('b.yaml', HELLO)
      await live.waitFor(OK)
    })
  })

  test('clears the screen on a terminal, after a change', async () => {
    const { stdout } = await expectWatching(
      { 'a.yaml': HELLO },
      ['a.yaml'],
      async (live, folder) => {
        await live.waitFor(OK)
        folder.write('a.yaml', BAD)
        await live.waitFor('Unknown model')
      },
      { terminal: true },
    )
    expect(stdout.split(CLEAR)).toHaveLength(2)
    expect(stdout.startsWith('ok: 1 file')).toBe(true)
  })

  test('prints one object a line in the format of programs', async () => {
    const { stdout } = await expectWatching(
      { 'a.yaml': HELLO },
      ['a.yaml', '--format', 'json'],
      async (live, folder) => {
        await live.waitFor('"ok":true')
        folder.write('a.yaml', BAD)
        await live.waitFor('"ok":false')
      },
    )
    const reports = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(reports).toMatchObject([
      { ok: true, errors: 0 },
      { ok: false, errors: 1 },
    ])
  })

  test('ends when nobody reads it any more', async () => {
    using folder = createWorkspace({ 'a.yaml': HELLO })
    const live = startCommand(['check', 'a.yaml', '--watch'], { cwd: folder.path })
    await live.waitFor(OK)
    live.stopReading()
    folder.write('a.yaml', BAD)
    expect((await live.ended).code).toBe(0)
  })

  test.for([
    [['--fix'], '--fix and --watch contradict each other'],
    [['--json'], '--json prints one object'],
    [['--format', 'xml'], '--format cannot be "xml"'],
  ] as const)('refuses %j', async ([words, message]) => {
    using folder = createWorkspace({ 'a.yaml': BAD })
    const { code, stderr } = await runCommand(['check', 'a.yaml', '--watch', ...words], { cwd: folder.path })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
  })
})
