/** The session in `docs/dev-session.txt`: what a real terminal shows while a spec is edited. Written anew by `vitest run -u`. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { atDesk, CALLING_DESK, DESK, say } from '../support/dev-desk.ts'
import type { PtyCommand } from '../support/pty-command.ts'

const RECORD = join(import.meta.dirname, '../../docs/dev-session.txt')

const GREETS = DESK.replace('First answer.', '"Hello, I am the clerk."')
const SAILOR = GREETS.replace('Help.', 'Help like a sailor.').replace('Hello,', 'Ahoy!')
const BROKEN = SAILOR.replace('model: main', 'model: mian')
const CALLS = CALLING_DESK.replace('Help.', 'Help like a sailor.')

test('a spec is edited in dev: the next answer changes, mistakes are shown, paused runs are told about', async () => {
  const { screen } = await atDesk(
    ['dev', 'desk.yaml', '--session', 'demo', '--approvals', 'pause'],
    { files: { 'desk.yaml': GREETS }, columns: 110, rows: 50 },
    async (terminal, folder) => {
      await say(terminal, 'Hello')
      await terminal.waitFor('Hello, I am the clerk.')
      await terminal.waitFor('› ')
      await saves(terminal, 'The next turn uses it.', () => folder.write('desk.yaml', SAILOR))
      terminal.press('And again, please\r')
      await terminal.waitFor('Ahoy! I am the clerk.')
      await terminal.waitFor('› ')
      await saves(terminal, 'Turns go on with the last', () => folder.write('desk.yaml', BROKEN))
      await saves(terminal, 'The next turn uses it.', () => folder.write('desk.yaml', CALLS))
      terminal.press('Cancel order 7\r')
      await terminal.waitFor('is paused')
      await terminal.waitFor('› ')
      await saves(terminal, 'The next turn uses it.', () =>
        folder.write('tools.ts', 'export const cancel = ({ id }: { id: number }) => `order ${id} is gone`\n'),
      )
      terminal.press('/approve\r')
      await terminal.waitFor('Done.')
      await say(terminal, '/quit')
      expect(await terminal.ended).toBe(0)
    },
  )
  await expect(
    `$ agentspec dev desk.yaml --session demo --approvals pause\n${steady(screen())}\n`,
  ).toMatchFileSnapshot(RECORD)
})

/** An author saves a file, and sees what became of it above the line. */
async function saves(terminal: PtyCommand, outcome: string, save: () => void): Promise<void> {
  save()
  await terminal.waitFor(outcome)
  await terminal.waitFor('› ')
}

/** Without what is different each time. */
function steady(screen: string): string {
  const runs = [...new Set(screen.match(/run_[0-9a-z]{26}/g))]
  const named = screen.replaceAll(/run_[0-9a-z]{26}/g, (run) => `run_0${runs.indexOf(run) + 1}`)
  return named.replaceAll(/\b\d+ms\b/g, '1ms')
}
