/** A run over every kind of body that moves to another store at each of its pauses: each step in a process of its own. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/util/json.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import { runCommand } from '../../support/run-command.ts'
import type { CommandResult } from '../../support/run-command.ts'
import { bodiesRun, createWideWorkspace, TRACED } from '../../support/wide-run.ts'
import { transcriptOf } from '../../support/wide-transcript.ts'
import { createWorkspace } from '../../support/workspace.ts'

const env = { AGENTSPEC_STATE_KEY: 'a-key-that-both-sides-know' }

type Command = (...args: readonly string[]) => Promise<CommandResult>

async function start(
  folder: string,
): Promise<{ readonly agentspec: Command; readonly paused: CommandResult }> {
  const agentspec: Command = (...args) => runCommand([...args, '--json'], { cwd: folder, env })
  const context = JSON.stringify({ folder })
  return {
    agentspec,
    paused: await agentspec('run', 'spec.yaml', 'Go', '--session', 'wide', '--context', context),
  }
}

async function journalOf(agentspec: Command): Promise<readonly JournalEvent[]> {
  const { json } = await agentspec('show', '-1', '--events')
  return (json as { readonly events: readonly JournalEvent[] }).events
}

test('it ends as one that stayed, wherever its folder is from there', { timeout: 120_000 }, async () => {
  using stays = createWideWorkspace()
  const staying = await start(stays.path)
  for (let { code } = staying.paused; code === 4;)
    ({ code } = await staying.agentspec('approve', '-1', '--all', '--resume'))

  using moves = createWideWorkspace()
  using elsewhere = createWorkspace()
  let { agentspec, paused } = await start(moves.path)
  let moved = 0
  while (paused.code === 4) {
    moved += 1
    const exported = await agentspec('state', 'export', '-1', '--bundle', '--move')
    const document = join(elsewhere.path, `state-${moved}.json`)
    writeFileSync(document, exported.stdout)
    const store = ['--store', `sqlite:${join(elsewhere.path, `runs-${moved}.db`)}`]
    agentspec = (...args) => runCommand([...args, ...store, '--json'], { cwd: elsewhere.path, env })
    expect(await agentspec('state', 'import', document)).toMatchObject({ code: 0 })
    const { interruptions } = paused.json as { readonly interruptions: readonly JsonObject[] }
    const there = await agentspec('resume', '-1', '--base', moves.path)
    expect(there).toMatchObject({
      code: 4,
      json: { interruptions: interruptions.map(({ call_id, digest }) => ({ call_id, digest })) },
    })
    expect(await agentspec('approve', '-1', '--all')).toMatchObject({ code: 0 })
    paused = await agentspec('resume', '-1')
  }
  expect(paused).toMatchObject({ code: 0, json: { final_output: 'finished' } })
  expect(moved).toBe(4)
  expect(transcriptOf(await journalOf(agentspec))).toEqual(transcriptOf(await journalOf(staying.agentspec)))
  expect(bodiesRun(moves.path)).toEqual(Object.fromEntries(TRACED.map((callId) => [callId, 1])))
})
