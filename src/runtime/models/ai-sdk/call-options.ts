/** A model request in the words of the AI SDK. */
import type { JSONObject, JSONSchema7, LanguageModelV4FunctionTool } from '@ai-sdk/provider'
import { ModelFailure } from '../../failures.ts'
import { compact } from '../../../util/compact.ts'
import { isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { FunctionSpec, ModelRequest } from '../model.ts'
import { plainItems } from '../plain-items.ts'
import { objectSetting, parametersObject } from '../openai/request-body.ts'
import type { CallOptions } from './language-model.ts'
import { isProviderOptions, promptOf } from './prompt.ts'
import type { Addressee } from './prompt.ts'

/**
 * The options of one call. The common settings have words of their own; `extra_body` holds options of the provider, and
 * goes where it looks for them. `truncation`, `metadata`, `store`, `response_include`, `prompt_cache_retention`,
 * `top_logprobs`, `verbosity` and the summary of `reasoning` have no common word: they are left out, and a provider that
 * knows them takes them from `extra_body`.
 *
 * @throws ModelFailure for what the interface has no counterpart for.
 */
export function callOptions(request: ModelRequest, to: Addressee, signal: AbortSignal): CallOptions {
  const { settings, functions } = request
  return {
    prompt: promptOf(request.instructions, plainItems(request), to),
    abortSignal: signal,
    ...compact({
      maxOutputTokens: numberSetting(settings, 'max_tokens'),
      temperature: numberSetting(settings, 'temperature'),
      topP: numberSetting(settings, 'top_p'),
      frequencyPenalty: numberSetting(settings, 'frequency_penalty'),
      presencePenalty: numberSetting(settings, 'presence_penalty'),
      reasoning: effort(objectSetting(settings, 'reasoning')['effort']),
      responseFormat: responseFormat(request),
      tools: functions.length === 0 ? undefined : functions.map(toolOf),
      toolChoice: functions.length === 0 ? undefined : toolChoice(settings['tool_choice']),
      headers: headersOf(settings),
      providerOptions: providerOptions(request, to),
    }),
  }
}

function numberSetting(settings: JsonObject, key: string): number | undefined {
  const value = settings[key]
  return typeof value === 'number' ? value : undefined
}

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

function effort(value: Json | undefined): (typeof EFFORTS)[number] | undefined {
  if (value === undefined || value === null) return undefined
  const known = EFFORTS.find((word) => word === value)
  if (known !== undefined) return known
  throw new ModelFailure(
    `model_settings.reasoning.effort is ${JSON.stringify(value)}; AI SDK providers know ${EFFORTS.join(', ')}`,
  )
}

/** `strict` is said only when it is on: not every provider knows the word. */
function toolOf(spec: FunctionSpec): LanguageModelV4FunctionTool {
  const { name, description, strict } = spec
  const inputSchema = schemaOf(parametersObject(spec.parameters))
  return { type: 'function', name, description, inputSchema, ...(strict ? { strict } : {}) }
}

function toolChoice(choice: Json | undefined): CallOptions['toolChoice'] {
  if (typeof choice !== 'string') return undefined
  if (choice === 'auto' || choice === 'required' || choice === 'none') return { type: choice }
  return { type: 'tool', toolName: choice }
}

function responseFormat({ output }: ModelRequest): CallOptions['responseFormat'] {
  if (output === null) return undefined
  return { type: 'json', name: output.name, schema: schemaOf(output.schema) }
}

function schemaOf(schema: JsonObject | boolean): JSONSchema7 {
  const object: JsonObject = typeof schema === 'boolean' ? {} : schema
  if (isSchema(object)) return object
  throw new ModelFailure('a schema must be an object')
}

/** The compiler has checked it: a schema is a JSON object, whatever its keywords say. */
function isSchema(value: object): value is JSONSchema7 {
  return isJsonObject(value)
}

/** `null` takes a header away that would be sent otherwise. */
function headersOf(settings: JsonObject): Record<string, string | undefined> | undefined {
  const extra = settings['extra_headers']
  if (!isJsonObject(extra)) return undefined
  return Object.fromEntries(
    Object.entries(extra).map(([name, value]) => [
      name,
      value === null ? undefined : typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
}

function providerOptions({ settings }: ModelRequest, to: Addressee): Record<string, JSONObject> | undefined {
  const options: JsonObject = { ...parallelCalls(settings, to), ...objectSetting(settings, 'extra_body') }
  if (Object.keys(options).length === 0) return undefined
  const byName = { [to.provider]: options, [camelCase(to.provider)]: options }
  return isProviderOptions(byName) ? byName : undefined
}

/** A name with a dash is also looked for without: `amazon-bedrock`, `amazonBedrock`. */
function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** The providers whose word for it we know. */
function parallelCalls({ parallel_tool_calls: parallel }: JsonObject, { provider }: Addressee): JsonObject {
  if (typeof parallel !== 'boolean') return {}
  if (provider === 'anthropic') return { disableParallelToolUse: !parallel }
  if (provider === 'openaiCompatible') return { parallel_tool_calls: parallel }
  return provider === 'openai' || provider === 'azure' ? { parallelToolCalls: parallel } : {}
}
