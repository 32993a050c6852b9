/** The question for approval of `run` at a real terminal: how it looks, and what each choice does. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HELLO, SHOP, TOOLS, TWO_CALLS } from '../support/cli-specs.ts'
import { KEYS } from '../support/live-command.ts'
import { startAtTerminal } from '../support/pty-command.ts'
import type { PtyCommand, PtyOptions } from '../support/pty-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const EDITOR = `import { readFileSync, writeFileSync } from 'node:fs'
const file = process.argv[2]
process.stdout.write('the editor, at a terminal: ' + process.stdin.isTTY)
process.stdin.once('data', () => {
  writeFileSync(file, readFileSync(file, 'utf8').replace('7', '13'))
  process.exit()
})
`

interface Outcome {
  readonly code: number
  readonly screen: string
  /** The orders whose cancelling ran. */
  readonly bodies: string
}

async function answer(
  spec: string,
  options: Omit<PtyOptions, 'cwd'>,
  body: (terminal: PtyCommand) => Promise<void>,
): Promise<Outcome> {
  using folder = createWorkspace({
    'hello.yaml': HELLO,
    'shop.yaml': SHOP,
    'two.yaml': TWO_CALLS,
    'tools.ts': TOOLS,
    'calls.log': '',
    'edit.mjs': EDITOR,
  })
  using terminal = startAtTerminal(['run', spec, 'Cancel'], {
    cwd: folder.path,
    ...options,
    env: { AGENTSPEC_BY: 'tester', NO_COLOR: '1', ...options.env },
  })
  await body(terminal)
  const code = await terminal.ended
  return {
    code,
    screen: steady(terminal.screen()),
    bodies: readFileSync(join(folder.path, 'calls.log'), 'utf8'),
  }
}

/** Without what is different each time. */
function steady(screen: string): string {
  return screen.replaceAll(/run_[0-9a-z]{26}/g, 'run_1').replaceAll(/\b\d+ms\b/g, '1ms')
}

/** Waits for the question, and takes the choice at this position. */
async function choose(terminal: PtyCommand, position: number): Promise<void> {
  await terminal.waitFor('Decide later')
  for (let index = 0; index < position; index++) terminal.press(KEYS.down)
  terminal.press(KEYS.enter)
}

const [YES, NO, ALWAYS, NEVER, EDIT, LATER] = [0, 1, 2, 3, 4, 5] as const

describe('the question', () => {
  test('says everything the decision is bound to, and leaves behind what was decided', async () => {
    const asked = { screen: '' }
    const { code, screen, bodies } = await answer('shop.yaml', {}, async (terminal) => {
      await terminal.waitFor('Decide later')
      await terminal.waitUntil((view) => view.endsWith('└'))
      asked.screen = terminal.screen()
      terminal.press(KEYS.enter)
    })
    expect(asked.screen).toBe(`● desk

? cancel wants to run
  order_id  7
  agent     desk
  asks      needs_approval: true (/tools/cancel/needs_approval)
│
◆  Run cancel?
│  ● Yes (this once)
│  ○ No
│  ○ Always
│  ○ Never
│  ○ Edit the arguments
│  ○ Decide later
└`)
    expect({ code, bodies }).toEqual({ code: 0, bodies: '7\n' })
    expect(screen).toContain('◇  Run cancel?\n│  Yes\n  → cancel(order_id: 7)\n  ✓ cancel')
    expect(screen).toContain('Cancelled.\n')
  })

  test('fits a narrow terminal: nothing of it is lost, and its lines stand under each other', async () => {
    const { screen } = await answer('shop.yaml', { columns: 44 }, (terminal) => choose(terminal, LATER))
    expect(screen).toContain(`  agent     desk
  asks      needs_approval: true
            (/tools/cancel/needs_approval)
`)
    expect(screen.split('\n').every((line) => line.length <= 44)).toBe(true)
  })

  test('has colours unless they are not wanted', async () => {
    const colored = await look({ NO_COLOR: '' })
    expect(colored).toContain('\u001b[33m')
    expect(await look({ NO_COLOR: '1' })).not.toContain('\u001b[33m')
  })
})

async function look(env: Readonly<Record<string, string>>): Promise<string> {
  let raw = ''
  await answer('shop.yaml', { env }, async (terminal) => {
    await choose(terminal, LATER)
    await terminal.ended
    raw = terminal.raw()
  })
  return raw
}

describe('the answer', () => {
  test('no: the agent is told the reason, and goes on', async () => {
    const { code, screen, bodies } = await answer('shop.yaml', {}, async (terminal) => {
      await choose(terminal, NO)
      await terminal.waitFor('What is the agent told?')
      terminal.press('Too late', KEYS.enter)
    })
    expect({ code, bodies }).toEqual({ code: 0, bodies: '' })
    expect(screen).toContain('✗ cancel rejected: Too late\n')
  })

  test('no, but on second thoughts: Ctrl-C at the reason asks again', async () => {
    const { code, bodies } = await answer('shop.yaml', {}, async (terminal) => {
      await choose(terminal, NO)
      await terminal.waitFor('What is the agent told?')
      terminal.press(KEYS.ctrlC)
      await choose(terminal, YES)
    })
    expect({ code, bodies }).toEqual({ code: 0, bodies: '7\n' })
  })

  test.for([
    ['always', ALWAYS, '7\n8\n'],
    ['never', NEVER, ''],
  ] as const)('%s: the other calls of the tool are not asked about', async ([, choice, expected]) => {
    const { code, screen, bodies } = await answer('two.yaml', {}, async (terminal) => {
      await terminal.waitFor('(1 of 2)')
      await choose(terminal, choice)
      if (choice === NEVER) {
        await terminal.waitFor('What is the agent told?')
        terminal.press(KEYS.enter)
      }
    })
    expect(code).toBe(0)
    expect(screen).not.toContain('(2 of 2)')
    expect(bodies.split('\n').toSorted().join('\n').trim()).toBe(expected.trim())
  })

  test('edit: the call runs with the other arguments', async () => {
    const { code, bodies } = await answer('shop.yaml', { env: { EDITOR: '' } }, async (terminal) => {
      await choose(terminal, EDIT)
      await terminal.waitFor('Arguments (JSON)')
      await terminal.waitFor('{"order_id":7}')
      terminal.press(KEYS.backspace, KEYS.backspace, '12}', KEYS.enter)
    })
    expect({ code, bodies }).toEqual({ code: 0, bodies: '12\n' })
  })

  test('edit in an editor that needs the terminal: it has it', async () => {
    const { code, bodies } = await answer(
      'shop.yaml',
      { env: { EDITOR: `"${process.execPath}" edit.mjs` } },
      async (terminal) => {
        await choose(terminal, EDIT)
        await terminal.waitFor('the editor, at a terminal: true')
        terminal.press('\r')
      },
    )
    expect({ code, bodies }).toEqual({ code: 0, bodies: '13\n' })
  })

  test('later, or Ctrl-C: the run waits, and what to type is said', async () => {
    const later = await answer('shop.yaml', {}, (terminal) => choose(terminal, LATER))
    expect(later).toMatchObject({ code: 4, bodies: '' })
    expect(later.screen).toContain('To go on:\n  agentspec approve run_1 --resume\n')
    const stopped = await answer('shop.yaml', {}, async (terminal) => {
      await terminal.waitFor('Decide later')
      terminal.press(KEYS.ctrlC)
    })
    expect(stopped).toMatchObject({ code: 4, bodies: '' })
  })
})

test('an answer is written once, after what the person typed', async () => {
  const { code, screen } = await answer('hello.yaml', {}, async () => {})
  expect(code).toBe(0)
  expect(screen).toMatch(/^● greeter\nHello there\.\nrun_1 · 1 turn/)
})
