/** The port for models: one attempt at one response. Retries, timeouts and fallbacks belong to the runner. */
import type { Json, JsonObject } from '../../util/json.ts'
import type { JsonSchema } from '../../compiler/program.ts'
import type { HostedToolType } from '../../compiler/request-definitions.ts'
import type { Item } from '../state/item.ts'
import type { Usage } from '../state/usage.ts'

/** A function the model may call: a tool or a handoff. */
export interface FunctionSpec {
  readonly name: string
  readonly description: string
  readonly parameters: JsonSchema
  readonly strict: boolean
  /** The Responses API has a tool of its own for it, and calls it by items of its own. */
  readonly native?: NativeTool
}

export type NativeTool = 'shell' | 'apply_patch'

/** A tool that the provider runs while it answers. */
export interface HostedSpec {
  /** What the spec calls it. */
  readonly name: string
  readonly type: HostedToolType | 'shell' | 'mcp'
  readonly settings: JsonObject
}

/** A prompt stored at the provider. */
export interface PromptSpec {
  readonly id: string
  readonly version?: string
  readonly variables?: JsonObject
  /** The model is the prompt's own. */
  readonly names_model: boolean
}

/** The conversation so far, where the provider keeps it: `items` are only what is new. */
export type ConversationSpec =
  | { readonly previous_response_id: string | null }
  | { readonly conversation_id: string }

export interface ModelRequest {
  readonly run_id: string
  readonly agent: string
  readonly turn: number
  /** Outer call ids of a nested run. */
  readonly path: readonly string[]
  /** System instructions; `null` for none. */
  readonly instructions: string | null
  /** The history: Responses API items, oldest first. */
  readonly items: readonly Item[]
  readonly functions: readonly FunctionSpec[]
  /** Only a model that speaks the Responses API can be given these three. */
  readonly hosted?: readonly HostedSpec[]
  readonly prompt?: PromptSpec
  readonly conversation?: ConversationSpec
  /** Reasoning items lose their ids on the way out. */
  readonly omits_reasoning_ids?: boolean
  /** Which of the functions hands over to which agent; absent: the default names (`transfer_to_<agent>`). */
  readonly handoffs?: readonly { readonly agent: string; readonly function: string }[]
  readonly output: { readonly name: string; readonly schema: JsonSchema; readonly strict: boolean } | null
  /** Model settings (LANGUAGE), the agent's merged over the model's. */
  readonly settings: JsonObject
  /** Attempts recorded so far: in this run, and by this agent in this run. */
  readonly attempts: { readonly run: number; readonly agent: number }
}

export interface ModelResponse {
  readonly response_id: string | null
  /** Responses API output items. */
  readonly items: readonly Item[]
  readonly usage: Usage
}

export type ModelEvent =
  /** The provider's own event. `preamble`: it carries nothing of the answer yet, so a retry is still possible. */
  | { readonly type: 'delta'; readonly data: Json; readonly preamble?: true }
  | { readonly type: 'text'; readonly delta: string }
  /** The last event, exactly once. */
  | { readonly type: 'response'; readonly response: ModelResponse }

/** An event, or several that came together: a step of an asynchronous generator costs more than an event. */
export type ModelEmission = ModelEvent | readonly ModelEvent[]

export interface ModelCallOptions {
  readonly signal: AbortSignal
  /** False: a non-streaming API call; only the `response` event comes. */
  readonly stream: boolean
  /** Told of every sign of life of the server once it began to answer, comments of a stream included. */
  readonly onActivity?: () => void
}

/** A conversation to be made shorter. */
export interface CompactionRequest {
  /** Its items, or the response that ended it where the provider has it. */
  readonly history: { readonly items: readonly Item[] } | { readonly previous_response_id: string }
  readonly settings: JsonObject
}

export interface CompactionResponse {
  /** In the place of the conversation. */
  readonly items: readonly Item[]
  readonly usage: Usage
}

/** Fails with `ModelFailure`; an abort by `signal` rejects with the signal's reason. */
export interface Model {
  /** `provider/model`, for people. */
  readonly name: string
  /**
   * Loads what the model needs. Called before anything of a run that may use it is journaled, and again for later runs.
   *
   * @throws UsageFailure when the model cannot be used.
   */
  readonly prepare?: () => Promise<void>
  respond(request: ModelRequest, options: ModelCallOptions): AsyncIterable<ModelEmission>
  /** Makes a conversation shorter, in one attempt; absent where the provider has nothing that does. */
  readonly compact?: (
    request: CompactionRequest,
    options: { readonly signal: AbortSignal },
  ) => Promise<CompactionResponse>
}
