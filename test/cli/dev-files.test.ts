/** `dev` and the many ways in which files change under it: includes, variables, and how editors save. */
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { atDesk, DESK, say } from '../support/dev-desk.ts'
import type { PtyCommand } from '../support/pty-command.ts'

async function end(terminal: PtyCommand): Promise<void> {
  await say(terminal, '/quit')
  expect(await terminal.ended).toBe(0)
}

test('an include that appears, changes, breaks and goes is taken up', async () => {
  const spec = DESK.replace('models:', 'include: [./more.yaml]\nmodels:').replace(
    'model: main',
    'model: extra',
  )
  const more = (text: string): string =>
    `models: { extra: { provider: scripted, script: [{ text: ${text} }] } }\n`
  await atDesk(['dev', 'desk.yaml'], { files: { 'desk.yaml': spec } }, async (terminal, folder) => {
    await terminal.waitFor('Nothing can be run yet.')
    folder.write('more.yaml', more('From the include.'))
    await terminal.waitFor('ok: the spec can be run.')
    await say(terminal, 'Hello')
    await terminal.waitFor('From the include.')
    await terminal.waitFor('› ')
    folder.write('more.yaml', more('{'))
    await terminal.waitFor('Turns go on with the last version that can be run.')
    folder.write('more.yaml', more('Mended.'))
    await terminal.waitFor('The next turn uses it.')
    await say(terminal, 'And now?')
    await terminal.waitFor('Mended.')
    await terminal.waitFor('› ')
    rmSync(join(folder.path, 'more.yaml'))
    await terminal.waitFor('Turns go on with the last version that can be run.')
    await end(terminal)
  })
})

test('a variable in .env is taken up, and said', async () => {
  const spec = DESK.replace(
    'provider: scripted',
    'provider: scripted\n    api_key: "${SHOP_KEY:?ask the shop}"',
  )
  await atDesk(['dev', 'desk.yaml'], { files: { 'desk.yaml': spec } }, async (terminal, folder) => {
    await say(terminal, 'Hello')
    await terminal.waitFor('ask the shop')
    await terminal.waitFor('› ')
    folder.write('.env', 'SHOP_KEY=12345678\n')
    await terminal.waitFor('changed: .env')
    await terminal.waitFor('The next turn uses the variables as they are now.')
    await say(terminal, 'And now?')
    await terminal.waitFor('First answer.')
    await terminal.waitFor('› ')
    rmSync(join(folder.path, '.env'))
    await terminal.waitFor('The next turn uses the variables as they are now.')
    await say(terminal, 'And without it?')
    await terminal.waitFor('ask the shop')
    await end(terminal)
  })
})

test('what editors leave beside a file, and how they replace it, is no change but the one that was saved', async () => {
  const { screen } = await atDesk(['dev', 'desk.yaml'], {}, async (terminal, folder) => {
    const path = (name: string): string => join(folder.path, name)
    const saves = [
      // vim: a swap file, and the new text beside the old one.
      (text: string) => {
        folder.write('.desk.yaml.swp', 'b0VIM')
        folder.write('4913', '')
        rmSync(path('4913'))
        renameSync(path('desk.yaml'), path('desk.yaml~'))
        folder.write('desk.yaml', text)
        rmSync(path('desk.yaml~'))
      },
      // JetBrains: written beside, the old one moved away, the new one in its place.
      (text: string) => {
        folder.write('desk.yaml___jb_tmp___', text)
        renameSync(path('desk.yaml'), path('desk.yaml___jb_old___'))
        renameSync(path('desk.yaml___jb_tmp___'), path('desk.yaml'))
        rmSync(path('desk.yaml___jb_old___'))
      },
      // emacs: a lock that is a link to nowhere, an auto-save file.
      (text: string) => {
        symlinkSync('author@host.1', path('.#desk.yaml'))
        folder.write('#desk.yaml#', 'half a tex')
        folder.write('desk.yaml', text)
        rmSync(path('.#desk.yaml'))
        rmSync(path('#desk.yaml#'))
      },
    ]
    for (const [index, save] of saves.entries()) {
      await terminal.waitFor('› ')
      save(DESK.replace('First', `Number ${index}`))
      await terminal.waitFor('The next turn uses it.')
    }
    await terminal.waitFor('› ')
    folder.write('.desk.yaml.swp', 'b0VIM again')
    folder.write('other.yaml', DESK)
    // Long enough for a change to be told where it would be.
    await setTimeout(400)
    terminal.press('Hello\r')
    await terminal.waitFor('Number 2 answer.')
    await end(terminal)
  })
  expect(screen().split('changed: ')).toHaveLength(4)
})

test('a burst of saves ends with the last one', async () => {
  await atDesk(['dev', 'desk.yaml'], {}, async (terminal, folder) => {
    await terminal.waitFor('› ')
    for (let index = 1; index <= 20; index++) {
      folder.write('desk.yaml', DESK.slice(0, index * 10))
      folder.write('desk.yaml', DESK.replace('First', `Number ${index}`))
    }
    await terminal.waitFor('The next turn uses it.')
    await say(terminal, 'Hello')
    await terminal.waitFor('Number 20 answer.')
    await end(terminal)
  })
})
