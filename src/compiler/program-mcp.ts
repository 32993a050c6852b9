/** MCP servers in a Program. */
import type { Json, JsonObject } from '../util/json.ts'
import type { FailureText, OnUnknown } from './program-failure.ts'

/** A server, with every default filled in. Durations are milliseconds. */
export interface McpServerDefinition {
  readonly transport: 'stdio' | 'streamable_http' | 'sse'
  readonly command?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly authorization?: string
  /** For one request. */
  readonly timeout: number
  readonly connect_timeout: number
  /** `auto`, `legacy`, or a revision of the protocol. */
  readonly negotiation: string
  readonly required: boolean
  /** As in the spec. */
  readonly require_approval: Json
  readonly tool_filter?: {
    readonly allow?: readonly string[]
    readonly block?: readonly string[]
    readonly handler?: string
  }
  readonly cache_tools_list: boolean
  readonly refresh_on_list_changed: boolean
  readonly use_structured_content: boolean
  /** -1: without end. */
  readonly max_retry_attempts: number
  readonly retry_backoff_seconds_base: number
  readonly failure_error_function?: FailureText
  readonly tool_meta?: JsonObject
  readonly on_unknown: OnUnknown
  readonly resources: { readonly expose: boolean }
  /** What starts or reaches it, without secrets: part of what decisions bind to. Only in a linked Program. */
  readonly origin?: JsonObject
}

/** How agents are given the tools of MCP servers. */
export interface McpConfigDefinition {
  readonly convert_schemas_to_strict: boolean
  readonly include_server_in_tool_names: boolean
  readonly failure_error_function?: FailureText
}

/** A prompt of a server, as instructions. */
export interface McpPromptDefinition {
  readonly server: string
  readonly name: string
  readonly arguments?: JsonObject
}
