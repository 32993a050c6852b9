/** `dev`: a chat that takes up what its author saves, and keeps the conversation. */
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DESK } from '../support/dev-desk.ts'
import { KEYS, startCommand } from '../support/live-command.ts'
import { startAtTerminal } from '../support/pty-command.ts'
import type { PtyCommand } from '../support/pty-command.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

const CALLS = DESK.replace(
  '{ text: First answer. }',
  '{ tool_calls: [{ name: cancel, arguments: { id: 7 } }] }, { text: Cancelled it. }',
)
const TOOLS =
  "import { word } from './help.ts'\nexport const cancel = ({ id }: { id: number }) => `${word} ${id}`\n"

async function inDev(
  files: Readonly<Record<string, string>>,
  body: (live: PtyCommand, folder: Workspace) => Promise<void>,
  flags: readonly string[] = [],
): Promise<string> {
  using folder = createWorkspace({
    'tools.ts': TOOLS,
    'help.ts': "export const word = 'old'\n",
    ...files,
  })
  using live = startAtTerminal(['dev', 'desk.yaml', '--session', 's1', ...flags], {
    cwd: folder.path,
    env: { AGENTSPEC_BY: 'tester', NO_COLOR: '1' },
  })
  await body(live, folder)
  await live.waitFor('› ')
  live.press(KEYS.ctrlD)
  expect(await live.ended).toBe(0)
  return live.screen()
}

const say = (text: string): string => text + KEYS.enter

describe('dev', () => {
  test('takes up what is saved with the next turn, and keeps the conversation', async () => {
    await inDev({ 'desk.yaml': DESK }, async (live, folder) => {
      await live.waitFor('desk@1.0.0 · session s1 · watching')
      await live.waitFor('› ')
      live.press(say('One'))
      await live.waitFor('First answer.')
      await live.waitFor('› ')
      folder.write('desk.yaml', DESK.replace('First', 'Second').replace('Help.', 'Help them.'))
      await live.waitFor('changed: desk.yaml')
      await live.waitFor('behavioural')
      await live.waitFor('The next turn uses it.')
      live.press(say('/diff'))
      await live.waitFor('instructions')
      await live.waitFor('› ')
      live.press(say('Two'))
      await live.waitFor('Second answer.')
      await live.waitFor('› ')
      const { json } = await runCommand(['sessions', 'show', 's1', '--json'], { cwd: folder.path })
      expect(JSON.stringify(json)).toMatch(/One.*First answer.*Two.*Second answer/)
      live.press(say('/usage'))
      await live.waitFor('this chat')
    })
  })

  test('keeps the last version that can be run while the files are broken', async () => {
    await inDev({ 'desk.yaml': DESK }, async (live, folder) => {
      await live.waitFor('› ')
      folder.write('desk.yaml', DESK.replace('model: main,', 'model: mian,'))
      await live.waitFor('desk.yaml:9:19 error AS3003: Unknown model "mian". Did you mean "main"?')
      await live.waitFor('Turns go on with the last version that can be run.')
      live.press(say('Still there?'))
      await live.waitFor('First answer.')
      await live.waitFor('› ')
      rmSync(join(folder.path, 'desk.yaml'))
      await live.waitFor('There is no file "desk.yaml"')
      folder.write('.desk.yaml.swp', 'x')
      folder.write('fresh.yaml', DESK.replace('First', 'Mended'))
      renameSync(join(folder.path, 'fresh.yaml'), join(folder.path, 'desk.yaml'))
      await live.waitFor('The next turn uses it.')
      live.press(say('And now?'))
      await live.waitFor('Mended answer.')
    })
  })

  test('begins with a spec that cannot be run, and waits for one that can', async () => {
    await inDev({ 'desk.yaml': 'agentspec: 1\nname: desk\n' }, async (live, folder) => {
      await live.waitFor('Nothing can be run yet.')
      await live.waitFor('› ')
      live.press(say('Hello'))
      await live.waitFor('There is no version of the spec that can be run yet')
      await live.waitFor('› ')
      folder.write('desk.yaml', DESK)
      await live.waitFor('ok: the spec can be run.')
      live.press(say('Hello'))
      await live.waitFor('First answer.')
    })
  })

  test('tells what a change means for a run that waits, which stays on the version it began with', async () => {
    const flags = ['--approvals', 'pause']
    const body = async (live: PtyCommand, folder: Workspace): Promise<void> => {
      await live.waitFor('› ')
      live.press(say('Cancel 7'))
      await live.waitFor('is paused: 1 call waits for approval')
      await live.waitFor('› ')
      // A module that the tool's module imports.
      folder.write('help.ts', "export const word = 'new'\n")
      await live.waitFor('changed: help.ts')
      await live.waitFor('needs_reapproval')
      await live.waitFor('runs')
      await live.waitFor('needs_reapproval')
      live.press(say('/approve'))
      await live.waitFor('old 7')
      await live.waitFor('Cancelled it.')
      await live.waitFor('› ')
      live.press(say('Again'))
      await live.waitFor('is paused')
      await live.waitFor('› ')
      live.press(say('/approve'))
      await live.waitFor('new 7')
      await live.waitFor('Cancelled it.')
      await live.waitFor('› ')
      live.press(say('/runs'))
      await live.waitFor('completed')
      await live.waitFor('completed')
      await live.waitFor('› ')
      live.press(say('/reject no'))
      await live.waitFor('error: ')
    }
    await inDev({ 'desk.yaml': CALLS }, body, flags)
  })

  test('a turn under way ends on the version it began with', async () => {
    const waits =
      "import { existsSync } from 'node:fs'\nexport const cancel = async (_: object, ctx: { progress(text: string): void }) => {\n  ctx.progress('begun')\n  while (!existsSync('go')) await new Promise((done) => setTimeout(done, 20))\n  return 'waited'\n}\n"
    const spec = CALLS.replace('needs_approval: true', 'needs_approval: false')
    await inDev({ 'desk.yaml': spec, 'tools.ts': waits }, async (live, folder) => {
      await live.waitFor('› ')
      live.press(say('Cancel 7'))
      await live.waitFor('begun')
      folder.write('desk.yaml', spec.replace('Cancelled it.', 'Done anew.'))
      // Long enough for the change to be seen on most machines; a slower one sees it later, and proves less.
      await new Promise((done) => setTimeout(done, 700))
      folder.write('go', '')
      await live.waitFor('Cancelled it.')
      await live.waitFor('The next turn uses it.')
      live.press(say('Cancel 8'))
      await live.waitFor('Done anew.')
    })
  })

  test('knows commands, lines that go on, pasted text, and what was typed before', async () => {
    const seen = await inDev({ 'desk.yaml': DESK }, async (live, folder) => {
      await live.waitFor('› ')
      live.press(say('/agents'))
      await live.waitFor('●  clerk')
      live.press(say('/help'))
      await live.waitFor('ends, as Ctrl-D does')
      live.press(say('/tools'))
      await live.waitFor('cancel  function  asks always')
      live.press(say('/spec'))
      await live.waitFor('desk@1.0.0 sha256:')
      live.press(say('/model clerk=scripted/other'))
      await live.waitFor('clerk: scripted/other')
      live.press(say('/model -'))
      await live.waitFor('The models of the spec.')
      live.press(say('/modle'))
      await live.waitFor('There is no command /modle. Did you mean "model"?')
      live.press(say('/events'))
      await live.waitFor('Nothing was run yet')
      await live.waitFor('› ')
      live.press(say('one \\'))
      await live.waitFor('… ')
      live.press(say('two'))
      await live.waitFor('First answer.')
      await live.waitFor('› ')
      live.press('three\rfour\r')
      await live.waitFor('First answer.')
      await live.waitFor('› ')
      live.press('\u001b[200~five\rsix\r\u001b[201~')
      await live.waitFor('six')
      live.press(say('seven'))
      await live.waitFor('First answer.')
      await live.waitFor('› ')
      live.press(say('/events'))
      await live.waitFor('run.completed')
      const { json } = await runCommand(['sessions', 'show', 's1', '--json'], { cwd: folder.path })
      expect(JSON.stringify(json)).toContain('one \\ntwo')
      expect(JSON.stringify(json)).toContain('three\\nfour')
      expect(JSON.stringify(json)).toContain('five\\nsix\\nseven')
      await live.waitFor('› ')
      live.press(say('/reset'))
      await live.waitFor('A new conversation: session_')
      await live.waitFor('› ')
      live.press('\u001b[A\u001b[A', KEYS.enter)
      await live.waitFor('Nothing was run yet')
    })
    expect(seen).toContain('/help')
  })

  test('is for a person at a terminal', async () => {
    using folder = createWorkspace({ 'desk.yaml': DESK })
    const { code, stderr } = await runCommand(['dev', 'desk.yaml'], { cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr).toContain('A chat needs a terminal')
  })
})

describe('run --watch', () => {
  test('runs the same input again after every change, and ends well with Ctrl-C', async () => {
    using folder = createWorkspace({
      'desk.yaml': DESK,
      'tools.ts': TOOLS,
      'help.ts': 'export const word = 1\n',
    })
    const live = startCommand(['run', 'desk.yaml', 'Hello', '--watch'], { cwd: folder.path })
    try {
      await live.waitFor('Ctrl-C ends')
      folder.write('desk.yaml', DESK.replace('agents:', 'agnets:'))
      await live.waitFor('Did you mean "agents"?')
      await live.waitFor('Ctrl-C ends')
      folder.write('desk.yaml', DESK.replace('First', 'Second'))
      await live.waitFor('The next turn uses it.')
      await live.waitFor('Ctrl-C ends')
      live.signal('SIGINT')
      expect(await live.ended).toMatchObject({ code: 0, stdout: 'First answer.\nSecond answer.\n' })
    } finally {
      live.signal('SIGKILL')
    }
  })
})

test.for([
  ['resume', 'latest'],
  ['approve', 'latest', '--resume'],
  ['dev', 'desk.yaml'],
])('%j --watch is refused: there is nothing to run again', async (words) => {
  using folder = createWorkspace({ 'desk.yaml': DESK })
  const { code, stderr } = await runCommand([...words, '--watch'], { cwd: folder.path })
  expect(code).toBe(2)
  expect(stderr).toContain('agentspec run SPEC INPUT --watch runs the same again after every save')
})
