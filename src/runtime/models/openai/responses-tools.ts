/** Tools and tool choice in the words of the Responses API. */
import { isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { FunctionSpec, HostedSpec, ModelRequest } from '../model.ts'
import { parametersObject } from './request-body.ts'

export function encodeFunction(spec: FunctionSpec): string {
  const { name, description, strict, native } = spec
  if (native !== undefined) return JSON.stringify({ type: native })
  return JSON.stringify({
    type: 'function',
    name,
    description,
    parameters: parametersObject(spec.parameters),
    strict,
  })
}

/** The settings are the API's own, but for what has a default here or belongs elsewhere in the request. */
export function encodeHosted({ type, settings }: HostedSpec): string {
  const { include_search_results: _, ...rest } = settings
  switch (type) {
    case 'web_search':
      return JSON.stringify({ type, ...rest, ...member(rest, 'user_location', { type: 'approximate' }) })
    case 'code_interpreter':
      return JSON.stringify({
        type,
        container: { type: 'auto' },
        ...rest,
        ...member(rest, 'container', { type: 'auto' }),
      })
    case 'shell':
      return JSON.stringify({ type, environment: rest['environment'] })
    default:
      return JSON.stringify({ type, ...rest })
  }
}

/** An object among the settings, with its defaults. */
function member(settings: JsonObject, key: string, defaults: JsonObject): JsonObject {
  const value = settings[key]
  return isJsonObject(value) ? { [key]: { ...defaults, ...value } } : {}
}

/** What hosted tools ask for beyond their own shape. */
export function includesOf(hosted: readonly HostedSpec[]): readonly string[] {
  return hosted.some(({ settings }) => settings['include_search_results'] === true)
    ? ['file_search_call.results']
    : []
}

/** A function by its name, a tool of the provider by its type. */
export function toolChoice(
  choice: Json | undefined,
  { functions, hosted = [] }: ModelRequest,
): Json | undefined {
  if (typeof choice !== 'string' || choice === 'auto' || choice === 'required' || choice === 'none')
    return choice
  const called = functions.find(({ name }) => name === choice)
  if (called?.native !== undefined) return { type: called.native }
  if (called !== undefined) return { type: 'function', name: choice }
  const tool = hosted.find(({ name, type }) => name === choice || type === choice)
  if (tool === undefined) return { type: 'function', name: choice }
  const label = tool.type === 'mcp' ? { server_label: tool.settings['server_label'] ?? null } : {}
  return { type: tool.type, ...label }
}
