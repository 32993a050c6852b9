/** From the name of a provider package to its language model: found, loaded, and checked to be one. */
import { UsageFailure } from '../../failures.ts'
import { messageOf } from '../../../util/message-of.ts'
import { importPackage } from './import-package.ts'
import { languageModelOf } from './language-model.ts'
import type { LanguageModel } from './language-model.ts'
import { providerWords } from './package-name.ts'
import type { ProviderFetch } from './provider-fetch.ts'

/** Which model is asked for, and how to be let in. All values are resolved: no `${VAR}`. */
export interface ProviderAccess {
  /** Of the package. */
  readonly package: string
  /** The key in `models`; for messages. */
  readonly name: string
  /** The id at the provider. */
  readonly model: string
  /** Where packages are looked for first. */
  readonly baseDir: string
  readonly baseUrl?: string
  readonly apiKey?: string
  readonly organization?: string
  readonly project?: string
  readonly headers: Readonly<Record<string, string>>
  /** What a person should check when the server refuses the key. */
  readonly keyHint: string
}

/**
 * The language model of a package.
 *
 * @throws UsageFailure `provider_missing` when the package is not installed, `model_unusable` when it cannot be loaded, is
 *   no provider, or refuses its settings.
 */
export async function loadLanguageModel(
  access: ProviderAccess,
  fetch: ProviderFetch['fetch'],
): Promise<LanguageModel> {
  const exports = await loadExports(access)
  const factory = findFactory(access.package, exports)
  if (factory === null) throw noProvider(access, exports)
  const model = createLanguageModel(access, factory, fetch)
  const known = languageModelOf(model)
  if (typeof known !== 'string') return known
  throw unusable(
    access,
    `is no AI SDK provider for agentspec: ${known}`,
    `install a newer version: npm install ${access.package}@latest`,
  )
}

type Exports = Readonly<Record<string, unknown>>
type Call = (...args: readonly unknown[]) => unknown

async function loadExports(access: ProviderAccess): Promise<Exports> {
  const { package: name, baseDir } = access
  let exports: Exports | null
  try {
    exports = await importPackage(name, baseDir)
  } catch (error) {
    throw unusable(access, `failed while it was loaded: ${firstLine(messageOf(error))}`)
  }
  if (exports !== null) return exports
  throw new UsageFailure(
    'provider_missing',
    `Model "${access.name}" needs the package ${name}, which is not installed in ${baseDir}`,
    `run npm install ${name} there`,
  )
}

interface Factory {
  readonly name: string
  readonly create: Call
}

/** `createAnthropic` of `@ai-sdk/anthropic`: the factory named after the package, or the only one there is. */
function findFactory(packageName: string, exports: Exports): Factory | null {
  const factories = Object.entries(exports).flatMap(([name, create]): readonly Factory[] =>
    /^create[A-Z]/.test(name) && isFunction(create) ? [{ name, create }] : [],
  )
  for (const word of providerWords(packageName).map(letters)) {
    const named = factories.find(({ name }) => letters(name) === `create${word}`)
    if (named !== undefined) return named
  }
  const [first, ...others] = factories
  return first !== undefined && others.length === 0 ? first : null
}

/** How the parts of a name are separated differs between a package and its exports. */
function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

function createLanguageModel(
  access: ProviderAccess,
  factory: Factory,
  fetch: ProviderFetch['fetch'],
): unknown {
  if (isCompatible(factory) && access.baseUrl === undefined) {
    throw new UsageFailure(
      'model_unusable',
      `Model "${access.name}" (${access.package}/${access.model}) does not say where its server is`,
      `add models.${access.name}.base_url`,
    )
  }
  try {
    const provider = factory.create({ ...settingsOf(access), ...extraSettings(factory), fetch })
    return modelOf(provider, access.model)
  } catch (error) {
    const said = firstLine(messageOf(error))
    const shown = access.apiKey ? said.replaceAll(access.apiKey, '[redacted:api_key]') : said
    throw unusable(access, `refuses its settings: ${shown}`)
  }
}

function settingsOf({ baseUrl, apiKey, organization, project, headers }: ProviderAccess): Exports {
  return {
    ...(baseUrl === undefined ? {} : { baseURL: baseUrl }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(organization === undefined ? {} : { organization }),
    ...(project === undefined ? {} : { project }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  }
}

/** The package for any compatible server has no name of its own, and knows nothing of what the server can do. */
function extraSettings(factory: Factory): Exports {
  return isCompatible(factory)
    ? { name: 'openaiCompatible', includeUsage: true, supportsStructuredOutputs: true }
    : {}
}

function isCompatible({ name }: Factory): boolean {
  return name === 'createOpenAICompatible'
}

function modelOf(provider: unknown, id: string): unknown {
  if (hasLanguageModels(provider)) return provider.languageModel(id)
  return isFunction(provider) ? provider(id) : undefined
}

function hasLanguageModels(provider: unknown): provider is { readonly languageModel: Call } {
  const isThing = typeof provider === 'function' || (typeof provider === 'object' && provider !== null)
  return isThing && 'languageModel' in provider && typeof provider.languageModel === 'function'
}

function isFunction(value: unknown): value is Call {
  return typeof value === 'function'
}

function noProvider(access: ProviderAccess, exports: Exports): UsageFailure {
  const names = Object.keys(exports).filter((name) => name !== 'module.exports')
  const shown = names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '')
  const what = names.length === 0 ? 'it exports nothing' : `it exports ${shown}`
  return unusable(
    access,
    `is no AI SDK provider: a function like createAnthropic is expected, and ${what}`,
    'name a provider package, such as @ai-sdk/anthropic',
  )
}

function unusable(access: ProviderAccess, what: string, hint?: string): UsageFailure {
  return new UsageFailure(
    'model_unusable',
    `The package ${access.package} of model "${access.name}" ${what}`,
    hint,
  )
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
