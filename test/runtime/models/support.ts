/** Requests, definitions and answers for the tests of the models. */
import { lowerModel } from '../../../src/compiler/lower/lower-model.ts'
import { createModel } from '../../../src/runtime/models/create-model.ts'
import { json, sse, startModelServer, stream as streamed } from '../../support/model-server.ts'
import type { ModelDefinition, ScriptStep } from '../../../src/compiler/program-models.ts'
import type { Model, ModelEvent, ModelRequest, ModelResponse } from '../../../src/runtime/models/model.ts'

export function request(changes: Partial<ModelRequest> = {}): ModelRequest {
  return {
    run_id: 'run_1',
    agent: 'triage',
    turn: 1,
    path: [],
    instructions: 'Be kind',
    items: [{ type: 'message', role: 'user', content: 'hello' }],
    functions: [],
    output: null,
    settings: {},
    attempts: { run: 0, agent: 0 },
    ...changes,
  }
}

export function definition(changes: Partial<ModelDefinition> = {}): ModelDefinition {
  return { ...lowerModel('openai/m'), ...changes }
}

export function script(steps: NonNullable<ModelDefinition['script']>): ModelDefinition {
  return definition({ provider: 'scripted', script: steps })
}

export function steps(...list: readonly ScriptStep[]): ModelDefinition {
  return script(list)
}

export interface Collected {
  readonly events: readonly ModelEvent[]
  /** The streamed text. */
  readonly text: string
  readonly response: ModelResponse
}

/** Everything one attempt gives. */
export async function collect(
  model: Model,
  asked: ModelRequest = request(),
  stream = false,
): Promise<Collected> {
  const events: ModelEvent[] = []
  for await (const emission of model.respond(asked, { signal: new AbortController().signal, stream }))
    events.push(...[emission].flat())
  const last = events.at(-1)
  if (last?.type !== 'response') throw new Error('the response must be the last event')
  if (events.filter((event) => event.type === 'response').length !== 1)
    throw new Error('there must be one response')
  const text = events.map((event) => (event.type === 'text' ? event.delta : '')).join('')
  return { events, text, response: last.response }
}

/** What a promise rejects with. */
export async function failure<E extends Error>(
  promise: Promise<unknown>,
  type: new (...args: never[]) => E,
): Promise<E> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof type) return error
  throw new Error(`expected ${type.name}, got ${String(error)}`, { cause: error })
}

export type Api = ModelDefinition['api']

/** A model behind a server, through the composition everybody uses. */
export function modelAt(url: string, api: Api, changes: Partial<ModelDefinition> = {}): Model {
  return createModel(definition({ base_url: url, api, ...changes }), 'main', {
    OPENAI_API_KEY: 'sk-secret-1234',
  })
}

/** The body of the request a model makes for some request of ours. */
export async function bodyFor(
  api: Api,
  changes: Partial<ModelRequest>,
  stream = false,
): Promise<Record<string, unknown>> {
  const parts = answer({ text: 'x' })[api]
  await using server = await startModelServer(stream ? streamed([sse(parts.events)]) : json(parts.whole))
  await collect(modelAt(server.url, api), request(changes), stream)
  return server.requests[0]?.body ?? {}
}

export interface Said {
  readonly text?: string
  readonly call?: { readonly id: string; readonly name: string; readonly args: string }
}

/** The same answer in both APIs: in one piece, and as the events of a stream. */
export function answer(
  said: Said,
): Record<Api, { readonly whole: object; readonly events: readonly unknown[] }> {
  return { responses: responsesAnswer(said), chat_completions: chatAnswer(said) }
}

function responsesAnswer({ text, call }: Said) {
  const output: object[] = []
  const content = [{ type: 'output_text', text, annotations: [] }]
  if (text !== undefined)
    output.push({ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content })
  if (call !== undefined) {
    const { id, name, args } = call
    output.push({
      type: 'function_call',
      id: 'fc_1',
      status: 'completed',
      call_id: id,
      name,
      arguments: args,
    })
  }
  const whole = { id: 'resp_1', object: 'response', status: 'completed', error: null, output }
  const deltas =
    text === undefined ? [] : Array.from(text, (delta) => ({ type: 'response.output_text.delta', delta }))
  const events = [
    { type: 'response.created', response: { ...whole, status: 'in_progress', output: [] } },
    ...deltas,
    ...output.map((item, output_index) => ({ type: 'response.output_item.done', output_index, item })),
    { type: 'response.completed', response: whole },
  ]
  return { whole, events: events.map((event, sequence_number) => ({ ...event, sequence_number })) }
}

function chatAnswer({ text, call }: Said) {
  const head = { id: 'chatcmpl_1', object: 'chat.completion.chunk' }
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason }],
  })
  const reason = call === undefined ? 'stop' : 'tool_calls'
  const named = call && { id: call.id, type: 'function', function: { name: call.name, arguments: call.args } }
  const message = { role: 'assistant', content: text ?? null, ...(named ? { tool_calls: [named] } : {}) }
  const events = [
    chunk({ role: 'assistant', content: '' }),
    ...Array.from(text ?? '', (content) => chunk({ content })),
    ...(named
      ? [chunk({ tool_calls: [{ ...named, index: 0, function: { name: call?.name, arguments: '' } }] })]
      : []),
    ...Array.from(call?.args ?? '', (args) =>
      chunk({ tool_calls: [{ index: 0, function: { arguments: args } }] }),
    ),
    chunk({}, reason),
    '[DONE]',
  ]
  return { whole: { id: 'chatcmpl_1', choices: [{ index: 0, message, finish_reason: reason }] }, events }
}
