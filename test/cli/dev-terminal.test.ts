/** `dev` at a real terminal: what keys do, what is remembered, and what stays on the screen. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { atDesk, DESK, say } from '../support/dev-desk.ts'
import { KEYS } from '../support/live-command.ts'
import type { PtyCommand } from '../support/pty-command.ts'
import { runCommand } from '../support/run-command.ts'

const HISTORY = '.local/state/agentspec/history'

const begin = (): readonly string[] => ['dev', 'desk.yaml', '--session', 's1']

/** As a terminal sends it. */
const pasted = (text: string): string => `\u001b[200~${text}\u001b[201~`

/** What was said to the agents, in order. */
async function said(cwd: string): Promise<readonly unknown[]> {
  const { json } = await runCommand(['sessions', 'show', 's1', '--json'], { cwd })
  const { items } = json as { items: { role?: string; content?: unknown }[] }
  return items.filter(({ role }) => role === 'user').map(({ content }) => content)
}

async function quit(terminal: PtyCommand): Promise<void> {
  terminal.press(KEYS.ctrlD)
  expect(await terminal.ended).toBe(0)
}

describe('Ctrl-C', () => {
  test('clears what is typed; where nothing is, the second one in a row ends', async () => {
    const { screen } = await atDesk(begin(), {}, async (terminal) => {
      await terminal.waitFor('› ')
      terminal.press('a mistake')
      await terminal.waitFor('a mistake')
      terminal.press(KEYS.ctrlC)
      await terminal.waitFor('^C')
      await terminal.waitFor('› ')
      terminal.press(KEYS.ctrlC)
      await terminal.waitFor('(Ctrl-C again, or Ctrl-D, ends)')
      await say(terminal, 'Hello')
      await terminal.waitFor('First answer.')
      await terminal.waitFor('› ')
      terminal.press(KEYS.ctrlC)
      await terminal.waitFor('(Ctrl-C again, or Ctrl-D, ends)')
      await terminal.waitFor('› ')
      terminal.press(KEYS.ctrlC)
      expect(await terminal.ended).toBe(0)
    })
    expect(screen()).toContain('› a mistake^C\n›\n(Ctrl-C again, or Ctrl-D, ends)\n› Hello\n')
  })

  test('takes back the lines of an input that goes on', async () => {
    await atDesk(begin(), {}, async (terminal, folder) => {
      await say(terminal, 'one \\')
      await terminal.waitFor('… ')
      terminal.press(KEYS.ctrlC)
      await say(terminal, 'two')
      await terminal.waitFor('First answer.')
      expect(await said(folder.path)).toEqual(['two'])
      await terminal.waitFor('› ')
      await quit(terminal)
    })
  })

  test('is not Ctrl-D, which says what was begun', async () => {
    await atDesk(begin(), {}, async (terminal, folder) => {
      await say(terminal, 'one \\')
      await terminal.waitFor('… ')
      terminal.press(KEYS.ctrlD)
      await terminal.waitFor('First answer.')
      expect(await said(folder.path)).toEqual(['one '])
      await terminal.waitFor('› ')
      await quit(terminal)
    })
  })

  test.for([
    ['once', 'finishes the turn'],
    ['twice', 'stops at once'],
  ] as const)('%s while a tool runs in a process of its own %s, and the chat goes on', async ([times]) => {
    const spec = DESK.replace(
      '{ text: First answer. }',
      '{ tool_calls: [{ name: cancel, arguments: { id: 7 } }] }, { text: Done. }',
    ).replace('needs_approval: true', 'isolation: worker')
    const tools = `import { existsSync } from 'node:fs'
export async function cancel(_: object, ctx: { progress(text: string): void }) {
  ctx.progress('begun')
  while (!existsSync('go')) await new Promise((done) => setTimeout(done, 20))
  return 'waited'
}
`
    await atDesk(begin(), { files: { 'desk.yaml': spec, 'tools.ts': tools } }, async (terminal, folder) => {
      await say(terminal, 'Cancel')
      await terminal.waitFor('begun')
      terminal.press(KEYS.ctrlC)
      await terminal.waitFor('finishing this turn')
      if (times === 'twice') {
        terminal.press(KEYS.ctrlC)
        await terminal.waitFor('stopping now')
      } else {
        folder.write('go', '')
        await terminal.waitFor('cancel waited')
      }
      await terminal.waitFor('is interrupted')
      await say(terminal, '/runs')
      await terminal.waitFor('interrupted')
      await terminal.waitFor('› ')
      await quit(terminal)
    })
  })
})

describe('what is pasted', () => {
  test('is one input, its lines as they are, and nothing in it is a command', async () => {
    await atDesk(begin(), {}, async (terminal, folder) => {
      await terminal.waitFor('› ')
      terminal.press(pasted('ls \\\r  -l\r/quit\r'))
      await terminal.waitFor('/quit')
      terminal.press('thanks\r')
      await terminal.waitFor('First answer.')
      expect(await said(folder.path)).toEqual(['ls \\\n  -l\n/quit\nthanks'])
      await terminal.waitFor('› ')
      await quit(terminal)
    })
  })
})

describe('what was typed', () => {
  test('comes back in another process, but for secrets and what begins with a space', async () => {
    const files = { '.env': 'SHOP_TOKEN=sesame-open-1234\n' }
    await atDesk(begin(), { files }, async (terminal, folder) => {
      await say(terminal, 'remember me')
      await terminal.waitFor('First answer.')
      await say(terminal, 'the token is sesame-open-1234')
      await terminal.waitFor('First answer.')
      await say(terminal, ' between us')
      await terminal.waitFor('First answer.')
      await say(terminal, '/quit')
      expect(await terminal.ended).toBe(0)
      expect(readFileSync(join(folder.path, HISTORY), 'utf8')).toBe('remember me\n/quit\n')
      expect(statSync(join(folder.path, HISTORY)).mode & 0o777).toBe(0o600)
      expect(statSync(join(folder.path, '.local/state/agentspec')).mode & 0o777).toBe(0o700)
      await again(folder.path)
    })
  })

  test('is not needed to chat', async () => {
    const files = { '.local': 'a file where a folder should be' }
    await atDesk(begin(), { files }, async (terminal) => {
      await say(terminal, 'Hello')
      await terminal.waitFor('What you type is not kept for the next chat')
      await terminal.waitFor('First answer.')
      await say(terminal, '/quit')
      expect(await terminal.ended).toBe(0)
      expect(terminal.screen().split('is not kept')).toHaveLength(2)
    })
  })
})

/** `run` as a chat remembers the same. */
async function again(home: string): Promise<void> {
  await atDesk(['run', 'desk.yaml'], { env: { HOME: home } }, async (terminal) => {
    await terminal.waitFor('› ')
    terminal.press(KEYS.up)
    await terminal.waitFor('/quit')
    terminal.press(KEYS.up)
    await terminal.waitFor('remember me')
    terminal.press('\r')
    await terminal.waitFor('First answer.')
    await terminal.waitFor('› ')
    terminal.press(KEYS.ctrlD)
    expect(await terminal.ended).toBe(0)
  })
}

describe('a change that is told while a person types', () => {
  test('stands above the line, which stays as it was, also where it takes several rows', async () => {
    const options = { columns: 40, rows: 30 }
    const { screen } = await atDesk(begin(), options, async (terminal, folder) => {
      const text = 'This is a question that takes more than one row of the terminal'
      await terminal.waitFor('› ')
      terminal.press(pasted(text), KEYS.left.repeat(40))
      await terminal.waitFor('of the terminal')
      folder.write('desk.yaml', DESK.replace('Help.', 'Help them.'))
      await terminal.waitFor('The next turn uses it.')
      await terminal.waitFor('of the terminal')
      terminal.press(pasted('INDEED '))
      await terminal.waitUntil((screen) => screen.includes('question thatINDEED'))
      terminal.press('\r')
      await terminal.waitFor('First answer.')
      expect(await said(folder.path)).toEqual([`${text.slice(0, -40)}INDEED ${text.slice(-40)}`])
      await terminal.waitFor('› ')
      await quit(terminal)
    })
    expect(screen()).toMatch(/The next turn uses it\.\n› This is a question/)
    expect(screen().split('This is a question')).toHaveLength(2)
  })

  test('also after the terminal has become narrower', async () => {
    await atDesk(begin(), {}, async (terminal, folder) => {
      await terminal.waitFor('› ')
      terminal.press('A question that fits into one row of a wide terminal')
      await terminal.waitFor('wide terminal')
      terminal.resize(30, 30)
      folder.write('desk.yaml', DESK.replace('Help.', 'Help them.'))
      await terminal.waitFor('The next turn uses it.')
      await terminal.waitFor('wide terminal')
      terminal.press('\r')
      await terminal.waitFor('First answer.')
      expect(await said(folder.path)).toEqual(['A question that fits into one row of a wide terminal'])
      await terminal.waitFor('› ')
      await quit(terminal)
    })
  })
})

test('there are colours on a terminal, and none with NO_COLOR, --no-color or the setting of the user', async () => {
  const look = async (
    args: readonly string[],
    env: Record<string, string>,
    config = '',
  ): Promise<boolean> => {
    const files = { '.config/agentspec/config.yaml': config }
    const { raw } = await atDesk([...begin(), ...args], { env, files }, async (terminal) => {
      await say(terminal, '/agents')
      await terminal.waitFor('clerk')
      await terminal.waitFor('› ')
      await quit(terminal)
    })
    return raw().includes('\u001b[1m› ')
  }
  expect(await look([], { NO_COLOR: '' })).toBe(true)
  expect(await look([], { NO_COLOR: '1' })).toBe(false)
  expect(await look(['--no-color'], { NO_COLOR: '' })).toBe(false)
  expect(await look([], { NO_COLOR: '' }, 'color: false\n')).toBe(false)
  expect(await look([], { NO_COLOR: '', TERM: 'dumb' })).toBe(false)
})
