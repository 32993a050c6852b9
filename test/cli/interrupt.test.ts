/** Ctrl-C and SIGTERM while a run is driven: it is saved, said so, and goes on later. */
import { describe, expect, test } from 'vitest'
import { WAITING, WAITING_TOOLS } from '../support/cli-specs.ts'
import { KEYS, startCommand } from '../support/live-command.ts'
import type { LiveCommand } from '../support/live-command.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

/** A run whose only call has begun and waits for the file `go`. */
async function begunRun(flags: readonly string[]): Promise<Workspace & { readonly command: LiveCommand }> {
  const folder = createWorkspace({ 'waiting.yaml': WAITING, 'wait.ts': WAITING_TOOLS })
  const command = startCommand(['run', 'waiting.yaml', 'Wait', ...flags], { cwd: folder.path })
  await command.waitFor('begun')
  return { ...folder, command }
}

describe('the first Ctrl-C', () => {
  test('finishes the turn, exits 130 and says how to resume', async () => {
    using run = await begunRun([])
    run.command.signal('SIGINT')
    await run.command.waitFor('finishing this turn (Ctrl-C again to stop now)')
    run.write('go', '')
    const { code, stdout, stderr } = await run.command.ended
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toMatch(
      /is interrupted, and saved up to its last step\.\nTo go on:\n {2}agentspec resume run_\w+\n/,
    )
    const shown = await runCommand(['show', 'latest', '--json'], { cwd: run.path })
    expect(shown.json).toMatchObject({ status: 'interrupted', items: [{}, {}, { output: 'waited' }] })
    const done = await runCommand(['resume', 'latest'], { cwd: run.path })
    expect(done).toMatchObject({ code: 0, stdout: 'Waited.\n' })
  })

  test('with --json still prints the result', async () => {
    using run = await begunRun(['--json'])
    run.command.signal('SIGINT')
    await run.command.waitFor('finishing this turn')
    run.write('go', '')
    const { code, stdout } = await run.command.ended
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ type: 'result', status: 'interrupted', final_output: null })
  })
})

describe.for(['a second Ctrl-C', 'SIGTERM'] as const)('%s', (what) => {
  test('stops at once; the call that had begun is in doubt', async () => {
    using run = await begunRun(['--json'])
    if (what === 'SIGTERM') run.command.signal('SIGTERM')
    else {
      run.command.signal('SIGINT')
      await run.command.waitFor('finishing this turn')
      run.command.signal('SIGINT')
    }
    const { code, stdout, stderr } = await run.command.ended
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'interrupted' })
    expect(stderr).toContain('stopping now')
    const resumed = await runCommand(['resume', 'latest', '--json'], { cwd: run.path })
    expect(resumed).toMatchObject({
      code: 4,
      json: { interruptions: [{ call_id: 'call_a', kind: 'in_doubt' }] },
    })
    const done = await runCommand(['approve', '-1', '--result', '"it did"', '--resume', '--json'], {
      cwd: run.path,
    })
    expect(done).toMatchObject({ code: 0, json: { final_output: 'Waited.' } })
  })
})

test('a run that another process drives can be neither resumed nor removed', async () => {
  using run = await begunRun([])
  expect(await runCommand(['resume', 'latest', '--json'], { cwd: run.path })).toMatchObject({
    code: 3,
    json: { error: { code: 'run_busy' } },
  })
  expect((await runCommand(['runs', '--json', '--status', 'running'], { cwd: run.path })).json).toMatchObject(
    { runs: [{ status: 'running' }] },
  )
  expect((await runCommand(['runs', 'rm', 'latest'], { cwd: run.path })).code).toBe(3)
  const cancelled = await runCommand(['cancel', 'latest', '--json'], { cwd: run.path })
  expect(cancelled).toMatchObject({ code: 0, json: { status: 'running' } })
  run.write('go', '')
  const { code, stderr } = await run.command.ended
  expect(code).toBe(1)
  expect(stderr).toContain('was cancelled')
})

test('a call in doubt is asked about at a terminal: what happened becomes its result', async () => {
  using run = await begunRun([])
  run.command.signal('SIGTERM')
  await run.command.ended
  const command = startCommand(['resume', 'latest'], { cwd: run.path, terminal: true })
  await command.waitFor('? wait was started before, and whether it finished is unknown')
  await command.waitFor('Decide later')
  command.press(KEYS.down, KEYS.enter)
  await command.waitFor('Its result')
  command.press('it did', KEYS.enter)
  expect(await command.ended).toMatchObject({ code: 0, stdout: 'Waited.\n' })
  const { json } = await runCommand(['show', 'latest', '--json'], { cwd: run.path })
  expect(json).toMatchObject({ items: [{}, { type: 'function_call' }, { output: 'it did' }, {}] })
})

test('an error that a tool leaves behind ends the process without a stack trace, and the run goes on later', async () => {
  const tools = `import { existsSync } from 'node:fs'
export async function wait() {
  if (existsSync('go')) return 'waited'
  setTimeout(() => { throw new Error('left behind') }, 1)
  await new Promise(() => {})
}
`
  using folder = createWorkspace({ 'waiting.yaml': WAITING, 'wait.ts': tools })
  const failed = await runCommand(['run', 'waiting.yaml', 'Wait', '--json'], { cwd: folder.path })
  expect(failed).toMatchObject({ code: 1, json: { error: { code: 'uncaught_error' } } })
  expect(failed.stderr).toContain('error: An error outside of any call ended the process: left behind\n')
  expect(failed.stderr).not.toMatch(/\n +at /)
  folder.write('go', '')
  expect((await runCommand(['resume', 'latest'], { cwd: folder.path })).code).toBe(4)
  expect((await runCommand(['approve', 'latest', '--resume'], { cwd: folder.path })).stdout).toBe('Waited.\n')
})
