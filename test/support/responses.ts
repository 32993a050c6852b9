/** Answers of a Responses API server, and programs that ask it. */
import { lowerModel } from '../../src/compiler/lower/lower-model.ts'
import type { ModelDefinition } from '../../src/compiler/program-models.ts'
import { json } from './model-server.ts'
import type { Answer } from './model-server.ts'

/** A whole response of these items. */
export function response(id: string | null, ...output: readonly object[]): Answer {
  return json({ ...(id === null ? {} : { id }), object: 'response', status: 'completed', output })
}

export function said(text: string): object {
  const content = [{ type: 'output_text', text, annotations: [] }]
  return { type: 'message', id: `msg_${text}`, role: 'assistant', status: 'completed', content }
}

export function called(call_id: string, name: string, args: object): object {
  const text = JSON.stringify(args)
  return { type: 'function_call', id: `fc_${call_id}`, call_id, name, arguments: text, status: 'completed' }
}

/** A model behind a server, asked once. */
export function modelOf(url: string, changes: Partial<ModelDefinition> = {}): ModelDefinition {
  const { retry, ...rest } = lowerModel('openai/m')
  return { ...rest, base_url: url, retry: { ...retry, max_attempts: 1 }, ...changes }
}
