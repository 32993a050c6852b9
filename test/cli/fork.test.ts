/** `fork`: a new run from a point of another one, which stays as it is. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SHOP, TOOLS } from '../support/cli-specs.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

interface Place extends Workspace {
  agentspec(...args: readonly string[]): Promise<CommandResult>
  fork(runId: string, at: number): Promise<string>
  cancelled(): string
}

function createPlace(): Place {
  const folder = createWorkspace({ 'shop.yaml': SHOP, 'tools.ts': TOOLS })
  const agentspec = (...args: readonly string[]): Promise<CommandResult> =>
    runCommand([...args], { cwd: folder.path })
  return {
    ...folder,
    agentspec,
    fork: async (runId, at) => {
      const { code, json } = await agentspec('fork', runId, '--at', String(at), '--json')
      expect({ code, json }).toEqual({
        code: 0,
        json: { run_id: expect.not.stringMatching(runId), forked_from: runId },
      })
      return (json as { run_id: string }).run_id
    },
    cancelled: () => {
      const log = join(folder.path, 'calls.log')
      return existsSync(log) ? readFileSync(log, 'utf8') : ''
    },
  }
}

async function completedRun(place: Place, ...flags: readonly string[]): Promise<string> {
  const { json } = await place.agentspec('run', 'shop.yaml', 'Cancel it', '--json', ...flags)
  const { run_id: runId } = json as { run_id: string }
  const done = await place.agentspec('approve', runId, '--resume', '--json')
  expect(done.code).toBe(0)
  return runId
}

/** The seq of the first event of a type. */
async function seqOf(place: Place, runId: string, type: string): Promise<number> {
  const { json } = await place.agentspec('show', runId, '--events', '--json')
  const { events } = json as { events: { type: string; seq: number }[] }
  return events.find((event) => event.type === type)?.seq ?? 0
}

describe('fork', () => {
  test('a decision that was not consumed does not count in it', async () => {
    using place = createPlace()
    const runId = await completedRun(place)
    const forked = await place.fork(runId, await seqOf(place, runId, 'approval.decided'))
    const waiting = await place.agentspec('resume', forked, '--json')
    expect(waiting).toMatchObject({ code: 4, json: { interruptions: [{ tool: 'cancel' }] } })
    expect(place.cancelled()).toBe('7\n')
    const { json } = await place.agentspec('approve', forked, '--resume', '--json')
    expect(json).toMatchObject({ status: 'completed' })
    expect(place.cancelled()).toBe('7\n7\n')
    const original = await place.agentspec('show', runId, '--json')
    expect(original.json).toMatchObject({ status: 'completed', run_id: runId })
  })

  test('a call that had started is in doubt in it', async () => {
    using place = createPlace()
    const runId = await completedRun(place)
    const forked = await place.fork(runId, await seqOf(place, runId, 'tool.started'))
    const { code, json } = await place.agentspec('resume', forked, '--json')
    expect({ code, json }).toMatchObject({ code: 4, json: { interruptions: [{ kind: 'in_doubt' }] } })
    expect(place.cancelled()).toBe('7\n')
  })

  test('has a branch of the session, and leaves the session alone', async () => {
    using place = createPlace()
    const session = ['--session', 'c12']
    await completedRun(place, ...session)
    const runId = await completedRun(place, ...session)
    const before = await place.agentspec('sessions', 'show', 'c12', '--json')
    const forked = await place.fork(runId, await seqOf(place, runId, 'approval.requested'))
    await place.agentspec('resume', forked, '--json')
    const done = await place.agentspec('approve', forked, '--resume', '--json')
    const { status, session_id: branch } = done.json as { status: string; session_id: string }
    expect({ status, branch }).toEqual({ status: 'completed', branch: `c12~${forked}` })
    expect((await place.agentspec('sessions', 'show', 'c12', '--json')).json).toEqual(before.json)
    const branched = await place.agentspec('sessions', 'show', branch, '--json')
    expect((branched.json as { items: unknown[] }).items).toEqual((before.json as { items: unknown[] }).items)
  })

  test('from no event, or from the end, is exit 2', async () => {
    using place = createPlace()
    const runId = await completedRun(place)
    const last = await seqOf(place, runId, 'run.completed')
    for (const at of [last, last + 1]) {
      const { code, json } = await place.agentspec('fork', runId, '--at', String(at), '--json')
      expect({ code, json }).toMatchObject({ code: 2, json: { error: { code: 'unknown_event' } } })
    }
    expect((await place.agentspec('fork', runId, '--at', 'x')).code).toBe(2)
  })
})

describe('sessions branch', () => {
  test('has the first turns, and goes on by itself', async () => {
    using place = createPlace()
    const session = ['--session', 'c12']
    await completedRun(place, ...session)
    await completedRun(place, ...session)
    const branch = ['sessions', 'branch', 'c12', '--at', '1', '--as', 'c13']
    const { code, json } = await place.agentspec(...branch, '--json')
    expect({ code, json }).toMatchObject({ code: 0, json: { session_id: 'c13', last_agent: 'desk' } })
    const types = (json as { items: Record<string, unknown>[] }).items.map(({ type }) => type)
    expect(types).toEqual(['message', 'function_call', 'function_call_output', 'message'])
    expect(await place.agentspec(...branch)).toMatchObject({ code: 3 })
    await completedRun(place, '--session', 'c13')
    const { json: listed } = await place.agentspec('sessions', 'list', '--json')
    expect((listed as { sessions: unknown[] }).sessions).toMatchObject([
      { session_id: 'c13', items: 8 },
      { session_id: 'c12', items: 8 },
    ])
  })

  test.each([
    ['c12', '2', 'unknown_turn'],
    ['c12', '0', 'invalid_flag'],
    ['c11', '1', 'unknown_session'],
  ])('%s --at %s is exit 2: %s', async (id, at, code) => {
    using place = createPlace()
    await completedRun(place, '--session', 'c12')
    const failed = await place.agentspec('sessions', 'branch', id, '--at', at, '--as', 'x', '--json')
    expect(failed).toMatchObject({ code: 2, json: { error: { code } } })
  })
})
