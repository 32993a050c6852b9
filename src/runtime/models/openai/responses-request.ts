/**
 * A model request as the body of `POST /responses`. Items go out verbatim, reasoning included; only what a provider package
 * keeps for itself stays here.
 */
import { isJsonArray } from '../../../util/json.ts'
import { isForeignReasoning, withoutProviderMetadata } from '../provider-metadata.ts'
import { createFragmentCache, createRequestBody, objectSetting, parametersObject } from './request-body.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { Item } from '../../state/item.ts'
import type { FunctionSpec, ModelRequest } from '../model.ts'

/** Settings whose name and value the API shares with us. */
const SAME_NAME = [
  'temperature',
  'top_p',
  'truncation',
  'reasoning',
  'metadata',
  'store',
  'prompt_cache_retention',
  'top_logprobs',
] as const

/**
 * Writes requests for one model. The API has no `frequency_penalty` and `presence_penalty`: they are left out.
 * Without functions `tool_choice` and `parallel_tool_calls` are left out too: the API refuses them.
 */
export function responsesEncoder(model: string): (request: ModelRequest, stream: boolean) => string {
  const itemFragment = createFragmentCache<Item>((item) => JSON.stringify(withoutProviderMetadata(item)))
  const toolFragment = createFragmentCache(encodeTool)
  return (request, stream) => {
    const { settings, functions } = request
    const body = createRequestBody(objectSetting(settings, 'extra_body'))
    body.put('model', model)
    body.put('instructions', request.instructions)
    for (const key of SAME_NAME) body.put(key, settings[key])
    body.put('max_output_tokens', settings['max_tokens'])
    body.put('include', includes(settings))
    body.put('text', textOptions(request))
    if (functions.length > 0) {
      body.put('tool_choice', toolChoice(settings['tool_choice']))
      body.put('parallel_tool_calls', settings['parallel_tool_calls'])
      body.putList('tools', functions.map(toolFragment))
    }
    const items = request.items.filter((item) => !isForeignReasoning(item))
    body.putList('input', items.map(itemFragment))
    if (stream) body.put('stream', true)
    return body.text()
  }
}

function encodeTool(spec: FunctionSpec): string {
  const { name, description, strict } = spec
  return JSON.stringify({
    type: 'function',
    name,
    description,
    parameters: parametersObject(spec.parameters),
    strict,
  })
}

function toolChoice(choice: Json | undefined): Json | undefined {
  if (typeof choice !== 'string' || choice === 'auto' || choice === 'required' || choice === 'none')
    return choice
  return { type: 'function', name: choice }
}

/**
 * A server that stores nothing cannot look a reasoning item up by its id at the next turn: it must come back encrypted,
 * so that the history carries it.
 */
function includes(settings: JsonObject): Json | undefined {
  const asked = settings['response_include']
  const include = new Set<Json>(isJsonArray(asked) ? asked : [])
  if (settings['store'] === false) include.add('reasoning.encrypted_content')
  if (typeof settings['top_logprobs'] === 'number') include.add('message.output_text.logprobs')
  return include.size === 0 ? undefined : [...include]
}

function textOptions({ output, settings }: ModelRequest): Json | undefined {
  const verbosity = settings['verbosity'] ?? null
  if (output === null && verbosity === null) return undefined
  return {
    ...(output === null ? {} : { format: { type: 'json_schema', ...output } }),
    ...(verbosity === null ? {} : { verbosity }),
  }
}
