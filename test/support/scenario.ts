/** A spec, a model server that plays a part, and the command line: the way users meet both. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../src/util/json.ts'
import { startModelServer } from './model-server.ts'
import type { RecordedRequest } from './model-server.ts'
import { runCommand } from './run-command.ts'
import type { CommandResult } from './run-command.ts'
import { createWorkspace } from './workspace.ts'

/** The output items of one response. */
export type Turn = readonly JsonObject[]

export function says(text: string): Turn {
  const content = [{ type: 'output_text', text, annotations: [] }]
  return [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content }]
}

/** A call; `args` as text is sent as it is. */
export function calls(name: string, callId: string, args: JsonObject | string = {}): JsonObject {
  const text = typeof args === 'string' ? args : JSON.stringify(args)
  return {
    type: 'function_call',
    id: `fc_${callId}`,
    call_id: callId,
    name,
    arguments: text,
    status: 'completed',
  }
}

export interface Scenario extends AsyncDisposable {
  readonly path: string
  readonly requests: readonly RecordedRequest[]
  /** What a command needs of the environment. */
  readonly env: Readonly<Record<string, string>>
  /** The `input` of a request to the model, the first being 0; without it, of the last one. */
  input(index?: number): readonly JsonObject[]
  /** Runs `agentspec` with `--json` in the scenario's folder. */
  agentspec(...args: readonly string[]): Promise<CommandResult>
  /** `tool argument` of each body that ran, in order. */
  bodies(): readonly string[]
}

const MODELS = `agentspec: 1
name: scenario
models:
  main: { provider: openai, model: gpt-test, base_url: "\${LLM_URL}", api_key: "\${LLM_KEY:-local}" }
defaults: { model: main }
`

/** `a` needs nobody, `b` asks; both say that their body ran. `bad` throws. */
const TOOLS = `import { appendFileSync } from 'node:fs'
const log = (name, args) => appendFileSync('bodies.log', name + ' ' + (args.n ?? '') + '\\n')
export function a(args) { log('a', args); return 'a' + (args.n ?? '') }
export function b(args) { log('b', args); return 'b' + (args.n ?? '') }
export function bad(args) { log('bad', args); throw new Error('out of order') }
`

const NUMBER = '{ type: object, properties: { n: { type: integer } } }'

/** Tool entries of a spec for the bodies above. */
export function tool(name: 'a' | 'b' | 'bad', more = ''): string {
  return `  ${name}: { type: function, description: Does ${name}, handler: ./tools.js#${name}, strict: false, parameters: ${NUMBER}${more} }\n`
}

/** @param yaml what follows the models: agents, tools and the rest */
export async function startScenario(yaml: string, turns: readonly Turn[]): Promise<Scenario> {
  const workspace = createWorkspace({ 'spec.yaml': MODELS + yaml, 'tools.js': TOOLS })
  const server = await startModelServer(
    ...turns.map((items, index) => (response: Parameters<typeof answer>[0]) => {
      answer(response, responseOf(items, index), server.requests.at(-1)?.body['stream'] === true)
    }),
    (response) =>
      void response
        .writeHead(400, { 'content-type': 'application/json' })
        .end('{"error":{"message":"no more turns"}}'),
  )
  const env = { LLM_URL: server.url, NODE_NO_WARNINGS: '1' }
  return {
    path: workspace.path,
    requests: server.requests,
    env,
    input: (index = server.requests.length - 1) =>
      server.requests[index]?.body['input'] as readonly JsonObject[],
    agentspec: (...args) =>
      runCommand([...args, '--json'], {
        cwd: workspace.path,
        env,
      }),
    bodies: () => readLines(join(workspace.path, 'bodies.log')),
    async [Symbol.asyncDispose]() {
      workspace[Symbol.dispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

function readLines(file: string): readonly string[] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.trim())
    : []
}

function responseOf(output: Turn, index: number): JsonObject {
  const usage = {
    input_tokens: 10,
    output_tokens: 5,
    total_tokens: 15,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens_details: { reasoning_tokens: 0 },
  }
  return {
    id: `resp_${index + 1}`,
    object: 'response',
    status: 'completed',
    model: 'gpt-test',
    output,
    usage,
  }
}

/** The response as one JSON document, or as the events of a stream. */
function answer(
  response: { writeHead(status: number, headers: Record<string, string>): { end(text: string): unknown } },
  value: JsonObject,
  stream: boolean,
): void {
  if (!stream) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    return
  }
  const events = [
    { type: 'response.created', response: { ...value, status: 'in_progress', output: [] } },
    ...(value['output'] as Turn).flatMap(eventsOf),
    { type: 'response.completed', response: value },
  ]
  const text = events
    .map(
      (event, number) =>
        `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: number })}\n\n`,
    )
    .join('')
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text)
}

function eventsOf(item: JsonObject): readonly (JsonObject & { type: string })[] {
  const content = item['content'] as readonly { text: string }[] | undefined
  const deltas = (content ?? []).flatMap(({ text }) => text.match(/.{1,4}/gsu) ?? [])
  return [
    { type: 'response.output_item.added', item },
    ...deltas.map((delta) => ({ type: 'response.output_text.delta', delta })),
    { type: 'response.output_item.done', item },
  ]
}
