/** The models of a test: its script in the place of all of them, a cassette, or those that the spec itself scripts. */
import { UsageFailure } from '../../runtime/failures.ts'
import type { WantedModel } from '../../runtime/link/doubles.ts'
import type { Model, ModelRequest } from '../../runtime/models/model.ts'
import { scriptedModel } from '../scripted-model.ts'
import type { Exchange } from './cassette.ts'
import { recordModel } from './record-model.ts'
import type { Script } from './test-file.ts'

export interface TestModels {
  readonly model: (wanted: WantedModel) => Model
  /** What a model was asked last. */
  readonly lastRequest: () => ModelRequest | undefined
}

/** Where the answers of a test come from. */
export type AnswerSource =
  | { readonly kind: 'script'; readonly script: Script }
  | { readonly kind: 'replay'; readonly model: Model }
  /** The real models; what they answer is added. */
  | { readonly kind: 'record'; readonly exchanges: Exchange[] }
  | { readonly kind: 'spec' }

/** One script, or cassette, goes on over all runs of a test. Models of providers are only asked to be recorded. */
export function createTestModels(source: AnswerSource): TestModels {
  const one =
    source.kind === 'script' ? scriptedModel(source.script) : source.kind === 'replay' ? source.model : null
  let last: ModelRequest | undefined
  const remember = (model: Model): Model => ({
    ...model,
    respond: (request, options) => {
      last = request
      return model.respond(request, options)
    },
  })
  return {
    model: ({ name, definition, create }) => {
      if (one !== null) return remember(one)
      if (source.kind === 'record') return remember(recordModel(create(), source.exchanges))
      if (definition.provider === 'scripted') return remember(create())
      throw new UsageFailure(
        'model_unusable',
        `Nothing says what model "${name}" answers, and tests ask no provider`,
        'Give the test a "model"',
      )
    },
    lastRequest: () => last,
  }
}
