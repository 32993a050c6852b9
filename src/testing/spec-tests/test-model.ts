/** The models of a test: its script in the place of all of them, or those that the spec itself scripts. */
import { UsageFailure } from '../../runtime/failures.ts'
import type { WantedModel } from '../../runtime/link/doubles.ts'
import type { Model, ModelRequest } from '../../runtime/models/model.ts'
import { scriptedModel } from '../scripted-model.ts'
import type { Script } from './test-file.ts'

export interface TestModels {
  readonly model: (wanted: WantedModel) => Model
  /** What a model was asked last. */
  readonly lastRequest: () => ModelRequest | undefined
}

/** One script goes on over all runs of a test. Models of providers are never asked. */
export function createTestModels(script: Script | undefined): TestModels {
  const scripted = script === undefined ? undefined : scriptedModel(script)
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
      if (scripted !== undefined) return remember(scripted)
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
