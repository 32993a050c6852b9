/** `approve` and `reject`: what is recorded, what is refused, and going on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SHOP, TOOLS, TWO_CALLS } from '../support/cli-specs.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

interface Paused extends Workspace {
  readonly runId: string
  agentspec(...args: readonly string[]): Promise<CommandResult>
  /** The orders whose cancelling ran. */
  bodies(): string
}

async function pausedRun(spec = SHOP): Promise<Paused> {
  const folder = createWorkspace({ 'shop.yaml': spec, 'tools.ts': TOOLS, 'calls.log': '' })
  const agentspec: Paused['agentspec'] = (...args) =>
    runCommand([...args], { cwd: folder.path, env: { AGENTSPEC_BY: 'tester' } })
  const { code, json } = await agentspec('run', 'shop.yaml', 'Cancel it', '--json')
  expect(code).toBe(4)
  const { run_id: runId } = json as { run_id: string }
  return { ...folder, runId, agentspec, bodies: () => readFileSync(join(folder.path, 'calls.log'), 'utf8') }
}

async function lastDecision(run: Paused): Promise<unknown> {
  const { json } = await run.agentspec('show', run.runId, '--events', '--json')
  return (json as { events: { type: string }[] }).events.findLast(({ type }) => type === 'approval.decided')
}

describe('a decision', () => {
  test('is recorded, without going on', async () => {
    using run = await pausedRun()
    const { code, json } = await run.agentspec('approve', run.runId, '--json')
    expect({ code, json }).toEqual({
      code: 0,
      json: {
        run_id: run.runId,
        decided: [{ request: 4, call_id: 'call_a', decision: 'approve', already_decided: false }],
        pending: 0,
      },
    })
    expect(run.bodies()).toBe('')
    expect(await lastDecision(run)).toMatchObject({
      call_id: 'call_a',
      decision: 'approve',
      always: false,
      by: 'tester',
    })
  })

  test('says who decided, and why', async () => {
    using run = await pausedRun()
    await run.agentspec(
      'reject',
      '-1',
      '--by',
      'alice',
      '--reason',
      'policy 4',
      '--message',
      'Not allowed',
      '--always',
    )
    expect(await lastDecision(run)).toMatchObject({
      decision: 'reject',
      by: 'alice',
      reason: 'policy 4',
      message: 'Not allowed',
      always: true,
    })
    const { json } = await run.agentspec('resume', '-1', '--json')
    expect(json).toMatchObject({ status: 'completed' })
    const shown = await run.agentspec('show', '-1', '--json')
    expect(JSON.stringify(shown.json)).toContain('"output":"Not allowed"')
    expect(run.bodies()).toBe('')
  })

  test('is told to a person with the next step', async () => {
    using run = await pausedRun()
    const { stdout, stderr } = await run.agentspec('approve', 'latest')
    expect(stdout).toBe(`approved call_a of ${run.runId}\n`)
    expect(stderr).toBe(`Nothing else waits. To go on: agentspec resume ${run.runId}\n`)
  })

  test('can be carried out at once', async () => {
    using run = await pausedRun()
    const { code, stdout } = await run.agentspec('approve', '-1', '--resume')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Cancelled.\n' })
    expect(run.bodies()).toBe('7\n')
  })

  test('by a prefix of the run id finds its run', async () => {
    using run = await pausedRun()
    expect((await run.agentspec('approve', run.runId.slice(0, -3))).code).toBe(0)
    expect(await run.agentspec('approve', 'run_zz')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('run_zz'),
    })
  })
})

describe('the same decision again', () => {
  test('is a no-op; the opposite one a conflict until it replaces', async () => {
    using run = await pausedRun()
    await run.agentspec('approve', '-1')
    expect(await run.agentspec('approve', '-1', '--json')).toMatchObject({
      code: 0,
      json: { decided: [{ call_id: 'call_a', already_decided: true }] },
    })
    expect(await run.agentspec('approve', '-1', '--all')).toMatchObject({
      code: 0,
      stdout: `approved call_a (already) of ${run.runId}\n`,
    })
    const refused = await run.agentspec('reject', '-1', '--json')
    expect(refused).toMatchObject({ code: 3, json: { error: { code: 'decided_otherwise' } } })
    expect(refused.stderr).toContain('--replace')
    expect(await run.agentspec('reject', '-1', '--replace')).toMatchObject({ code: 0 })
    expect(await lastDecision(run)).toMatchObject({ decision: 'reject' })
  })

  test('once it was carried out is a conflict', async () => {
    using run = await pausedRun()
    await run.agentspec('approve', '-1', '--resume')
    for (const words of [
      ['approve', '-1', '--all'],
      ['approve', '-1', 'call_a'],
      ['reject', '-1', 'call_a', '--replace'],
    ]) {
      expect((await run.agentspec(...words)).code).toBe(3)
    }
    expect((await run.agentspec('approve', '-1', 'call_zzz')).code).toBe(2)
  })
})

describe('one of several calls', () => {
  test('has to be named', async () => {
    using run = await pausedRun(TWO_CALLS)
    const { code, stderr } = await run.agentspec('approve', '-1')
    expect(code).toBe(2)
    expect(stderr).toContain('call_a (#4, cancel)')
    expect(stderr).toContain('call_b (#5, cancel)')
    expect((await run.agentspec('approve', '-1', 'call_c')).code).toBe(2)
  })

  test('is carried out alone; the rest goes on waiting with exit 4', async () => {
    using run = await pausedRun(TWO_CALLS)
    const { code, json } = await run.agentspec('approve', '-1', '#5', '--resume', '--json')
    expect({ code, json }).toMatchObject({
      code: 4,
      json: { status: 'paused', interruptions: [{ call_id: 'call_a' }] },
    })
    expect(run.bodies()).toBe('8\n')
    const done = await run.agentspec('reject', '-1', '--resume', '--json')
    expect(done).toMatchObject({ code: 0, json: { final_output: 'Cancelled.' } })
    expect(run.bodies()).toBe('8\n')
  })

  test('all of them at once', async () => {
    using run = await pausedRun(TWO_CALLS)
    expect(await run.agentspec('approve', '-1', '--all', '--resume')).toMatchObject({ code: 0 })
    expect(run.bodies().split('\n').toSorted()).toEqual(['', '7', '8'])
  })
})

describe('edited arguments', () => {
  test('replace those of the model', async () => {
    using run = await pausedRun()
    const { code } = await run.agentspec('approve', '-1', '--args', '{"order_id":9}', '--resume')
    expect(code).toBe(0)
    expect(run.bodies()).toBe('9\n')
  })

  test('that do not fit record nothing', async () => {
    using run = await pausedRun()
    for (const args of ['{"order_id":"x"}', '{"order_id":', '[]', '{"order_id":1,"order_id":2}']) {
      expect((await run.agentspec('approve', '-1', '--args', args)).code).toBe(2)
    }
    expect(await lastDecision(run)).toBeUndefined()
  })
})

describe('going on with --approvals', () => {
  test.for([
    ['allow', 0, 'completed', '7\n8\n'],
    ['deny', 0, 'completed', ''],
    ['fail', 1, 'failed', ''],
    ['pause', 4, 'paused', ''],
  ] as const)('%s: exit %i', async ([mode, exitCode, status, bodies]) => {
    using run = await pausedRun(TWO_CALLS)
    const { code, json } = await run.agentspec('run', 'shop.yaml', 'Again', '--approvals', mode, '--json')
    expect({ code, json }).toMatchObject({ code: exitCode, json: { status } })
    expect(run.bodies()).toBe(bodies)
  })

  test('ask is refused without a terminal', async () => {
    using run = await pausedRun()
    expect(await run.agentspec('resume', '-1', '--approvals', 'ask', '--json')).toMatchObject({
      code: 2,
      json: { error: { code: 'no_terminal' } },
    })
  })
})
