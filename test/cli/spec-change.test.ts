/** `resume --spec` and `migrate`: what going on with another spec means for a run, and what it never does. */
import { existsSync, readFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SHOP, TOOLS } from '../support/cli-specs.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

interface Place extends Workspace {
  readonly runId: string
  agentspec(...args: readonly string[]): Promise<CommandResult>
  journal(): Promise<readonly Record<string, unknown>[]>
  /** The orders that were cancelled. */
  cancelled(): string
}

/** A run of SHOP that waits for approval of its call. */
async function createPlace(): Promise<Place> {
  const folder = createWorkspace({ 'shop.yaml': SHOP, 'tools.ts': TOOLS })
  const agentspec = (...args: readonly string[]): Promise<CommandResult> =>
    runCommand([...args], { cwd: folder.path })
  const { json } = await agentspec('run', 'shop.yaml', 'Cancel it', '--json')
  const { run_id: runId } = json as { run_id: string }
  return {
    ...folder,
    runId,
    agentspec,
    journal: async () => {
      const shown = await agentspec('show', runId, '--events', '--json')
      return (shown.json as { events: Record<string, unknown>[] }).events
    },
    cancelled: () => {
      const log = join(folder.path, 'calls.log')
      return existsSync(log) ? readFileSync(log, 'utf8') : ''
    },
  }
}

const NEXT = SHOP.replace('version: 1.0.0', 'version: 2.0.0')
const NARROWER = NEXT.replace('order_id: { type: integer }', 'order_id: { type: integer, maximum: 5 }')

describe('resume --spec', () => {
  test('latest goes on with the file as it is now, and the journal says so', async () => {
    using place = await createPlace()
    place.write('shop.yaml', NEXT.replace('Help.', 'Help!'))
    await place.agentspec('approve', place.runId)
    const { code, json } = await place.agentspec('resume', place.runId, '--spec', 'latest', '--json')
    expect({ code, json }).toMatchObject({
      code: 0,
      json: { status: 'completed', spec: { version: '2.0.0' }, final_output: 'Cancelled.' },
    })
    expect(place.cancelled()).toBe('7\n')
    expect((await place.journal()).find(({ type }) => type === 'run.resumed')).toMatchObject({
      spec: { name: 'shop', version: '2.0.0' },
      change: { class: 'behavioural', reasons: ['agent desk: instructions changed'], ask_again: [] },
    })
  })

  test('without it, a run goes on with the spec it started with', async () => {
    using place = await createPlace()
    place.write('shop.yaml', NARROWER)
    place.write('tools.ts', 'export const cancel = () => "other"')
    await place.agentspec('approve', place.runId)
    const { json, stderr } = await place.agentspec('resume', place.runId, '--json')
    expect(json).toMatchObject({ status: 'completed', spec: { version: '1.0.0' } })
    expect(place.cancelled()).toBe('7\n')
    expect(stderr).toContain('tools.ts is not as archived with this run')
  })

  test.each([
    [
      'another gate',
      NEXT.replace('needs_approval: true', "needs_approval: { when: 'args.order_id > 1' }"),
      TOOLS,
    ],
    ['no gate any more', NEXT.replace('    needs_approval: true\n', ''), TOOLS],
    ['other code', NEXT, TOOLS.replace('cancelled:', 'done:')],
  ])('%s: what was decided is asked again, and nothing runs', async (_, spec, tools) => {
    using place = await createPlace()
    await place.agentspec('approve', place.runId, '--always')
    place.write('shop.yaml', spec)
    place.write('tools.ts', tools)
    const again = await place.agentspec('resume', place.runId, '--spec', 'latest', '--json')
    const [first] = (again.json as { interruptions: { request: number }[] }).interruptions
    expect(again.code).toBe(4)
    expect(place.cancelled()).toBe('')
    const asked = (await place.journal()).filter(({ type }) => type === 'approval.requested')
    expect(asked.map(({ seq }) => seq)).toEqual([expect.any(Number), first?.request])
    await place.agentspec('approve', place.runId)
    const { code, json } = await place.agentspec('resume', place.runId, '--json')
    expect({ code, json }).toMatchObject({ code: 0, json: { spec: { version: '2.0.0' } } })
    expect(place.cancelled()).toBe('7\n')
  })

  test('a breaking difference is refused with its places in both, and the run is as it was', async () => {
    using place = await createPlace()
    const before = await place.journal()
    place.write('shop.yaml', NARROWER)
    const { code, stderr, json } = await place.agentspec('resume', place.runId, '--spec', 'latest', '--json')
    expect(code).toBe(3)
    expect(json).toMatchObject({
      error: { code: 'spec_changed', hint: expect.stringContaining('migrations') },
    })
    expect(stderr).toContain(
      'breaking: tool cancel: parameters.order_id must now be at most 5 (shop.yaml:17:57 -> shop.yaml:17:57)',
    )
    expect(await place.journal()).toEqual(before)
  })

  test('a hash names an archived spec, also when no file is left', async () => {
    using place = await createPlace()
    place.write('other.yaml', NEXT.replace('Help.', 'Help!'))
    const other = await place.agentspec('run', 'other.yaml', 'Cancel it', '--json')
    const { hash } = (other.json as { spec: { hash: string } }).spec
    for (const file of ['shop.yaml', 'other.yaml', 'tools.ts']) unlinkSync(join(place.path, file))
    const gone = await place.agentspec('resume', place.runId, '--spec', 'latest', '--json')
    expect(gone).toMatchObject({ code: 2, json: { error: { code: 'no_spec_file' } } })
    await place.agentspec('approve', place.runId)
    const { code, json } = await place.agentspec('resume', place.runId, '--spec', hash.slice(0, 20), '--json')
    expect({ code, json }).toMatchObject({ code: 0, json: { spec: { hash } } })
  })

  test('a spec with errors is exit 2, and nothing happens', async () => {
    using place = await createPlace()
    const before = await place.journal()
    place.write('shop.yaml', NEXT.replace('model: main', 'model: none'))
    const { code } = await place.agentspec('resume', place.runId, '--spec', 'shop.yaml')
    expect(code).toBe(2)
    expect(await place.journal()).toEqual(before)
  })
})

const RENAMED = NEXT.replaceAll('cancel:', 'cancel_order:')
  .replace('tools: [cancel]', 'tools: [cancel_order]')
  .replace('desk:', 'front:')
  .replace('order_id: { type: integer } }, required: [order_id]', 'id: { type: string } }, required: [id]')

const MIGRATED = `${RENAMED}context: { schema: { type: object, properties: { tier: { type: string } }, required: [tier] }, default: { tier: free } }
migrations:
  - from: <2.0.0
    rename_agents: { desk: front }
    rename_tools: { cancel: cancel_order }
    map_arguments: { cancel_order: { id: string(args.order_id) } }
    set_context: { tier: free }
`
const NEW_TOOLS = TOOLS.replace('order_id: number', 'id: string').replaceAll('args.order_id', 'args.id')

describe('migrate', () => {
  test('renames, maps what waits, fills the context, and keeps what was', async () => {
    using place = await createPlace()
    const before = await place.journal()
    place.write('shop.yaml', MIGRATED)
    place.write('tools.ts', NEW_TOOLS)
    const dry = await place.agentspec('migrate', place.runId, '--to', 'shop.yaml', '--dry-run', '--json')
    expect(await place.journal()).toEqual(before)
    const done = await place.agentspec('migrate', place.runId, '--to', 'latest', '--json')
    expect(done).toMatchObject({ code: 0, stdout: dry.stdout })
    expect(done.json).toEqual({
      run_id: place.runId,
      changes: [
        { what: 'agent desk is now front' },
        { what: 'tool cancel is now cancel_order' },
        { what: 'call call_a now has the arguments {"id":"7"}', call_id: 'call_a' },
        { what: 'context.tier is now "free"' },
        { what: 'request #4 is asked again' },
      ],
    })
    const after = await place.journal()
    expect(after.slice(0, -1)).toEqual(before)
    expect(after.at(-1)).toMatchObject({ type: 'run.migrated', spec: { version: '2.0.0' } })

    const asked = await place.agentspec('resume', place.runId, '--json')
    expect(asked).toMatchObject({
      code: 4,
      json: {
        last_agent: 'front',
        interruptions: [{ agent: 'front', tool: 'cancel_order', arguments: { id: '7' } }],
      },
    })
    await place.agentspec('approve', place.runId)
    const { code, json } = await place.agentspec('resume', place.runId, '--json')
    expect({ code, json }).toMatchObject({ code: 0, json: { last_agent: 'front' } })
    expect(place.cancelled()).toBe('7\n')
    const again = await place.agentspec('migrate', place.runId, '--to', 'shop.yaml')
    expect(again.code).toBe(3)
  })

  test('resume --spec latest migrates as well, in one event', async () => {
    using place = await createPlace()
    place.write('shop.yaml', MIGRATED)
    place.write('tools.ts', NEW_TOOLS)
    const { code } = await place.agentspec('resume', place.runId, '--spec', 'latest', '--json')
    expect(code).toBe(4)
    const resumed = (await place.journal()).find(({ type }) => type === 'run.resumed')
    expect(resumed).toMatchObject({ change: { migration: { agents: { desk: 'front' } } } })
    const state = await place.agentspec('state', 'export', place.runId, '--bundle')
    place.write('run.json', state.stdout)
    const there = ['--store', 'sqlite:there.db']
    const imported = await place.agentspec('state', 'import', 'run.json', '--trust-spec', ...there)
    expect(imported.code).toBe(0)
  })

  test('a pending call that is dropped is answered, and the run goes on', async () => {
    using place = await createPlace()
    place.write('shop.yaml', `${NARROWER}migrations: [ { from: <2.0.0, drop_pending: [cancel] } ]\n`)
    const { code, json } = await place.agentspec('resume', place.runId, '--spec', 'latest', '--json')
    expect({ code, json }).toMatchObject({ code: 0, json: { final_output: 'Cancelled.' } })
    expect(place.cancelled()).toBe('')
    const shown = await place.agentspec('show', place.runId, '--json')
    expect(JSON.stringify(shown.json)).toContain('This call was not carried out')
  })

  test('arguments that cannot be mapped change nothing', async () => {
    using place = await createPlace()
    const before = await place.journal()
    place.write('shop.yaml', MIGRATED.replace('string(args.order_id)', 'args.order_id'))
    place.write('tools.ts', NEW_TOOLS)
    const { code, json } = await place.agentspec('migrate', place.runId, '--to', 'shop.yaml', '--json')
    expect({ code, json }).toMatchObject({ code: 3, json: { error: { code: 'migration_failed' } } })
    expect(await place.journal()).toEqual(before)
  })
})
