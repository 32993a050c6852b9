/** The MCP servers of a run, as the loop sees them: connected when first needed, shared by the agents of a run. */
import type { McpPromptDefinition } from '../../compiler/program-mcp.ts'
import type { JsonObject } from '../../util/json.ts'
import type { FunctionSpec } from '../models/model.ts'
import type { StreamedEvent } from '../state/stream-events.ts'
import type { ElicitationAnswer } from '../state/elicitation.ts'
import type { OfferedMcpTool } from '../state/mcp-tools.ts'
import type { ToolContext } from '../tools/tool-context.ts'

/** A tool as its server says it is, within limits. */
export interface McpTool {
  readonly server: string
  readonly name: string
  readonly description: string
  readonly parameters: JsonObject
  /** Hash of name, description and schema. */
  readonly definition: string
  /** The JSON Schema of its structured results, where it says one. */
  readonly output_schema?: JsonObject
  /** What the server says besides, for filters; never to be trusted. */
  readonly annotations: JsonObject
  /** Made here of something else that the server has. */
  readonly isOurs?: true
}

/** What a turn is about, for filters that are functions. */
export interface TurnScope {
  readonly run_id: string
  readonly agent: string
  readonly session_id: string | null
  readonly context: JsonObject
}

/** One call of a tool, with arguments that have what the tool requires. */
export interface McpCall {
  readonly server: string
  readonly tool: string
  readonly arguments: JsonObject
  /** What people answered when it ran before; a question is answered with the first of them that is left. */
  readonly answers: readonly ElicitationAnswer[]
}

/** A server was asked for its tools. */
export interface McpListing {
  readonly server: string
  readonly duration_ms: number
  /** How many there were; `null`: it failed. */
  readonly tools: number | null
}

export type McpConnected = Omit<StreamedEvent & { readonly type: 'mcp.connected' }, 'run_id' | 'at' | 'path'>

/**
 * Every method rejects with a RunFailure `mcp_connection_failed` when a server that is required cannot be reached, `lock_drift`
 * when it offers other tools than the lock has, and with the reason of `signal` once that is aborted.
 */
export interface McpServers {
  /**
   * What an agent's servers offer it now, under the names the model sees.
   *
   * @throws RunFailure `tool_name_collision`
   */
  offer(scope: TurnScope, signal: AbortSignal): Promise<readonly OfferedMcpTool[]>
  /** The functions to send for them; one that its server no longer has is left out. */
  functions(
    agent: string,
    offered: readonly OfferedMcpTool[],
    signal: AbortSignal,
  ): Promise<readonly FunctionSpec[]>
  /** A tool as it is now; `null`: the server is gone, or has it no longer. */
  tool(server: string, name: string, signal: AbortSignal): Promise<McpTool | null>
  /** A tool as it was last listed in this process. */
  known(server: string, name: string): McpTool | null
  /**
   * What the tool gives, for `outputOf`; throws what the model is told.
   *
   * @throws UnansweredQuestion the server asks what is not among `answers`; it was told that the call is off.
   */
  call(call: McpCall, ctx: ToolContext): Promise<unknown>
  /** The text of a prompt. */
  prompt(prompt: McpPromptDefinition, signal: AbortSignal): Promise<string>
  /** Connections made since this was last asked. */
  takeConnected(): readonly McpConnected[]
  /** Lists asked for since this was last asked; none where a kept list was enough. */
  takeListings(): readonly McpListing[]
  /** Ends every connection and every process; they are gone within 5 seconds. */
  close(): Promise<void>
}
