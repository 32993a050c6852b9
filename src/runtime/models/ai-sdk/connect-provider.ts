/** Asks the language model of a provider package, and gives what it answers as our events. */
import type { Model, ModelCallOptions, ModelEvent, ModelRequest } from '../model.ts'
import { malformedFailure } from '../openai/failures.ts'
import type { FailureContext } from '../openai/failures.ts'
import { objectSetting } from '../openai/request-body.ts'
import { callOptions } from './call-options.ts'
import { reportedByProvider, toFailure } from './failures.ts'
import type { LanguageModel } from './language-model.ts'
import { loadLanguageModel } from './load-provider.ts'
import type { ProviderAccess } from './load-provider.ts'
import { createProviderFetch } from './provider-fetch.ts'
import type { ProviderFetch } from './provider-fetch.ts'
import { createPartReader } from './read-parts.ts'
import { readResult } from './read-result.ts'

export interface ConnectedProvider {
  /** As `Model.respond`. */
  readonly ask: Model['respond']
}

/**
 * Loads the package; nothing is connected before the first call.
 *
 * @throws UsageFailure when it is missing or is no provider.
 */
export async function connectProvider(access: ProviderAccess, maxBytes: number): Promise<ConnectedProvider> {
  const named = `${access.package}/${access.model}`
  const who = access.baseUrl === undefined ? named : `${named} at ${new URL(access.baseUrl).host}`
  const context: FailureContext = { who, apiKey: access.apiKey, keyHint: access.keyHint }
  const http = createProviderFetch(context, maxBytes)
  const model = await loadLanguageModel(access, http.fetch)
  const caller: Caller = { model, http, context, maxBytes, package: access.package }
  return {
    async *ask(request, options) {
      try {
        yield* ask(caller, request, options)
      } catch (error) {
        options.signal.throwIfAborted()
        throw toFailure(error, context)
      }
    },
  }
}

interface Caller {
  readonly model: LanguageModel
  readonly http: ProviderFetch
  readonly context: FailureContext
  readonly maxBytes: number
  readonly package: string
}

async function* ask(
  caller: Caller,
  request: ModelRequest,
  { signal, stream, onActivity = () => {} }: ModelCallOptions,
): AsyncGenerator<ModelEvent, void, void> {
  const { model, http, context } = caller
  const provider = model.provider.split('.', 1)[0] ?? model.provider
  const options = callOptions(request, { package: caller.package, provider }, signal)
  const call = { onActivity, query: objectSetting(request.settings, 'extra_query') }
  const answer = { who: context.who, package: caller.package, request }
  if (!stream) {
    const result = await http.within(call, () => model.generate(options))
    yield { type: 'response', response: readResult(result, answer) }
    return
  }
  const result = await http.within(call, () => model.stream(options))
  const reader = createPartReader(answer, caller.maxBytes)
  for await (const part of partsOf(result, context)) {
    if (isErrorPart(part)) throw reportedByProvider(part.error, context)
    yield* reader.push(part)
  }
  yield { type: 'response', response: reader.end() }
}

/** The parts as they come. Leaving early cancels the request. */
function partsOf(result: unknown, { who }: FailureContext): AsyncIterable<unknown> {
  const stream: unknown =
    typeof result === 'object' && result !== null && 'stream' in result ? result.stream : undefined
  if (stream instanceof ReadableStream) return stream
  throw malformedFailure(who, 'there is no stream of parts in it')
}

function isErrorPart(part: unknown): part is { readonly error: unknown } {
  return typeof part === 'object' && part !== null && 'type' in part && part.type === 'error'
}
