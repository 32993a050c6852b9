/** A model request as the body of `POST /chat/completions`. */
import { chatMessages } from './chat-messages.ts'
import { createFragmentCache, createRequestBody, objectSetting, parametersObject } from './request-body.ts'
import type { Json } from '../../../util/json.ts'
import type { FunctionSpec, ModelRequest } from '../model.ts'
import { plainItems } from '../plain-items.ts'

/** Settings whose name and value the API shares with us. */
const SAME_NAME = [
  'temperature',
  'top_p',
  'frequency_penalty',
  'presence_penalty',
  'verbosity',
  'metadata',
  'store',
  'prompt_cache_retention',
  'top_logprobs',
] as const

/** What differs between OpenAI's own server and the many compatible ones. */
export interface ChatDialect {
  /** OpenAI's reasoning models refuse `max_tokens`; most other servers know nothing else. */
  readonly maxTokensKey: 'max_tokens' | 'max_completion_tokens'
}

/**
 * Writes requests for one model. `truncation`, `response_include` and the summary of `reasoning` are left out: the API
 * has nothing like them. Without functions `tool_choice` and `parallel_tool_calls` are left out too: the API refuses them.
 */
export function chatEncoder(
  model: string,
  dialect: ChatDialect,
): (request: ModelRequest, stream: boolean) => string {
  const toolFragment = createFragmentCache(encodeTool)
  return (request, stream) => {
    const { settings, functions } = request
    const body = createRequestBody(objectSetting(settings, 'extra_body'))
    body.put('model', model)
    for (const key of SAME_NAME) body.put(key, settings[key])
    body.put(dialect.maxTokensKey, settings['max_tokens'])
    body.put('reasoning_effort', objectSetting(settings, 'reasoning')['effort'])
    if (typeof settings['top_logprobs'] === 'number') body.put('logprobs', true)
    body.put('response_format', responseFormat(request))
    if (functions.length > 0) {
      body.put('tool_choice', toolChoice(settings['tool_choice']))
      body.put('parallel_tool_calls', settings['parallel_tool_calls'])
      body.putList('tools', functions.map(toolFragment))
    }
    body.put('messages', chatMessages({ ...request, items: plainItems(request) }, model))
    if (stream) {
      body.put('stream', true)
      body.put('stream_options', { include_usage: true })
    }
    return body.text()
  }
}

/** `strict` is said only when it is on: off is the API's default, and not every server knows the word. */
function encodeTool(spec: FunctionSpec): string {
  const { name, description, strict } = spec
  const parameters = parametersObject(spec.parameters)
  return JSON.stringify({
    type: 'function',
    function: { name, description, parameters, ...(strict ? { strict } : {}) },
  })
}

function toolChoice(choice: Json | undefined): Json | undefined {
  if (typeof choice !== 'string' || choice === 'auto' || choice === 'required' || choice === 'none')
    return choice
  return { type: 'function', function: { name: choice } }
}

function responseFormat({ output }: ModelRequest): Json | undefined {
  return output === null ? undefined : { type: 'json_schema', json_schema: { ...output } }
}
