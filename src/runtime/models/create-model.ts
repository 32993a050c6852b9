/** The model a definition describes: the one place that knows every provider. */
import { UsageFailure } from '../failures.ts'
import { aiSdkModel } from './ai-sdk/ai-sdk-model.ts'
import { isProviderPackage, variablePrefixes } from './ai-sdk/package-name.ts'
import { isOpenAiServer, openaiModel } from './openai/openai-model.ts'
import { scriptedModel } from './scripted/scripted-model.ts'
import type { ModelDefinition } from '../../compiler/program-models.ts'
import type { Model } from './model.ts'

/** Variables by name, those of `.env` included. */
export type Variables = Readonly<Record<string, string | undefined>>

const OPENAI_URL = 'https://api.openai.com/v1'

/**
 * The model of a definition whose `${VAR}` are resolved. Nothing is loaded or connected yet.
 *
 * @param name the key in `models`, or the reference itself; for messages
 * @param baseDir the spec's folder, where packages of providers are looked for first
 * @throws UsageFailure for an unknown provider, and for what is missing to use one: a script, a model id, a key, a usable
 *   base url. A package that is missing is found out by `prepare` of the model.
 */
export function createModel(
  definition: ModelDefinition,
  name: string,
  variables: Variables,
  baseDir: string = '.',
): Model {
  const { provider } = definition
  if (provider === 'scripted') return scriptedModel(definition, name)
  if (provider === 'openai') return createOpenAiModel(definition, name, variables)
  if (isProviderPackage(provider)) return createPackageModel(definition, name, variables, baseDir)
  const named = /^[a-z][a-z0-9-]*$/.test(provider)
    ? ` such as @ai-sdk/${provider}`
    : ' such as @ai-sdk/anthropic'
  throw new UsageFailure(
    'unknown_provider',
    `Model "${name}" uses the provider "${provider}", which nobody knows`,
    `write openai (also for compatible servers, with base_url), scripted, or the name of an AI SDK package${named}`,
  )
}

/** The variables of a provider are named after it: `ANTHROPIC_API_KEY`, `ANTHROPIC_BASE_URL`. */
function createPackageModel(
  definition: ModelDefinition,
  name: string,
  variables: Variables,
  baseDir: string,
): Model {
  const prefixes = variablePrefixes(definition.provider)
  const find = (ending: string): string | undefined =>
    prefixes.map((prefix) => variables[`${prefix}_${ending}`]).find(Boolean)
  const baseUrl = definition.base_url || find('BASE_URL')
  if (baseUrl !== undefined) requireHttpUrl(baseUrl, name)
  const apiKey = definition.api_key || find('API_KEY')
  return aiSdkModel(definition, {
    package: definition.provider,
    name,
    model: requireModelId(definition, name),
    baseDir,
    headers: definition.headers,
    keyHint: definition.api_key ? `check api_key of model "${name}"` : `check ${prefixes[0]}_API_KEY`,
    ...(baseUrl ? { baseUrl } : {}),
    ...(apiKey ? { apiKey } : {}),
    ...(definition.organization ? { organization: definition.organization } : {}),
    ...(definition.project ? { project: definition.project } : {}),
  })
}

function requireModelId({ model }: ModelDefinition, name: string): string {
  if (model !== undefined) return model
  throw new UsageFailure(
    'model_unusable',
    `Model "${name}" does not say which model to use`,
    `add models.${name}.model`,
  )
}

function createOpenAiModel(definition: ModelDefinition, name: string, variables: Variables): Model {
  const model = requireModelId(definition, name)
  // An empty value counts as none, as it does for the OpenAI client.
  const baseUrl = definition.base_url || variables['OPENAI_BASE_URL'] || OPENAI_URL
  requireHttpUrl(baseUrl, name)
  const apiKey = definition.api_key || variables['OPENAI_API_KEY']
  const organization = definition.organization || variables['OPENAI_ORG_ID']
  const project = definition.project || variables['OPENAI_PROJECT_ID']
  if (!apiKey && isOpenAiServer(baseUrl) && !hasAuthorization(definition)) {
    throw new UsageFailure(
      'api_key_missing',
      `Model "${name}" (${definition.provider}/${model}) needs an API key`,
      'set OPENAI_API_KEY in the environment or in .env beside the spec; a local server needs base_url instead',
    )
  }
  return openaiModel(definition, {
    model,
    baseUrl,
    keyHint: definition.api_key ? `check api_key of model "${name}"` : 'check OPENAI_API_KEY',
    ...(apiKey ? { apiKey } : {}),
    ...(organization ? { organization } : {}),
    ...(project ? { project } : {}),
  })
}

function requireHttpUrl(baseUrl: string, name: string): void {
  const protocol = URL.parse(baseUrl)?.protocol
  if (protocol === 'http:' || protocol === 'https:') return
  throw new UsageFailure(
    'base_url_invalid',
    `The base url "${baseUrl}" of model "${name}" is not an http or https url`,
    'write it like http://127.0.0.1:8080/v1',
  )
}

function hasAuthorization(definition: ModelDefinition): boolean {
  return Object.keys(definition.headers).some((header) => header.toLowerCase() === 'authorization')
}
