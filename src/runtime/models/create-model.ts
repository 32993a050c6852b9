/** The model a definition describes: the one place that knows every provider. */
import { UsageFailure } from '../failures.ts'
import { isOpenAiServer, openaiModel } from './openai/openai-model.ts'
import { scriptedModel } from './scripted/scripted-model.ts'
import type { ModelDefinition } from '../../compiler/program.ts'
import type { Model } from './model.ts'

/** Variables by name, those of `.env` included. */
export type Variables = Readonly<Record<string, string | undefined>>

const OPENAI_URL = 'https://api.openai.com/v1'

/**
 * The model of a definition whose `${VAR}` are resolved. Nothing is loaded or connected yet.
 *
 * @param name the key in `models`, or the reference itself; for messages
 * @throws UsageFailure for a provider that is not supported yet, and for what is missing to use one: a script, a model
 *   id, a key, a usable base url.
 */
export function createModel(definition: ModelDefinition, name: string, variables: Variables): Model {
  switch (definition.provider) {
    case 'scripted':
      return scriptedModel(definition, name)
    case 'openai':
      return createOpenAiModel(definition, name, variables)
    default:
      throw new UsageFailure(
        'not_supported',
        `Model "${name}" uses the provider "${definition.provider}", which is not supported yet`,
        'use openai (also for compatible servers, with base_url) or scripted',
      )
  }
}

function createOpenAiModel(definition: ModelDefinition, name: string, variables: Variables): Model {
  const { model } = definition
  if (model === undefined) {
    throw new UsageFailure(
      'model_unusable',
      `Model "${name}" does not say which model to use`,
      `add models.${name}.model`,
    )
  }
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
