/** A person at a terminal: the streamed answer, the question for approval, the chat. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HELLO, SHOP, TOOLS, TWO_CALLS } from '../support/cli-specs.ts'
import { KEYS, startCommand } from '../support/live-command.ts'
import type { LiveCommand } from '../support/live-command.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

interface Desk extends Workspace {
  /** Runs the command at a terminal. */
  start(args: readonly string[], env?: Record<string, string>): LiveCommand
  /** The orders whose cancelling ran. */
  bodies(): string
  events(): Promise<readonly { readonly type: string }[]>
}

function createDesk(): Desk {
  const folder = createWorkspace({
    'hello.yaml': HELLO,
    'shop.yaml': SHOP,
    'two.yaml': TWO_CALLS,
    'tools.ts': TOOLS,
    'calls.log': '',
  })
  return {
    ...folder,
    start: (args, env = {}) =>
      startCommand(args, { cwd: folder.path, terminal: true, env: { AGENTSPEC_BY: 'tester', ...env } }),
    bodies: () => readFileSync(join(folder.path, 'calls.log'), 'utf8'),
    events: async () => {
      const { json } = await runCommand(['show', 'latest', '--events', '--json'], { cwd: folder.path })
      return (json as { events: { type: string }[] }).events
    },
  }
}

const choose = (position: number): string => KEYS.down.repeat(position) + KEYS.enter

describe('the question for approval', () => {
  test('shows who wants to do what, and why it asks; yes goes on in the same process', async () => {
    using desk = createDesk()
    const command = desk.start(['run', 'shop.yaml', 'Cancel order 7'])
    await command.waitFor(
      '? cancel wants to run\n  order_id  7\n  agent     desk\n  asks      needs_approval: true (/tools/cancel/needs_approval)\n',
    )
    await command.waitFor('Run cancel?')
    await command.waitFor('Decide later')
    expect(desk.bodies()).toBe('')
    command.press(KEYS.enter)
    const { code, stdout } = await command.ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Cancelled.\n' })
    expect(desk.bodies()).toBe('7\n')
    expect((await desk.events()).find(({ type }) => type === 'approval.decided')).toMatchObject({
      decision: 'approve',
      always: false,
      by: 'tester',
    })
  })

  test('no tells the agent the reason', async () => {
    using desk = createDesk()
    const command = desk.start(['run', 'shop.yaml', 'Cancel order 7'])
    await command.waitFor('Decide later')
    command.press(choose(1))
    await command.waitFor('What is the agent told?')
    command.press('Too late', KEYS.enter)
    expect((await command.ended).code).toBe(0)
    expect(command.screen()).toContain('✗ cancel rejected: Too late\n')
    expect(desk.bodies()).toBe('')
  })

  test('always answers the other calls of the same tool, and the later ones', async () => {
    using desk = createDesk()
    const command = desk.start(['run', 'two.yaml', 'Cancel both'])
    await command.waitFor('(1 of 2)')
    await command.waitFor('Decide later')
    command.press(choose(2))
    expect((await command.ended).code).toBe(0)
    expect(command.screen()).not.toContain('(2 of 2)')
    expect(desk.bodies().split('\n').toSorted()).toEqual(['', '7', '8'])
    const decisions = (await desk.events()).filter(({ type }) => type === 'approval.decided')
    expect(decisions).toMatchObject([
      { call_id: 'call_a', always: true },
      { call_id: 'call_b', always: true },
    ])
  })

  test('edited arguments that do not fit are asked for again', async () => {
    using desk = createDesk()
    const command = desk.start(['run', 'shop.yaml', 'Cancel order 7'], { EDITOR: '' })
    await command.waitFor('Decide later')
    command.press(choose(4))
    await command.waitFor('Arguments (JSON)')
    await command.waitFor('{"order_id":7}')
    command.press(KEYS.backspace.repeat(2), '"x"}', KEYS.enter)
    await command.waitFor('✗ cancel refuses these arguments')
    await command.waitFor('Decide later')
    command.press(choose(4))
    await command.waitFor('{"order_id":7}')
    command.press(KEYS.backspace.repeat(2), '99}', KEYS.enter)
    expect((await command.ended).code).toBe(0)
    expect(desk.bodies()).toBe('99\n')
  })

  test('the arguments can be edited in an editor', async () => {
    using desk = createDesk()
    desk.write(
      'edit.mjs',
      `import { readFileSync, writeFileSync } from 'node:fs'
const file = process.argv[2]
writeFileSync(file, readFileSync(file, 'utf8').replace('7', '12'))`,
    )
    const editor = `"${process.execPath}" edit.mjs`
    const command = desk.start(['run', 'shop.yaml', 'Cancel order 7'], { EDITOR: editor })
    await command.waitFor('Decide later')
    command.press(choose(4))
    expect((await command.ended).code).toBe(0)
    expect(desk.bodies()).toBe('12\n')
  })

  test('later leaves the run paused, and says how to go on; the other calls are asked about', async () => {
    using desk = createDesk()
    const command = desk.start(['run', 'two.yaml', 'Cancel both'])
    await command.waitFor('(1 of 2)')
    await command.waitFor('Decide later')
    command.press(choose(5))
    await command.waitFor('(2 of 2)')
    await command.waitFor('Decide later')
    command.press(KEYS.enter)
    const { code, stdout, stderr } = await command.ended
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toMatch(/is paused: 1 call waits for approval\.\n {2}cancel\(order_id: 7\) {2}call_a/)
    expect(stderr).toMatch(/agentspec approve run_\w+ --resume\n/)
    expect(desk.bodies()).toBe('8\n')
  })

  test('Ctrl-C asks no more, and leaves the run paused', async () => {
    using desk = createDesk()
    const command = desk.start(['run', 'two.yaml', 'Cancel both'])
    await command.waitFor('Decide later')
    command.press(KEYS.ctrlC)
    const { code, stderr } = await command.ended
    expect(code).toBe(4)
    expect(stderr).toContain('2 calls wait for approval')
    expect(desk.bodies()).toBe('')
  })

  test('also comes when a paused run is resumed', async () => {
    using desk = createDesk()
    expect((await runCommand(['run', 'shop.yaml', 'Hi'], { cwd: desk.path })).code).toBe(4)
    const command = desk.start(['resume', 'latest'])
    await command.waitFor('Decide later')
    command.press(KEYS.enter)
    expect(await command.ended).toMatchObject({ code: 0, stdout: 'Cancelled.\n' })
  })

  test('does not come where a program reads, or when it is not wanted', async () => {
    using desk = createDesk()
    for (const flags of [['--json'], ['--events'], ['--approvals', 'pause']]) {
      expect((await desk.start(['run', 'shop.yaml', 'Hi', ...flags]).ended).code).toBe(4)
    }
  })

  test('cannot be changed by what the arguments say', async () => {
    using desk = createDesk()
    desk.write(
      'evil.yaml',
      SHOP.replace('{ order_id: 7 }', '{ order_id: 7, note: "\\e[2K\\e[1Aorder_id  1\\u202e" }').replace(
        'additionalProperties: false',
        'additionalProperties: true',
      ),
    )
    const command = desk.start(['run', 'evil.yaml', 'Hi'])
    await command.waitFor('Decide later')
    expect(command.screen()).toContain('  note      "\\u001b[2K\\u001b[1Aorder_id  1\\u202e"\n')
    command.press(KEYS.ctrlC)
    await command.ended
  })
})

describe('the answer on a terminal', () => {
  test('is streamed, once, with the progress around it', async () => {
    using desk = createDesk()
    const command = desk.start(['run', 'hello.yaml', 'Hi'])
    const { code, stdout } = await command.ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello there.\n' })
    expect(command.screen()).toMatch(/^● greeter\nHello there\.\nrun_\w+ · 1 turn/)
  })

  test('is made safe to show', async () => {
    using desk = createDesk()
    desk.write('evil.yaml', HELLO.replace('Hello there.', '"a\\e[2Jb"'))
    const { stdout } = await desk.start(['run', 'evil.yaml', 'Hi']).ended
    expect(stdout).toBe('a\\x1b[2Jb\n')
  })

  test('of several inputs is shown after each', async () => {
    using desk = createDesk()
    const command = desk.start(['run', 'hello.yaml', 'one', 'two'])
    expect((await command.ended).stdout).toBe('Hello there.\nHello there.\n')
    expect(command.screen()).toMatch(/› one\n● greeter\nHello there\.\n› two\nHello there\.\n/)
  })
})

describe('a chat', () => {
  test('goes on in one session until Ctrl-D, through approvals', async () => {
    using desk = createDesk()
    const command = desk.start(['run', 'shop.yaml', '--session', 'c12'])
    await command.waitFor('shop 1.0.0 · session c12 · Ctrl-D ends')
    await command.waitFor('› ')
    command.press('Cancel order 7', KEYS.enter)
    await command.waitFor('Decide later')
    command.press(KEYS.enter)
    await command.waitFor('Cancelled.')
    await command.waitFor('› ')
    command.press(KEYS.enter)
    await command.waitFor('› ')
    command.press('Again', KEYS.enter)
    await command.waitFor('Decide later')
    command.press(choose(5))
    await command.waitFor('is paused')
    await command.waitFor('› ')
    command.press(KEYS.ctrlD)
    const { code, stderr } = await command.ended
    expect(code).toBe(0)
    expect(stderr).toContain('--session c12')
    const { json } = await runCommand(['sessions', 'show', 'c12', '--json'], { cwd: desk.path })
    expect(json).toMatchObject({ items: [{ content: 'Cancel order 7' }, {}, {}, {}, { content: 'Again' }] })
  })

  test('takes lines that arrive together for one input', async () => {
    using desk = createDesk()
    const command = desk.start(['run', 'hello.yaml'])
    await command.waitFor('› ')
    command.press('one\r', 'two\r')
    await command.waitFor('Hello there.')
    await command.waitFor('› ')
    command.press(KEYS.ctrlD)
    await command.ended
    const { json } = await runCommand(['show', 'latest', '--json'], { cwd: desk.path })
    expect(json).toMatchObject({ items: [{ content: 'one\ntwo' }, {}] })
  })
})
