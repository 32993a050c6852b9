/**
 * A model request as the body of `POST /responses`. Items go out verbatim, reasoning included; only what a provider package
 * keeps for itself stays here.
 */
import { isJsonArray } from '../../../util/json.ts'
import { createFragmentCache, createRequestBody, objectSetting } from './request-body.ts'
import type { RequestBody } from './request-body.ts'
import { createInputEncoder } from './responses-input.ts'
import { encodeFunction, encodeHosted, includesOf, toolChoice } from './responses-tools.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { ConversationSpec, HostedSpec, ModelRequest, PromptSpec } from '../model.ts'

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
 * Without tools `tool_choice` and `parallel_tool_calls` are left out too, as the API refuses them, unless a stored prompt may
 * bring tools of its own.
 */
export function responsesEncoder(model: string): (request: ModelRequest, stream: boolean) => string {
  const inputFragments = createInputEncoder()
  const toolFragment = createFragmentCache(encodeFunction)
  return (request, stream) => {
    const { settings, functions, hosted = [], prompt } = request
    const body = createRequestBody(objectSetting(settings, 'extra_body'))
    if (prompt?.names_model !== true) body.put('model', model)
    if (prompt !== undefined) body.put('prompt', storedPrompt(prompt))
    putConversation(body, request.conversation)
    body.put('instructions', request.instructions)
    for (const key of SAME_NAME) body.put(key, settings[key])
    body.put('max_output_tokens', settings['max_tokens'])
    body.put('include', includes(settings, hosted))
    body.put('text', textOptions(request))
    if (functions.length + hosted.length > 0) {
      body.put('tool_choice', toolChoice(settings['tool_choice'], request))
      body.put('parallel_tool_calls', settings['parallel_tool_calls'])
      body.putList('tools', [...functions.map(toolFragment), ...hosted.map(encodeHosted)])
    } else if (prompt !== undefined) {
      body.put('tool_choice', settings['tool_choice'])
      body.put('parallel_tool_calls', settings['parallel_tool_calls'])
    }
    body.putList('input', inputFragments(request))
    if (stream) body.put('stream', true)
    return body.text()
  }
}

function storedPrompt({ id, version, variables }: PromptSpec): Json {
  return {
    id,
    ...(version === undefined ? {} : { version }),
    ...(variables === undefined ? {} : { variables }),
  }
}

function putConversation(body: RequestBody, conversation: ConversationSpec | undefined): void {
  if (conversation === undefined) return
  if ('conversation_id' in conversation) body.put('conversation', conversation.conversation_id)
  else body.put('previous_response_id', conversation.previous_response_id)
}

/**
 * A server that stores nothing cannot look a reasoning item up by its id at the next turn: it must come back encrypted,
 * so that the history carries it.
 */
function includes(settings: JsonObject, hosted: readonly HostedSpec[]): Json | undefined {
  const asked = settings['response_include']
  const include = new Set<Json>([...includesOf(hosted), ...(isJsonArray(asked) ? asked : [])])
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
