/**
 * The Program: what a spec means, as plain data with an identity. It is the whole closure of a spec (included files,
 * instruction files, schemas, the source of tool modules) with every default filled in, so that a run pinned to it
 * behaves the same under a later release. Its canonical bytes (RFC 8785) are hashed into the *spec hash*.
 *
 * `${VAR}` strings stay as written: they are resolved when a run is linked, so no secret is ever part of a Program.
 * Durations are milliseconds. Paths are POSIX paths relative to the root spec's folder, without a leading `./`.
 */
import type { Json, JsonObject } from '../util/json.ts'
import type { HttpToolKeys } from './http-tool.ts'
import type { ApplyPatchToolKeys, ShellToolKeys } from './local-tools.ts'
import type { ModelDefinition } from './program-models.ts'
import type { HostedToolType, PromptDefinition, TrimDefinition } from './request-definitions.ts'
import type { FailureText, OnUnknown } from './program-failure.ts'
import type { GuardrailDefinition } from './program-guardrails.ts'
import type { McpConfigDefinition, McpPromptDefinition, McpServerDefinition } from './program-mcp.ts'

export type JsonSchema = JsonObject | boolean

/** `path#export`: a function exported by a module of the closure. */
export interface HandlerReference {
  readonly handler: string
}

/** A CEL expression. */
export interface Condition {
  readonly when: string
}

export interface Program {
  readonly agentspec: 1
  readonly name: string
  readonly version: string
  readonly description?: string
  /** The agent a run starts with. */
  readonly entry: string
  /** Names of variables whose values are secrets, besides those recognised by their name. */
  readonly secrets: readonly string[]
  readonly context: ContextDefinition
  readonly models: Readonly<Record<string, ModelDefinition>>
  readonly agents: Readonly<Record<string, AgentDefinition>>
  readonly tools: Readonly<Record<string, ToolDefinition>>
  readonly mcp_servers: Readonly<Record<string, McpServerDefinition>>
  readonly guardrails: Readonly<Record<string, GuardrailDefinition>>
  readonly approvals: ApprovalsDefinition
  readonly session: SessionDefinition
  readonly run: RunDefinition
  readonly tracing: JsonObject
  readonly migrations: readonly JsonObject[]
  /** Every module that a handler of this spec can reach by relative imports. */
  readonly modules: Readonly<Record<string, ModuleSource>>
}

/** A tool module as archived: its text, and the relative imports it makes (specifier as written → path of the module). */
export interface ModuleSource {
  readonly source: string
  readonly imports: Readonly<Record<string, string>>
}

export interface ContextDefinition {
  readonly schema?: JsonSchema
  readonly default: JsonObject
}

export interface AgentDefinition {
  readonly instructions?: InstructionsDefinition
  readonly prompt?: PromptDefinition
  readonly handoff_description?: string
  /** A key of `models`, or `provider/model`. */
  readonly model: string
  readonly model_settings: JsonObject
  /** Keys of `Program.tools`; inline tools are hoisted there under `<agent>.<name>`. */
  readonly tools: readonly string[]
  readonly mcp_servers: readonly string[]
  readonly mcp_config: Partial<McpConfigDefinition>
  readonly handoffs: readonly HandoffDefinition[]
  readonly input_guardrails: readonly string[]
  readonly output_guardrails: readonly string[]
  readonly output?: OutputDefinition
  readonly tool_use_behavior:
    | 'run_llm_again'
    | 'stop_on_first_tool'
    | { readonly stop_at_tool_names: readonly string[] }
    | HandlerReference
  readonly reset_tool_choice: boolean
}

/**
 * A Liquid template in the spec (its `${VAR}` are interpolated at link time), the bytes of a file (they are not),
 * a handler, or a prompt of an MCP server.
 */
export type InstructionsDefinition =
  | { readonly template: string }
  | { readonly file: string; readonly template: string }
  | HandlerReference
  | { readonly mcp_prompt: McpPromptDefinition }

export interface HandoffDefinition {
  readonly agent: string
  /** What the model calls: `transfer_to_<agent>` unless the spec says otherwise. */
  readonly tool_name: string
  readonly tool_description: string
  readonly input_schema?: JsonSchema
  readonly on_handoff?: HandlerReference
  readonly enabled: boolean | string
  readonly input_filter?: 'remove_all_tools' | { readonly last: number } | HandlerReference
  readonly nest_handoff_history?: boolean
}

export interface OutputDefinition {
  readonly schema: JsonSchema
  readonly name: string
  readonly strict: boolean
}

export type ToolDefinition =
  | FunctionToolDefinition
  | AgentToolDefinition
  | HttpToolDefinition
  | ShellToolDefinition
  | ApplyPatchToolDefinition
  | HostedToolDefinition
  | HostedMcpToolDefinition
  | McpToolDefinition
  | OtherToolDefinition

/** `false`, `true`, a CEL expression, or a function: does this call need a person's approval? */
export type NeedsApproval = boolean | Condition | HandlerReference

export interface CommonToolDefinition {
  /** What the model sees, and what rules and decisions name. */
  readonly name: string
  readonly description: string
  readonly enabled: boolean | string | HandlerReference
  /** Milliseconds; absent: no limit. */
  readonly timeout?: number
  readonly timeout_behavior: 'error_as_result' | 'raise_exception'
  readonly failure_error_function: FailureText
  readonly input_guardrails: readonly string[]
  readonly output_guardrails: readonly string[]
  readonly on_unknown: OnUnknown
  readonly isolation: 'none' | 'worker'
  readonly defer_loading: boolean
  readonly needs_approval: NeedsApproval
}

export interface FunctionToolDefinition extends CommonToolDefinition {
  readonly type: 'function'
  readonly handler: string
  readonly parameters: JsonSchema
  readonly strict: boolean
}

/** An agent as a tool: its run is nested in the run that calls it. */
export interface AgentToolDefinition extends CommonToolDefinition {
  readonly type: 'agent'
  readonly agent: string
  readonly parameters: JsonSchema
  readonly strict: boolean
  /** Liquid over `args`: what the agent is told; absent: the arguments themselves. */
  readonly input?: string
  /** Tells the agent the schema of its arguments too. */
  readonly include_input_schema: boolean
  /** Of the nested run; `null`: no limit. */
  readonly max_turns: number | null
  readonly output: 'final' | HandlerReference
}

/** One HTTP request. */
export type HttpToolDefinition = CommonToolDefinition & HttpToolKeys

/** Commands on this machine. */
export type ShellToolDefinition = CommonToolDefinition & ShellToolKeys

/** Edits of files on this machine. */
export type ApplyPatchToolDefinition = CommonToolDefinition & ApplyPatchToolKeys

/** A tool that the provider runs in the middle of an answer. `shell`: one whose commands run in a container there. */
export interface HostedToolDefinition extends CommonToolDefinition {
  readonly type: HostedToolType | 'shell'
  /** As in the spec. */
  readonly settings: JsonObject
}

/** An MCP server that the provider connects to. */
export interface HostedMcpToolDefinition extends CommonToolDefinition {
  readonly type: 'hosted_mcp'
  /** As in the spec. */
  readonly settings: JsonObject
  /** May decide in place of a person. */
  readonly on_approval?: HandlerReference
}

/** A tool of an MCP server. Never part of a Program: servers say what tools they have when they are asked. */
export interface McpToolDefinition extends CommonToolDefinition {
  readonly type: 'mcp'
  /** Key in `mcp_servers`. */
  readonly server: string
  /** Hash of name, description and schema, as the server gave them. */
  readonly definition: string
  /** `true` where it is not known. */
  readonly parameters: JsonSchema
  readonly strict: boolean
  readonly origin: JsonObject
}

/** The tool types whose runtime arrives later: validated and hashed, refused by `run`. */
export interface OtherToolDefinition extends CommonToolDefinition {
  readonly type: 'openapi' | 'computer' | 'codex' | 'custom'
  /** The keys of this type, as in the spec, with files inlined. */
  readonly settings: JsonObject
}

export interface ApprovalRule {
  readonly agent?: string
  /** Glob over tool names; MCP tools as `server/tool`. */
  readonly tool?: string
  readonly when?: string
  readonly decide: 'ask' | 'allow' | 'deny'
  readonly message?: string
}

/** Who is told of requests: an address they are posted to, or a function. */
export type NotifyDefinition =
  | { readonly url: string; readonly allow_private_addresses: boolean }
  | HandlerReference

export interface ApprovalsDefinition {
  readonly rules: readonly ApprovalRule[]
  /** Milliseconds from the request. */
  readonly expires_after?: number
  readonly on_expired: 'deny' | 'ask'
  readonly unattended: 'pause' | 'deny' | 'fail'
  readonly rejection_message?: string | HandlerReference
  readonly pre_approval_guardrails: boolean
  readonly notify?: NotifyDefinition
}

export interface SessionDefinition {
  /** A URL, `openai_conversations`, or a factory; absent: the run store. */
  readonly store?: string | HandlerReference
  readonly limit?: number
  readonly resume_agent: 'last' | 'entry'
  readonly input_callback?: HandlerReference
  readonly encryption?: EncryptionDefinition
  readonly compaction?: CompactionDefinition
}

export interface EncryptionDefinition {
  readonly key: string
  /** Milliseconds after which new runs do not see an item any more. */
  readonly ttl: number
}

export interface CompactionDefinition {
  readonly mode: 'auto' | 'previous_response_id' | 'input'
  /** From so many items on that no user said. */
  readonly threshold: number
}

export interface BudgetDefinition {
  readonly tokens?: number
  readonly requests?: number
  readonly tool_calls?: number
  readonly duration?: number
}

/** What a run completes with instead of failing: a value, or what a function makes of the failure. */
export type ErrorAnswer =
  | { readonly final_output: Json; readonly include_in_history: boolean }
  | HandlerReference

type AnswerableError = 'max_turns' | 'model_refusal' | 'invalid_final_output'
export type OnErrorDefinition = { readonly [K in AnswerableError]?: ErrorAnswer }

export interface RunDefinition {
  /** `null`: no limit. */
  readonly max_turns: number | null
  readonly on_error: OnErrorDefinition
  readonly tool_not_found: 'return_error' | 'fail'
  readonly tool_name_collision: 'error' | 'prefix'
  readonly max_tool_concurrency?: number
  readonly nest_handoff_history: boolean
  readonly handoff_input_filter?: HandlerReference
  readonly call_model_input_filter?: HandlerReference | { readonly trim_tool_outputs: TrimDefinition }
  readonly reasoning_item_id_policy: 'preserve' | 'omit'
  readonly conversation: 'none' | 'auto_previous_response_id' | { readonly conversation_id: string }
  readonly input_guardrails: readonly string[]
  readonly output_guardrails: readonly string[]
  /** Exceeded: the run fails, and can go on with a higher one. `duration`: milliseconds of driving, pauses left out. */
  readonly budget?: BudgetDefinition
  readonly max_tool_calls_per_turn: number
}
