/** A model behind a provider package of the AI SDK (`@ai-sdk/anthropic`, …). Package and adapter are loaded when first used. */
import type { ModelDefinition } from '../../../compiler/program-models.ts'
import type { Model } from '../model.ts'
import type { ProviderAccess } from './load-provider.ts'

/**
 * The model of a provider package. `prepare` loads the package; a call does too, should it be the first.
 *
 * @throws UsageFailure from `prepare` when the package is missing or is no provider.
 */
export function aiSdkModel(definition: ModelDefinition, access: ProviderAccess): Model {
  const load = lastingSuccess(async () => {
    const { connectProvider } = await import('./connect-provider.ts')
    return connectProvider(access, definition.max_output_bytes)
  })
  return {
    name: `${access.package}/${access.model}`,
    prepare: async () => {
      await load()
    },
    async *respond(request, options) {
      options.signal.throwIfAborted()
      const provider = await load()
      yield* provider.ask(request, options)
    },
  }
}

/** What failed is tried again when it is asked for again: a package may have been installed meanwhile. */
function lastingSuccess<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null
      throw error
    })
    return made
  }
}
