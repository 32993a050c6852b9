/** The AI SDK's language model as we ask it: one shape for the versions of its specification that we know. */
import type { LanguageModelV3, LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { toV3Options } from './v3-options.ts'

/** A request, as version 4 of the specification writes it. */
export type CallOptions = LanguageModelV4CallOptions

export interface LanguageModel {
  /** Under which keys the provider looks for options of its own: `anthropic` of `anthropic.messages`. */
  readonly provider: string
  /** One answer, in one piece. Nothing about it is checked. */
  generate(options: CallOptions): Promise<unknown>
  /** The parts of one answer. Nothing about them is checked. */
  stream(options: CallOptions): Promise<unknown>
}

type KnownModel = LanguageModelV3 | LanguageModelV4

/** The model as we ask it; a text that says why it cannot be asked. */
export function languageModelOf(value: unknown): LanguageModel | string {
  if (!isObject(value)) return 'it gives no language model'
  const { specificationVersion: version } = value
  if (!isKnown(value)) {
    return typeof version === 'string'
      ? `its language models follow version "${version}" of the AI SDK's specification, and v3 and v4 are known`
      : 'it gives no language model'
  }
  return {
    provider: value.provider,
    generate: async (options) =>
      value.specificationVersion === 'v4'
        ? value.doGenerate(options)
        : value.doGenerate(toV3Options(options)),
    stream: async (options) =>
      value.specificationVersion === 'v4' ? value.doStream(options) : value.doStream(toV3Options(options)),
  }
}

function isKnown(value: object): value is KnownModel {
  return (
    'specificationVersion' in value &&
    (value.specificationVersion === 'v3' || value.specificationVersion === 'v4') &&
    'provider' in value &&
    typeof value.provider === 'string' &&
    'doGenerate' in value &&
    typeof value.doGenerate === 'function' &&
    'doStream' in value &&
    typeof value.doStream === 'function'
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
