/** What stands in for parts of a spec, for tests. */
import type { ModelDefinition } from '../../compiler/program-models.ts'
import type { Model } from '../models/model.ts'
import type { ToolContext } from '../tools/tool-context.ts'
import type { JsonObject } from '../../util/json.ts'

/** A model that a run is about to use. */
export interface WantedModel {
  /** The key in `models`, or the reference `provider/model`. */
  readonly name: string
  readonly definition: ModelDefinition
  /** The model that the spec means. */
  readonly create: () => Model
}

/** Called instead of the body of a tool; what it gives, and throws, is treated alike. */
export type ToolDouble = (args: JsonObject, ctx: ToolContext) => unknown

export interface Doubles {
  /** Asked once for every model that a run uses. */
  readonly model?: (wanted: WantedModel) => Model
  /** By key of the tool. */
  readonly tools?: Readonly<Record<string, ToolDouble>>
}
