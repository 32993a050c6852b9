/** Programs whose model is a real server, so that a test sees what each agent's request really contains. */
import { lowerModel } from '../../src/compiler/lower/lower-model.ts'
import type { HandoffDefinition } from '../../src/compiler/program.ts'
import type { ModelDefinition } from '../../src/compiler/program-models.ts'
import { json } from './model-server.ts'
import type { Answer, ModelServer } from './model-server.ts'

export type Said = Readonly<Record<string, unknown>>

/** An answer of the Responses API, in one piece. */
export function says(...output: readonly Said[]): Answer {
  return json({ id: 'resp_1', object: 'response', status: 'completed', error: null, output })
}

export function message(text: string): Said {
  const content = [{ type: 'output_text', text, annotations: [] }]
  return { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content }
}

export function calls(name: string, id: string, args: object = {}): Said {
  return { type: 'function_call', call_id: id, name, arguments: JSON.stringify(args) }
}

export const reasoning: Said = { type: 'reasoning', id: 'rs_1', summary: [] }

/** The model behind a server. */
export function served(url: string): Readonly<Record<string, ModelDefinition>> {
  return { main: { ...lowerModel('openai/m'), base_url: url } }
}

export const ENVIRONMENT = { OPENAI_API_KEY: 'sk-test-12345678' } as const

export function handoffTo(agent: string, given: Partial<HandoffDefinition> = {}): HandoffDefinition {
  return { agent, tool_name: `transfer_to_${agent}`, tool_description: '', enabled: true, ...given }
}

/** What the model was sent as input, by the place of the request. */
export function inputOf({ requests }: ModelServer, index: number): unknown {
  return requests.at(index)?.body['input']
}
