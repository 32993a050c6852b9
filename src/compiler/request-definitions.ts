/** Parts of a Program that say what a model is asked. */
import type { JsonObject } from '../util/json.ts'

/** A prompt stored at the provider. */
export interface PromptDefinition {
  readonly id: string
  readonly version?: string
  /** Values of its variables. */
  readonly variables?: JsonObject
  /** The spec names no model for the agent: the prompt's own is used, unless a flag says otherwise. */
  readonly names_model: boolean
}

/** The tools that the provider runs. */
export type HostedToolType = 'web_search' | 'file_search' | 'code_interpreter' | 'image_generation'

/** Which outputs of tools are shortened for the model. */
export interface TrimDefinition {
  /** Messages of the user, counted from the latest, after which nothing is shortened. */
  readonly recent_turns: number
  /** Longer outputs are shortened. */
  readonly max_output_chars: number
  readonly preview_chars: number
  /** Absent: all. */
  readonly trimmable_tools?: readonly string[]
}
