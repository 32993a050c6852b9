/** Schemas in strict mode: what the model is offered, and what it meant by the nulls it had to write. */
import { expect, test } from 'vitest'
import type { FunctionToolDefinition, JsonSchema, Program } from '../../../src/compiler/program.ts'
import { startModelServer } from '../../support/model-server.ts'
import { agent, compiled, functionTool, program } from '../../support/program.ts'
import { called, modelOf, response, said } from '../../support/responses.ts'
import { outputs, runtimeOver } from '../../support/runs.ts'

const SOURCE = `
export function book(args) { return args }
export function onlyCheap(args) { return !('price' in args) }
`
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, price: { type: 'number' }, note: { type: ['string', 'null'] } },
  required: ['city'],
}
const sentParameters = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    price: { type: ['number', 'null'] },
    note: { type: ['string', 'null'] },
  },
  required: ['city', 'price', 'note'],
  additionalProperties: false,
}

function booking(url: string, given: Partial<FunctionToolDefinition>, more: Partial<Program> = {}): Program {
  const book = functionTool('book', { parameters, strict: true, ...given })
  return program({ tools: [book], source: SOURCE, overrides: { models: { main: modelOf(url) }, ...more } })
}

const noStream = { stream: false }

test('the model is offered the converted schema; bodies, approvals and expressions get what it meant', async () => {
  await using server = await startModelServer(
    response('resp_1', called('a', 'book', { city: 'Berlin', price: null, note: null })),
    response('resp_2', said('done')),
  )
  const runtime = runtimeOver({ OPENAI_API_KEY: 'k' })
  const spec = compiled(booking(server.url, { needs_approval: { when: '!has(args.price)' } }))
  const paused = await runtime.start(spec, 'Go', noStream).result
  expect(server.requests[0]?.body['tools']).toMatchObject([
    { name: 'book', strict: true, parameters: sentParameters },
  ])
  const meant = { city: 'Berlin', note: null }
  expect(paused).toMatchObject({ status: 'paused', interruptions: [{ arguments: meant }] })
  await runtime.decide(paused.run_id, { calls: 'all', decision: 'approve', by: 'ana' })
  const result = await runtime.resume(paused.run_id, noStream).result
  expect(result).toMatchObject({ status: 'completed', final_output: 'done' })
  expect(await outputs(runtime, paused.run_id)).toEqual({ a: JSON.stringify(meant) })
  const events = await runtime.events(paused.run_id)
  expect(events.find(({ type }) => type === 'model.responded')).toMatchObject({
    restored: [{ call_id: 'a', arguments: meant }],
  })
  // The history keeps what the model wrote.
  expect(server.requests[1]?.body['input']).toContainEqual(
    expect.objectContaining({
      type: 'function_call',
      arguments: '{"city":"Berlin","price":null,"note":null}',
    }),
  )
})

test('such a run moves elsewhere, and a document that says something else of the arguments is refused', async () => {
  await using server = await startModelServer(
    response('resp_1', called('a', 'book', { city: 'Berlin', price: null, note: null })),
  )
  const runtime = runtimeOver({ OPENAI_API_KEY: 'k' })
  const { run_id } = await runtime.start(
    compiled(booking(server.url, { needs_approval: true })),
    'Go',
    noStream,
  ).result
  const document = await runtime.exportState(run_id, { bundle: true })
  const other = runtimeOver()
  await other.importState(document, { trustSpec: true })
  expect((await other.show(run_id)).interruptions).toMatchObject([
    { arguments: { city: 'Berlin', note: null } },
  ])
  const forged: unknown = JSON.parse(
    JSON.stringify(document).replaceAll('"city":"Berlin","note":null', '"city":"Rome","note":null'),
  )
  await expect(runtimeOver().importState(forged, { trustSpec: true })).rejects.toThrow(
    'the arguments of call a are not those the model wrote',
  )
})

test('a null that nobody converted stays a null, and is wrong', async () => {
  await using server = await startModelServer(
    response('resp_1', called('a', 'book', { city: 'Berlin', price: null })),
    response('resp_2', said('done')),
  )
  const runtime = runtimeOver({ OPENAI_API_KEY: 'k' })
  const open: JsonSchema = { ...parameters, additionalProperties: true }
  const { run_id } = await runtime.start(compiled(booking(server.url, { parameters: open })), 'Go', noStream)
    .result
  expect(server.requests[0]?.body['tools']).toMatchObject([{ name: 'book', strict: false, parameters: open }])
  expect(JSON.stringify(await outputs(runtime, run_id))).toContain('price')
  const events = await runtime.events(run_id)
  expect(events.some(({ type }) => type === 'tool.started')).toBe(false)
})

test('the input of a handoff and the final output are converted and read back the same way', async () => {
  const schema = { type: 'object', properties: { why: { type: 'string' }, who: { type: 'string' } } }
  await using server = await startModelServer(
    response('resp_1', called('a', 'go', { why: 'late', who: null })),
    response('resp_2', said('{"why":"paid","who":null}')),
  )
  const handoffs = [
    { agent: 'other', tool_name: 'go', tool_description: '', enabled: true, input_schema: schema },
  ]
  const agents = {
    main: agent({ handoffs }),
    other: agent({ output: { schema, name: 'final_output', strict: true } }),
  }
  const runtime = runtimeOver({ OPENAI_API_KEY: 'k' })
  const spec = compiled(booking(server.url, {}, { agents }))
  const result = await runtime.start(spec, 'Go', noStream).result
  expect(result).toMatchObject({ status: 'completed', final_output: { why: 'paid' } })
  expect(result.final_output).not.toHaveProperty('who')
  const events = await runtime.events(result.run_id)
  expect(events.find(({ type }) => type === 'handoff.occurred')).toMatchObject({ input: { why: 'late' } })
  const sent = {
    type: 'object',
    properties: { why: { type: ['string', 'null'] }, who: { type: ['string', 'null'] } },
    required: ['why', 'who'],
    additionalProperties: false,
  }
  expect(server.requests[0]?.body['tools']).toMatchObject([{ name: 'go', strict: true, parameters: sent }])
  expect(server.requests[1]?.body['text']).toMatchObject({ format: { strict: true, schema: sent } })
})
