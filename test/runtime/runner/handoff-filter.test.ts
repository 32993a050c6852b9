import { describe, expect, onTestFinished, test } from 'vitest'
import type { AgentDefinition, HandoffDefinition, Program } from '../../../src/compiler/program.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import { startModelServer } from '../../support/model-server.ts'
import type { ModelServer } from '../../support/model-server.ts'
import { agent, compiled, functionTool, program } from '../../support/program.ts'
import { runtimeOver } from '../../support/runs.ts'
import {
  calls,
  ENVIRONMENT,
  handoffTo,
  inputOf,
  message,
  reasoning,
  says,
  served,
} from '../../support/served-runs.ts'
import { createWorkspace } from '../../support/workspace.ts'

const SOURCE = `
export function read() { return 'read' }
export function keepUser({ input_history, pre_handoff_items, new_items }, ctx) {
  pre_handoff_items.length = 0
  new_items.length = 0
  return { input_history: [...input_history, { role: 'user', content: ctx.agent + ' ' + ctx.tool + ' ' + ctx.context.key }], pre_handoff_items, new_items }
}
export function seen(data) {
  const note = { role: 'user', content: JSON.stringify(Object.values(data).map((items) => items.map((item) => item.type))) }
  return { input_history: [note], pre_handoff_items: [], new_items: [] }
}
export function halves({ input_history, pre_handoff_items, new_items }) {
  const isCall = (item) => item.type === 'function_call'
  return { input_history, pre_handoff_items: pre_handoff_items.filter(isCall), new_items: new_items.filter((item) => !isCall(item)) }
}
let failures = 1
export function failsOnce(data) { if (failures-- > 0) throw new Error('not now'); return data }
export const text = () => 'everything'
export const partly = () => ({ input_history: [] })
export const more = (data) => ({ ...data, input_items: [] })
export const noItem = (data) => ({ ...data, new_items: ['hello'] })
export const circle = (data) => { data.new_items.push(data); return data }
export const deep = (data) => { let list = []; for (let n = 0; n < 1000; n++) list = [list]; return { ...data, new_items: [{ list }] } }
export const large = (data) => ({ ...data, new_items: [{ role: 'user', content: 'x'.repeat(11_000_000) }] })
`

/** What the model says before it is the second agent's turn: a tool, then the handoff beside another tool. */
const TALK = [
  says(reasoning, calls('read', 'c1')),
  says(reasoning, calls('read', 'c2'), calls('transfer_to_billing', 'c3')),
  says(message('Done')),
]

const USER = { type: 'message', role: 'user', content: 'Go' }
const READ = [reasoning, calls('read', 'c1'), { type: 'function_call_output', call_id: 'c1', output: 'read' }]
const TRANSFER = [
  reasoning,
  calls('read', 'c2'),
  calls('transfer_to_billing', 'c3'),
  { type: 'function_call_output', call_id: 'c2', output: 'read' },
  { type: 'function_call_output', call_id: 'c3', output: '{"assistant":"billing"}' },
]

function desk(
  server: ModelServer,
  handoff: Partial<HandoffDefinition>,
  given: { readonly run?: Partial<Program['run']>; readonly billing?: Partial<AgentDefinition> } = {},
): Program {
  const base = program({ tools: [functionTool('read')], source: SOURCE })
  return {
    ...base,
    models: served(server.url),
    agents: {
      main: agent({ tools: ['read'], handoffs: [handoffTo('billing', handoff)] }),
      billing: agent({ tools: ['read'], ...given.billing }),
      refunds: agent(),
    },
    run: { ...base.run, ...given.run },
  }
}

async function inputAfter(
  handoff: Partial<HandoffDefinition>,
  run: Partial<Program['run']> = {},
): Promise<unknown> {
  await using server = await startModelServer(...TALK)
  const runtime = runtimeOver(ENVIRONMENT)
  const spec = compiled(desk(server, handoff, { run }))
  const result = await runtime.start(spec, 'Go', { stream: false, context: { key: 'blue' } }).result
  expect(result).toMatchObject({ status: 'completed', final_output: 'Done', last_agent: 'billing' })
  return inputOf(server, -1)
}

const handler = (name: string): { readonly handler: string } => ({ handler: `tools.ts#${name}` })

describe('the request of the next agent has', () => {
  test('everything, unless something is said', async () => {
    expect(await inputAfter({})).toEqual([USER, ...READ, ...TRANSFER])
  })

  test('no tools and no reasoning with remove_all_tools', async () => {
    expect(await inputAfter({ input_filter: 'remove_all_tools' })).toEqual([USER])
  })

  test.each([
    [0, []],
    [1, TRANSFER],
    [5, TRANSFER],
    [6, [...READ, ...TRANSFER]],
    [8, [...READ, ...TRANSFER]],
    [9, [USER, ...READ, ...TRANSFER]],
    [100, [USER, ...READ, ...TRANSFER]],
  ])('the last %i items, and what they cannot stand without', async (last, expected) => {
    expect(await inputAfter({ input_filter: { last } })).toEqual(expected)
  })

  test('what a function makes of it', async () => {
    const added = { role: 'user', content: 'main transfer_to_billing blue' }
    expect(await inputAfter({ input_filter: handler('keepUser') })).toEqual([USER, added])
  })

  test('no half of a pair, whatever the function leaves', async () => {
    expect(await inputAfter({ input_filter: handler('halves') })).toEqual([USER])
  })

  test('what the function of the run makes of it, unless the handoff has its own', async () => {
    const run = { handoff_input_filter: handler('seen') }
    const types = [
      ['message'],
      ['reasoning', 'function_call', 'function_call_output'],
      ['reasoning', 'function_call', 'function_call', 'function_call_output', 'function_call_output'],
    ]
    expect(await inputAfter({}, run)).toEqual([{ role: 'user', content: JSON.stringify(types) }])
    expect(await inputAfter({ nest_handoff_history: true }, run)).toEqual([
      { role: 'user', content: JSON.stringify(types) },
    ])
    expect(await inputAfter({ input_filter: { last: 0 } }, run)).toEqual([])
  })
})

test('a second handoff filters what the first one left', async () => {
  await using server = await startModelServer(
    ...TALK.slice(0, 2),
    says(calls('read', 'c4')),
    says(calls('transfer_to_refunds', 'c5')),
    says(message('Refunded')),
  )
  const runtime = runtimeOver(ENVIRONMENT)
  const billing = { handoffs: [handoffTo('refunds', { input_filter: handler('seen') })] }
  const spec = desk(server, { input_filter: { last: 5 } }, { billing })
  const result = await runtime.start(compiled(spec), 'Go', { stream: false }).result
  expect(result).toMatchObject({ final_output: 'Refunded', last_agent: 'refunds' })
  const transfer = [
    'reasoning',
    'function_call',
    'function_call',
    'function_call_output',
    'function_call_output',
  ]
  const types = [
    [],
    [...transfer, 'function_call', 'function_call_output'],
    ['function_call', 'function_call_output'],
  ]
  expect(inputOf(server, -1)).toEqual([{ role: 'user', content: JSON.stringify(types) }])
})

test('what was filtered stays in the session, and the next run has it again', async () => {
  await using server = await startModelServer(...TALK)
  const runtime = runtimeOver(ENVIRONMENT)
  const spec = compiled(desk(server, { input_filter: 'remove_all_tools' }))
  await runtime.start(spec, 'Go', { stream: false, session: 's' }).result
  expect(inputOf(server, -1)).toEqual([USER])
  await runtime.start(spec, 'More', { stream: false, session: 's' }).result
  expect(inputOf(server, -1)).toEqual([
    USER,
    ...READ,
    ...TRANSFER,
    message('Done'),
    { type: 'message', role: 'user', content: 'More' },
  ])
})

test.each([
  ['a filter', { input_filter: { last: 5 } }],
  ['a function', { input_filter: handler('keepUser') }],
  ['nested history', { nest_handoff_history: true }],
])('a run stopped after %s goes on elsewhere with what it would have sent here', async (_what, handoff) => {
  const expected = await inputAfter(handoff)
  using folder = createWorkspace()
  await using server = await startModelServer(...TALK)
  const open = (): Runtime => {
    const store = sqliteStore(`${folder.path}/runs.db`)
    const runtime = createRuntime({ store, environment: ENVIRONMENT })
    onTestFinished(() => runtime.close())
    return runtime
  }
  const options = { stream: false, context: { key: 'blue' } }
  const stream = open().start(compiled(desk(server, handoff)), 'Go', options)
  for await (const event of stream) if (event.type === 'handoff.occurred') stream.stop('now')
  const { run_id, status } = await stream.result
  expect({ status, requests: server.requests.length }).toEqual({ status: 'interrupted', requests: 2 })
  expect(await open().resume(run_id).result).toMatchObject({ final_output: 'Done' })
  expect(inputOf(server, -1)).toEqual(expected)
})

test('the journal has what a filter left, without halves of pairs', async () => {
  await using server = await startModelServer(...TALK)
  const runtime = runtimeOver(ENVIRONMENT)
  const spec = desk(server, { input_filter: handler('halves') })
  const { run_id } = await runtime.start(compiled(spec), 'Go', { stream: false }).result
  const handoff = (await runtime.events(run_id)).find((event) => event.type === 'handoff.occurred')
  expect(handoff).toMatchObject({ view: { input_history: [USER], items: [] } })
})

describe('a filter', () => {
  test.each([
    ['text', 'returned string, not an object of input_history, pre_handoff_items, new_items'],
    ['partly', 'returned nothing as pre_handoff_items, not a list of items'],
    ['more', 'returned "input_items", which is none of input_history, pre_handoff_items, new_items'],
    ['noItem', 'returned string as new_items[0], not an item'],
    ['circle', 'returned what is not JSON: '],
    ['deep', 'returned a value of more than 400 levels'],
    ['large', 'characters of JSON; at most 10485760 are allowed'],
  ])('that gives something else (%s) fails the run', async (name, problem) => {
    await using server = await startModelServer(...TALK)
    const runtime = runtimeOver(ENVIRONMENT)
    const spec = desk(server, { input_filter: handler(name) })
    const { run_id, error, status } = await runtime.start(compiled(spec), 'Go', { stream: false }).result
    expect({ status, code: error?.code, agent: error?.agent }).toEqual({
      status: 'failed',
      code: 'handler_failed',
      agent: 'main',
    })
    expect(error?.message).toContain(`input_filter of transfer_to_billing (tools.ts#${name}) `)
    expect(error?.message).toContain(problem)
    expect((await runtime.events(run_id)).map(({ type }) => type)).not.toContain('handoff.occurred')
  })

  test('that fails is asked again when the run is resumed, and the model is not', async () => {
    await using server = await startModelServer(...TALK)
    const runtime = runtimeOver(ENVIRONMENT)
    const spec = desk(server, { input_filter: handler('failsOnce') })
    const failed = await runtime.start(compiled(spec), 'Go', { stream: false }).result
    expect(failed).toMatchObject({
      status: 'failed',
      error: {
        code: 'handler_failed',
        message: 'input_filter of transfer_to_billing (tools.ts#failsOnce) failed: not now',
      },
    })
    expect(server.requests).toHaveLength(2)
    expect(await runtime.resume(failed.run_id).result).toMatchObject({ status: 'completed' })
    expect(inputOf(server, -1)).toEqual([USER, ...READ, ...TRANSFER])
  })

  test('cannot bring a secret into the journal', async () => {
    await using server = await startModelServer(...TALK)
    const runtime = runtimeOver({ ...ENVIRONMENT, OPENAI_API_KEY: 'blue-and-yellow' })
    const spec = desk(server, { input_filter: handler('keepUser') })
    const context = { key: 'blue-and-' }
    const source = SOURCE.replace('ctx.context.key', `ctx.context.key + 'yellow'`)
    const modules = { 'tools.ts': { source, imports: {} } }
    const { run_id } = await runtime.start(compiled({ ...spec, modules }), 'Go', { stream: false, context })
      .result
    expect(JSON.stringify(await runtime.events(run_id))).not.toContain('blue-and-yellow')
    expect(JSON.stringify(inputOf(server, -1))).toContain(
      'main transfer_to_billing [redacted:OPENAI_API_KEY]',
    )
  })
})
