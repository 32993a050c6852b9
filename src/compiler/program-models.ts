/** The part of a Program that says which models there are, and what a scripted one answers. */
import type { Json, JsonObject } from '../util/json.ts'

export interface ModelDefinition {
  /** `openai`, `scripted`, or the name of an AI SDK provider package. */
  readonly provider: string
  /** The id at the provider; absent for a scripted model. */
  readonly model?: string
  readonly api: 'responses' | 'chat_completions'
  readonly base_url?: string
  readonly api_key?: string
  readonly organization?: string
  readonly project?: string
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds for one attempt. */
  readonly timeout: number
  /** Milliseconds of silence tolerated on a stream. */
  readonly idle_timeout: number
  readonly max_output_bytes: number
  readonly settings: JsonObject
  readonly retry: RetryDefinition
  readonly fallback: readonly string[]
  /** For `scripted`: steps, or steps by agent. */
  readonly script?: readonly ScriptStep[] | Readonly<Record<string, readonly ScriptStep[]>>
}

export type RetryCause = 'rate_limit' | 'server_error' | 'timeout' | 'network'

export interface RetryDefinition {
  readonly max_attempts: number
  readonly on: readonly RetryCause[]
  readonly backoff: {
    readonly initial: number
    readonly max: number
    readonly multiplier: number
    readonly jitter: boolean
  }
}

/** One answer of the scripted provider. Exactly one of the first six keys is set. Durations in milliseconds. */
export interface ScriptStep {
  readonly text?: string
  readonly output?: Json
  readonly tool_calls?: readonly {
    readonly name: string
    readonly arguments?: Json
    readonly call_id?: string
  }[]
  readonly handoff?: string
  readonly input?: Json
  readonly items?: readonly JsonObject[]
  readonly error?: { readonly status?: number; readonly message?: string; readonly retry_after?: number }
  readonly usage?: JsonObject
  readonly delay?: number
  /** Partial match on the request; a mismatch is a `model_error`. */
  readonly expect?: Json
}
