/** Forty columns: nothing is lost, and what stands in columns or under a place still does. */
import { describe, expect, test } from 'vitest'
import { SHOP, TOOLS } from '../support/cli-specs.ts'
import { startAtTerminal } from '../support/pty-command.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

async function screenOf(cwd: string, args: readonly string[], columns: number): Promise<string> {
  using terminal = startAtTerminal(args, { cwd, columns, env: { NO_COLOR: '1' } })
  await terminal.ended
  return terminal.screen()
}

describe('in forty columns', () => {
  test('each run of the list is a block, and on a wide terminal a line', async () => {
    using folder = createWorkspace({ 'shop.yaml': SHOP, 'tools.ts': TOOLS, 'calls.log': '' })
    await runCommand(['run', 'shop.yaml', 'Hi'], { cwd: folder.path })
    const narrow = await screenOf(folder.path, ['runs'], 40)
    expect(narrow).toMatch(
      /^run_\w{26}\n {2}STATUS +paused\n {2}SPEC +shop@1\.0\.0\n {2}SESSION +-\n {2}AGENT +desk\n {2}AGE +\d+s\n {2}PENDING +1$/,
    )
    expect(await screenOf(folder.path, ['runs'], 120)).toMatch(
      /^RUN +STATUS +SPEC.*\nrun_\w{26} +paused +shop@/,
    )
  })

  test('a place in a long line is shown with what is around it', async () => {
    const bad = SHOP.replace(
      'model: main',
      'instructions: "Help the customer, and be kind about it", model: mian',
    )
    using folder = createWorkspace({ 'shop.yaml': bad, 'tools.ts': TOOLS })
    const screen = await screenOf(folder.path, ['check', 'shop.yaml'], 40)
    const lines = screen.split('\n')
    const marked = lines.findIndex((line) => line.includes('^^^^'))
    expect(lines[marked - 1]?.indexOf('mian')).toBe(lines[marked]?.indexOf('^^^^'))
    expect(lines[marked - 1]?.length).toBeLessThanOrEqual(40)
  })

  test('help breaks between words', async () => {
    using folder = createWorkspace()
    const help = await screenOf(folder.path, ['run', '--help'], 40)
    expect(help).toContain('  --attach <file>     an image or a\n                      document beside\n')
  })
})
