import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../../../src/runtime/tools/shell/run-command.ts'
import type { ShellLimits } from '../../../src/runtime/tools/shell/run-command.ts'
import { shellActionOf, shellEnvironment } from '../../../src/runtime/tools/shell/shell-action.ts'
import { createWorkspace } from '../../support/workspace.ts'

function limits(given: Partial<ShellLimits> = {}): ShellLimits {
  const workspace = createWorkspace()
  onTestFinished(() => workspace[Symbol.dispose]())
  const PATH = process.env['PATH'] ?? ''
  return {
    cwd: workspace.path,
    env: { PATH },
    maxOutput: 1000,
    signal: new AbortController().signal,
    ...given,
  }
}

/** Until a process writes no more to its sign of life. */
async function hasEnded(folder: string): Promise<boolean> {
  const { rmSync } = await import('node:fs')
  for (let attempt = 0; attempt < 50; attempt += 1) {
    rmSync(`${folder}/alive`, { force: true })
    await setTimeout(200)
    if (!existsSync(`${folder}/alive`)) return true
  }
  return false
}

const STAYS = `while true; do touch alive; sleep 0.02; done`

describe('a command', () => {
  test('is a line of the shell, in its folder', async () => {
    const here = limits()
    expect(await runCommand('echo $((1 + 1)) | tr 2 3; echo no >&2; pwd > where; exit 7', here)).toEqual({
      stdout: '3\n',
      stderr: 'no\n',
      outcome: { type: 'exit', exit_code: 7 },
    })
    expect(existsSync(`${here.cwd}/where`)).toBe(true)
  })

  test('sees the environment it is given alone', async () => {
    const env = { ...limits().env, SHOWN: 'yes' }
    const { stdout } = await runCommand('env', limits({ env }))
    const names = stdout.split('\n').map((line) => line.split('=')[0])
    expect(names).toContain('SHOWN')
    expect(names).not.toContain('HOME')
  })

  test('shows no more than its limit of what it says', async () => {
    const { stdout } = await runCommand('head -c 100000 /dev/zero | tr "\\0" x', limits({ maxOutput: 10 }))
    expect(stdout).toBe('xxxxxxxxxx\n[99990 more characters]')
  })

  test('is ended with all it started when its time is over', async () => {
    const here = limits({ timeout: 500 })
    const { outcome } = await runCommand(`(trap '' TERM; ${STAYS}) & trap '' TERM; ${STAYS}`, here)
    expect(outcome).toEqual({ type: 'timeout' })
    expect(await hasEnded(here.cwd)).toBe(true)
  })

  test('leaves nothing behind in the background', async () => {
    const here = limits()
    expect(await runCommand(`(${STAYS}) & echo gone`, here)).toMatchObject({ stdout: 'gone\n' })
    expect(await hasEnded(here.cwd)).toBe(true)
  })

  test('is ended when the run stops', async () => {
    const stop = new AbortController()
    const here = limits({ signal: stop.signal })
    const running = runCommand(STAYS, here)
    while (!existsSync(`${here.cwd}/alive`)) await setTimeout(10)
    stop.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect(await hasEnded(here.cwd)).toBe(true)
  })

  test('that cannot be started says why', async () => {
    await expect(runCommand('true', limits({ cwd: '/does/not/exist' }))).rejects.toThrow('ENOENT')
  })
})

describe('the action of a call', () => {
  test('is its commands and their limits', () => {
    const action = { commands: ['ls'], timeout_ms: 5, max_output_length: 0 }
    expect(shellActionOf(action)).toEqual(action)
    expect(shellActionOf({ action })).toEqual(action)
    expect(shellActionOf({ commands: ['ls'], timeout_ms: 0 })).toEqual({ commands: ['ls'] })
  })

  test.each([{}, { commands: [] }, { commands: 'ls' }, { commands: ['ls', 1] }, { commands: [''] }])(
    'is none: %j',
    (args) => expect(shellActionOf(args)).toBeNull(),
  )
})

test('the environment of commands has no key unless the spec lists it', () => {
  const variables = { PATH: '/bin', OPENAI_API_KEY: 'secret', DEPLOY_KEY: 'k' }
  expect(shellEnvironment(variables, [])).toEqual({ PATH: '/bin' })
  expect(shellEnvironment(variables, ['DEPLOY_KEY'])).toEqual({ PATH: '/bin', DEPLOY_KEY: 'k' })
})
