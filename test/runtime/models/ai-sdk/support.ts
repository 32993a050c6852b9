/** Models of the provider packages installed here, pointed at a server of a test. */
import { createModel } from '../../../../src/runtime/models/create-model.ts'
import type { ModelDefinition } from '../../../../src/compiler/program-models.ts'
import type { FunctionSpec, Model } from '../../../../src/runtime/models/model.ts'
import { definition } from '../support.ts'

export const ANTHROPIC = '@ai-sdk/anthropic'
export const COMPATIBLE = '@ai-sdk/openai-compatible'
export const KEY = 'sk-secret-1234'

export function anthropicAt(url: string, changes: Partial<ModelDefinition> = {}): Model {
  return packageAt(ANTHROPIC, url, { model: 'claude-sonnet-4-0', ...changes })
}

export function compatibleAt(url: string, changes: Partial<ModelDefinition> = {}): Model {
  return packageAt(COMPATIBLE, url, { model: 'local', ...changes })
}

function packageAt(provider: string, url: string, changes: Partial<ModelDefinition>): Model {
  return createModel(definition({ provider, base_url: url, api_key: KEY, ...changes }), 'main', {})
}

export const LOOKUP: FunctionSpec = {
  name: 'lookup_order',
  description: 'Looks an order up',
  parameters: { type: 'object', properties: { order_id: { type: 'integer' } }, required: ['order_id'] },
  strict: false,
}
