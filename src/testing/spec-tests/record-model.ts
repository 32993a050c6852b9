/** A model that is asked for real, while what it answers is kept. */
import { ModelFailure } from '../../runtime/failures.ts'
import type { Model, ModelCallOptions, ModelEmission, ModelRequest } from '../../runtime/models/model.ts'
import { recordedRequest } from './cassette.ts'
import type { Exchange } from './cassette.ts'

/** Adds an exchange for every attempt that ended, failed ones included. */
export function recordModel(model: Model, exchanges: Exchange[]): Model {
  return { ...model, respond: (request, options) => record(model, { request, options }, exchanges) }
}

async function* record(
  model: Model,
  { request, options }: { readonly request: ModelRequest; readonly options: ModelCallOptions },
  exchanges: Exchange[],
): AsyncGenerator<ModelEmission, void, void> {
  const asked = recordedRequest(request)
  try {
    for await (const emission of model.respond(request, options)) {
      for (const event of [emission].flat()) {
        if (event.type === 'response') exchanges.push({ request: asked, response: event.response })
      }
      yield emission
    }
  } catch (error) {
    if (error instanceof ModelFailure) {
      const { message, code, retryable } = error
      exchanges.push({ request: asked, error: { message, code, retryable } })
    }
    throw error
  }
}
