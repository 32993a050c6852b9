/** The short form `provider/model`, as in `--model` and `agents.<name>.model`. */
import { lowerModel } from '../../compiler/lower/lower-model.ts'
import { UsageFailure } from '../failures.ts'
import type { ModelDefinition } from '../../compiler/program-models.ts'

/** A provider package of a scope has a slash of its own, and so may the model: `openai/meta/llama`. */
const REFERENCE = /^(?:@[^/\s]+\/)?[^@/\s][^/\s]*\/\S+$/

/** Whether a text has the form `provider/model`. */
export function isModelReference(text: string): boolean {
  return REFERENCE.test(text)
}

/**
 * A definition with every default, out of `provider/model`.
 *
 * @throws UsageFailure when the text is not of that form.
 */
export function parseModelReference(text: string): ModelDefinition {
  if (isModelReference(text)) return lowerModel(text)
  throw new UsageFailure(
    'invalid_model',
    `"${text}" does not name a model`,
    'write it as provider/model, like openai/gpt-5.6-luna',
  )
}
