/** The events of the contract, one by one, as `--events` prints them and the journal keeps them. */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

type Event = Readonly<Record<string, unknown>> & { readonly type: string }

const CALL = ['call_id', 'turn', 'agent', 'tool', 'kind', 'server', 'arguments', 'decision']
const QUESTION = ['call_id', 'kind', 'agent', 'tool', 'server', 'arguments', 'path', 'digest', 'expires_at']

/** What each journaled event always has, and what it may have. */
const JOURNALED: Readonly<Record<string, readonly [always: readonly string[], may: readonly string[]]>> = {
  'run.started': [
    ['spec', 'session', 'agent', 'input', 'context', 'options', 'base_dir'],
    ['distrusted_upto', 'spec_file'],
  ],
  'run.resumed': [
    ['reason', 'options'],
    ['spec', 'context', 'base_dir', 'spec_file', 'change'],
  ],
  'turn.started': [
    ['turn', 'agent'],
    ['disabled', 'instructions', 'mcp_tools'],
  ],
  'model.responded': [['response_id', 'items', 'usage', 'attempts'], ['guardrail_usage']],
  'tool.started': [CALL, ['nested']],
  'tool.completed': [
    [...CALL, 'output', 'is_error', 'duration_ms'],
    ['context_patch', 'reason', 'failed_attempts', 'guardrail_usage'],
  ],
  'approval.requested': [[...QUESTION, 'turn', 'tool_identity', 'rule'], []],
  'approval.decided': [
    ['request', 'call_id', 'decision', 'always', 'by', 'digest', 'tool_identity'],
    ['reason', 'message', 'arguments', 'result'],
  ],
  'handoff.occurred': [
    ['from', 'to', 'call_id', 'ignored'],
    ['input', 'view'],
  ],
  'input.added': [['items'], []],
  'session.appended': [['upto'], []],
  'cancel.requested': [['by'], ['reason']],
  'run.paused': [['interruptions'], []],
  'run.completed': [['final_output'], ['items']],
  'run.failed': [['error'], ['attempts']],
  'run.cancelled': [['by'], ['reason']],
}

const STREAMED: typeof JOURNALED = {
  'model.requested': [
    ['turn', 'agent', 'model', 'attempt'],
    ['failure', 'delay_ms'],
  ],
  'model.delta': [['data'], []],
  'text.delta': [['delta', 'agent'], []],
  'tool.progress': [['call_id', 'tool', 'text'], []],
}

const SPEC = `agentspec: 1
name: every
entry: triage
context: { default: { seen: 0 } }
models:
  main:
    provider: scripted
    script:
      triage: [ { tool_calls: [ { name: transfer_to_desk, arguments: {}, call_id: call_h } ] } ]
      desk:
        - error: { status: 503, message: Not now. }
        - tool_calls:
            - { name: ask, arguments: { input: seven }, call_id: call_n }
            - { name: cancel, arguments: { order_id: 7 }, call_id: call_a }
        - text: Done.
        - text: As you say.
      helper:
        - tool_calls: [ { name: look, arguments: {}, call_id: call_l } ]
        - text: Seven.
    retry: { backoff: { initial: 1ms, jitter: false } }
agents:
  triage: { model: main, instructions: Help., handoffs: [desk] }
  desk: { model: main, instructions: Cancel., tools: [ask, cancel] }
  helper: { model: main, instructions: Look., tools: [look] }
tools:
  ask: { type: agent, agent: helper, description: Ask }
  look: { type: function, handler: ./tools.ts#look, description: Look, parameters: { type: object } }
  cancel:
    type: function
    handler: ./tools.ts#cancel
    description: Cancel
    parameters: { type: object, properties: { order_id: { type: integer } }, required: [order_id] }
    needs_approval: true
session: { store: "sqlite:talks.db" }
`

const TOOLS = `
export function look(args: object, ctx: any) { ctx.progress('first'); ctx.progress('second'); ctx.context.seen = 1; return 7 }
export function cancel() { return 'cancelled' }
`

async function lines(folder: Workspace, ...args: readonly string[]): Promise<readonly Event[]> {
  const { stdout } = await runCommand([...args, '--events'], { cwd: folder.path })
  return stdout
    .trimEnd()
    .split('\n')
    .map((line): Event => JSON.parse(line))
}

async function journal(folder: Workspace, run = 'latest'): Promise<readonly Event[]> {
  const { json } = await runCommand(['show', run, '--events', '--json'], { cwd: folder.path })
  return (json as { events: readonly Event[] }).events
}

/** What the commands printed, the result on the last line left out, and what the journals of their runs hold. */
interface Story {
  readonly streams: readonly (readonly Event[])[]
  readonly journals: readonly (readonly Event[])[]
}

async function tell(): Promise<Story> {
  using folder = createWorkspace({ 'every.yaml': SPEC, 'tools.ts': TOOLS })
  const paused = await lines(folder, 'run', 'every.yaml', 'Go')
  const resumed = await lines(folder, 'approve', 'latest', '--resume')
  const first = await journal(folder)
  const { json } = await runCommand(['run', 'every.yaml', 'Go', '--json'], { cwd: folder.path })
  const { run_id: runId } = json as { run_id: string }
  await runCommand(['reject', runId, '--message', 'No'], { cwd: folder.path })
  const told = await lines(folder, 'resume', runId, '--input', 'Hurry')
  const second = await journal(folder, runId)
  const failed = await lines(folder, 'run', 'every.yaml', 'Go', '--max-turns', '1')
  await lines(folder, 'run', 'every.yaml', 'Go', '--session', 'talk')
  await runCommand(['cancel', 'latest', '--json'], { cwd: folder.path })
  const streams = [paused, resumed, told, failed]
  for (const stream of streams) expect(stream.at(-1)).toMatchObject({ type: 'result' })
  return {
    streams: streams.map((stream) => stream.slice(0, -1)),
    journals: [first, second, await journal(folder)],
  }
}

let story: Story

beforeAll(async () => {
  story = await tell()
})

const everything = (): readonly Event[] => [...story.streams.flat(), ...story.journals.flat()]

describe('an event', () => {
  test.for(Object.entries({ ...JOURNALED, ...STREAMED }))('%s has what the contract says', ([type, keys]) => {
    const [always, may] = keys
    const events = everything().filter((event) => event.type === type)
    expect(events.length).toBeGreaterThan(0)
    const common = ['type', 'run_id', 'at', ...(type in JOURNALED ? ['seq'] : [])]
    for (const event of events) {
      const has = Object.keys(event)
      expect(has).toEqual(expect.arrayContaining([...common, ...always]))
      const known = new Set([...common, 'path', ...always, ...may])
      expect(has.filter((key) => !known.has(key))).toEqual([])
      expect(event['at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    }
  })

  test('is of no other kind', () => {
    const known = new Set(Object.keys({ ...JOURNALED, ...STREAMED }))
    expect(everything().filter((event) => !known.has(event.type))).toEqual([])
  })

  test('that is journaled fits the published schema', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../schemas/event.v1.schema.json', import.meta.url), 'utf8'),
    ) as object
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema)
    for (const event of everything().filter((one) => 'seq' in one)) {
      expect({ ok: validate(event), event, errors: validate.errors }).toMatchObject({ ok: true })
    }
  })
})

describe('--events', () => {
  test('prints the journal as it grows, from 1 without gaps, over all commands that go on with a run', () => {
    const [paused = [], resumed = []] = story.streams
    const printed = [...paused, ...resumed].filter((event) => 'seq' in event)
    // Decisions are journaled by the command that decides, before the run goes on.
    const kept = story.journals[0]?.filter((event) => event.type !== 'approval.decided')
    expect(printed).toEqual(kept)
    expect(story.journals[0]?.map((event) => event['seq'])).toEqual(
      Array.from({ length: story.journals[0]?.length ?? 0 }, (_, n) => n + 1),
    )
  })

  test('has the events of a nested run with the path to it, the progress of its tools in order', () => {
    const [paused = []] = story.streams
    const inside = paused.filter(
      (event) => event['path'] !== undefined && event.type !== 'approval.requested',
    )
    expect(new Set(inside.map((event) => JSON.stringify(event['path'])))).toEqual(new Set(['["call_n"]']))
    const kinds = inside.map((event) => (event.type === 'tool.progress' ? event['text'] : event.type))
    const text = inside.filter((event) => event.type === 'text.delta').map((event) => event['delta'])
    expect(text.join('')).toBe('Seven.')
    expect(kinds.filter((kind) => kind !== 'model.delta' && kind !== 'text.delta')).toEqual([
      'turn.started',
      'model.requested',
      'model.responded',
      'tool.started',
      'first',
      'second',
      'tool.completed',
      'turn.started',
      'model.requested',
      'model.responded',
    ])
  })

  test('says why there is another attempt, and what ended the run', () => {
    const [paused = [], , , failed = []] = story.streams
    const attempts = paused.filter((event) => event.type === 'model.requested' && event['agent'] === 'desk')
    expect(attempts[1]).toMatchObject({
      attempt: 2,
      delay_ms: 1,
      failure: expect.stringContaining('Not now.'),
    })
    expect(failed.at(-1)).toMatchObject({ type: 'run.failed', error: { code: 'max_turns_exceeded' } })
  })
})
