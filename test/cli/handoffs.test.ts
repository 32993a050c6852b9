/** Handoffs and ends of runs as a user declares them in YAML: over HTTP, across processes and machines. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startCommand } from '../support/live-command.ts'
import { startModelServer } from '../support/model-server.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { calls, inputOf, message, says } from '../support/served-runs.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

const desk = (handoff: string): string => `agentspec: 1
name: desk
entry: triage
models:
  main: { provider: openai, model: m, base_url: "\${LLM_URL}" }
agents:
  triage:
    model: main
    instructions: Help.
    tools: [cancel]
    handoffs:
      - agent: refunds
        input_schema: { type: object, properties: { reason: { type: string } }, required: [reason], additionalProperties: false }
        on_handoff: { handler: ./desk.ts#announce }
        ${handoff}
  refunds: { model: main, instructions: Pay back. }
tools:
  cancel:
    type: function
    description: Cancel an order
    handler: ./desk.ts#cancel
    parameters: { type: object, properties: { order_id: { type: integer } }, required: [order_id], additionalProperties: false }
    needs_approval: true
`

const DESK = `import { appendFileSync } from 'node:fs'
const log = (line: string) => appendFileSync('desk.log', line + '\\n')
export function cancel(args: { order_id: number }) { log('cancel ' + args.order_id); return 'cancelled' }
export function announce(input: { reason: string }, ctx: { agent: string }) { log(ctx.agent + ': ' + input.reason) }
export function brief({ input_history, new_items }: { input_history: object[]; new_items: { type?: string }[] }) {
  const outputs = new_items.filter((item) => item.type === 'function_call_output').length
  return { input_history: [...input_history, { role: 'user', content: outputs + ' outputs' }], pre_handoff_items: [], new_items: [] }
}
`

const TALK = [
  says(calls('cancel', 'c1', { order_id: 7 }), calls('transfer_to_refunds', 'c2', { reason: 'broken' })),
  says(message('You get your money back.')),
]

const go = { type: 'message', role: 'user', content: 'Cancel order 7' }
const nested = `For context, here is the conversation so far between the user and the previous agent:
<CONVERSATION HISTORY>
1. user: Cancel order 7
2. {"type":"function_call","call_id":"c1","name":"cancel","arguments":"{\\"order_id\\":7}"}
3. {"type":"function_call","call_id":"c2","name":"transfer_to_refunds","arguments":"{\\"reason\\":\\"broken\\"}"}
4. {"type":"function_call_output","call_id":"c1","output":"cancelled"}
5. {"type":"function_call_output","call_id":"c2","output":"{\\"assistant\\":\\"refunds\\"}"}
</CONVERSATION HISTORY>`

function log(folder: Workspace): string {
  const path = join(folder.path, 'desk.log')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

describe('a handoff beside a call that waits for approval', () => {
  test.each([
    ['input_filter: remove_all_tools', [go]],
    ['input_filter: { handler: ./desk.ts#brief }', [go, { role: 'user', content: '2 outputs' }]],
    ['nest_handoff_history: true', [{ type: 'message', role: 'assistant', content: nested }]],
  ])('happens after it, on another machine: %s', async (handoff, expected) => {
    await using server = await startModelServer(...TALK)
    const env = { LLM_URL: server.url, OPENAI_API_KEY: 'sk-test-12345678' }
    using here = createWorkspace({ 'desk.yaml': desk(handoff), 'desk.ts': DESK })
    using there = createWorkspace()
    const at = (folder: Workspace, ...words: readonly string[]): Promise<CommandResult> =>
      runCommand(words, { cwd: folder.path, env })
    const paused = await at(here, 'run', 'desk.yaml', 'Cancel order 7', '--no-stream', '--json')
    expect(paused).toMatchObject({
      code: 4,
      json: { last_agent: 'triage', interruptions: [{ call_id: 'c1', tool: 'cancel' }] },
    })
    expect(log(here)).toBe('')
    const { stdout } = await at(here, 'state', 'export', 'latest', '--bundle', '--move', '--quiet')
    there.write('run.json', stdout)
    expect((await at(there, 'state', 'import', 'run.json', '--trust-spec')).code).toBe(0)
    const done = await at(there, 'approve', 'latest', '--resume', '--no-stream', '--json')
    expect(done).toMatchObject({
      code: 0,
      json: { final_output: 'You get your money back.', last_agent: 'refunds', turns: 2 },
    })
    expect(log(there)).toBe('cancel 7\ntriage: broken\n')
    expect(inputOf(server, -1)).toEqual(expected)
    expect(server.requests).toHaveLength(2)
    const { json } = await at(there, 'show', 'latest', '--json')
    expect(json).toMatchObject({ items: [go, { call_id: 'c1' }, { call_id: 'c2' }, {}, {}, {}] })
  })
})

const LOOP = `agentspec: 1
name: loop
entry: main
models:
  main:
    provider: scripted
    script: [ { tool_calls: [ { name: look } ] }, { tool_calls: [ { name: look } ] } ]
agents:
  main: { model: main, instructions: Look., tools: [look] RULE }
tools:
  look: { type: function, description: Look, handler: ./look.ts#look, parameters: { type: object, properties: {}, additionalProperties: false } GATE }
REST
`

const LOOK = `let looks = 0
export const look = () => 'seen ' + ++looks
export const judge = (results: { output: string }[]) => ({ is_final_output: results[0]?.output === 'seen 2', final_output: { looks } })
export const give_up = (error: { code: string }, ctx: { agent: string }) => ({ final_output: ctx.agent + ' gave up: ' + error.code })
export const say_no = (call: { tool: string }) => 'No ' + call.tool + 'ing'
`

function loop(given: { readonly rule?: string; readonly gate?: string; readonly rest?: string }): Workspace {
  const { rule = '', gate = '', rest = '' } = given
  const spec = LOOP.replace('RULE', rule).replace('GATE', gate).replace('REST', rest)
  return createWorkspace({ 'loop.yaml': spec, 'look.ts': LOOK })
}

describe('a run', () => {
  test('ends when a function says that a result is enough', async () => {
    using folder = loop({ rule: ', tool_use_behavior: { handler: ./look.ts#judge }' })
    const { code, json } = await runCommand(['run', 'loop.yaml', 'Go', '--json'], { cwd: folder.path })
    expect({ code, json }).toMatchObject({ code: 0, json: { final_output: { looks: 2 }, turns: 2 } })
  })

  test('answers instead of failing, with exit code 0', async () => {
    const words = ['run', 'loop.yaml', 'Go', '--max-turns', '1']
    using fixed = loop({ rest: 'run: { on_error: { max_turns: { final_output: Too many looks. } } }' })
    expect(await runCommand(words, { cwd: fixed.path })).toMatchObject({
      code: 0,
      stdout: 'Too many looks.\n',
    })
    using made = loop({ rest: 'run: { on_error: { max_turns: { handler: ./look.ts#give_up } } }' })
    expect(await runCommand(words, { cwd: made.path })).toMatchObject({
      code: 0,
      stdout: 'main gave up: max_turns_exceeded\n',
    })
    using neither = loop({})
    expect((await runCommand(words, { cwd: neither.path })).code).toBe(1)
  })

  test('words a rejection by a function, unless the person does', async () => {
    const given = {
      gate: ', needs_approval: true',
      rest: 'approvals: { rejection_message: { handler: ./look.ts#say_no } }',
    }
    for (const [words, output] of [
      [[], 'No looking'],
      [['--message', 'Look away'], 'Look away'],
    ] as const) {
      using folder = loop(given)
      await runCommand(['run', 'loop.yaml', 'Go'], { cwd: folder.path })
      await runCommand(['reject', 'latest', ...words, '--resume'], { cwd: folder.path })
      const { json } = await runCommand(['show', 'latest', '--json'], { cwd: folder.path })
      expect(json).toMatchObject({ items: [{}, {}, { output }, {}] })
    }
  })
})

const NESTED = `agentspec: 1
name: nested
entry: outer
models:
  main:
    provider: scripted
    script:
      outer: [ { tool_calls: [ { name: ask, arguments: { input: x } } ] }, { text: Done. } ]
      inner: [ { tool_calls: [ { name: wait } ] }, { text: Found. } ]
agents:
  outer: { model: main, instructions: Ask., tools: [ask] }
  inner: { model: main, instructions: Wait., tools: [wait] }
tools:
  ask: { type: agent, agent: inner, description: Ask }
  wait: { type: function, description: Wait, handler: ./wait.ts#wait, parameters: { type: object, properties: {}, additionalProperties: false } }
`

const WAIT = `import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
export async function wait(args: object, ctx: { progress: (text: string) => void }) {
  ctx.progress('begun')
  while (!existsSync('go')) await setTimeout(20)
  return 'waited'
}
`

test('Ctrl-C inside an agent tool finishes the turn there, and a resume goes on from it', async () => {
  using folder = createWorkspace({ 'nested.yaml': NESTED, 'wait.ts': WAIT })
  const command = startCommand(['run', 'nested.yaml', 'Go', '--json'], { cwd: folder.path })
  await command.waitFor('begun')
  command.signal('SIGINT')
  await command.waitFor('finishing this turn')
  folder.write('go', '')
  const { code, stdout } = await command.ended
  expect(code).toBe(130)
  expect(JSON.parse(stdout)).toMatchObject({ status: 'interrupted', usage: { requests: 2 } })
  expect(await runCommand(['resume', 'latest', '--json'], { cwd: folder.path })).toMatchObject({
    code: 0,
    json: { final_output: 'Done.', usage: { requests: 4 } },
  })
})
