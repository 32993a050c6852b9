/** The types of a spec as people write it, generated from schemas/agentspec.v1.schema.json by `npm run gen`. */
import type { Json, JsonObject } from '../util/json.ts'

/**
 * A spec: agents with their models, tools, MCP servers, handoffs and approvals. Keys that begin with `x-` are free.
 */
export type Spec = {
  /**
   * Version of the format of this file.
   */
  agentspec: 1
  /**
   * Name of the spec.
   */
  name: SlugSpec
  /**
   * Version of the spec.
   */
  version?: SemverSpec
  /**
   * What the spec is for.
   */
  description?: string
  /**
   * The agent a run starts with; needed when there are several.
   */
  entry?: string
  /**
   * Files inside the folder of the spec whose `models`, `agents`, `tools`, `mcp_servers` and `guardrails` join ours.
   */
  include?: string[]
  /**
   * Environment variables whose values are secrets, besides those whose name says so.
   */
  secrets?: VariableNameSpec[]
  /**
   * The data a run carries along for handlers, templates and expressions.
   */
  context?: ContextSpec
  /**
   * Values for whatever does not say otherwise.
   */
  defaults?: DefaultsSpec
  /**
   * Models by name.
   */
  models?: {
    [k: string]: ModelSpec
  }
  /**
   * Agents by name.
   */
  agents?: {
    [k: string]: AgentSpec
  }
  /**
   * Tools by name.
   */
  tools?: {
    [k: string]: ToolSpec
  }
  /**
   * MCP servers by name.
   */
  mcp_servers?: {
    [k: string]: McpServerSpec
  }
  /**
   * Guardrails by name.
   */
  guardrails?: {
    [k: string]: GuardrailSpec
  }
  /**
   * Who decides about calls, and how.
   */
  approvals?: ApprovalsSpec
  /**
   * Conversation memory across runs.
   */
  session?: SessionSpec
  /**
   * How a run goes.
   */
  run?: RunSpec
  /**
   * Traces (OpenTelemetry).
   */
  tracing?: TracingSpec
  /**
   * How runs of older versions of this spec move on, applied in order.
   */
  migrations?: MigrationSpec[]
}

/**
 * A name: not empty, on one line, without space at either end; `__proto__`, `constructor` and `prototype` are not names.
 */
export type NameSpec = string

/**
 * Lower-case letters and digits, in words joined by `-` or `_`.
 */
export type SlugSpec = string

/**
 * A version of three numbers (semver.org).
 */
export type SemverSpec = string

/**
 * Versions, as npm writes ranges: `1.x`, `^1.2.0`, `>=1.0.0 <2.0.0`, `1.0.0 - 1.4.0`, joined by `||`.
 */
export type SemverRangeSpec = string

/**
 * A length of time: a number with `ms`, `s`, `m` or `h`; a bare number is seconds.
 */
export type DurationSpec = string | number

/**
 * A CEL expression. It sees `args`, `context`, `agent`, `tool`, `call_id` and `session_id`, and is type-checked when the spec is compiled.
 */
export type CelSpec = string

/**
 * An exported function of a module, as `./file.ts#export`: relative to the file that names it, inside the folder of the spec.
 */
export type HandlerSpec = string

/**
 * A function of a module beside the spec: `{ handler: ./file.ts#export }`.
 */
export type HandlerRefSpec = {
  /**
   * The function to call, as `./file.ts#export`.
   */
  handler: HandlerSpec
}

/**
 * The content of a file: `{ file: ./path }`.
 */
export type FileRefSpec = {
  /**
   * Path of the file, relative to the file that names it, inside the folder of the spec. Its content becomes part of the Program.
   */
  file: string
}

/**
 * A JSON Schema, or `{ file: ./schema.json }`.
 */
export type JsonSchemaOrFileSpec = FileRefSpec | JsonObject | boolean

/**
 * The name of an environment variable.
 */
export type VariableNameSpec = string

/**
 * `provider/model`.
 */
export type ModelIdSpec = string

/**
 * `openai` (also any compatible server), `scripted`, or the npm name of an AI SDK provider.
 */
export type ProviderSpec = string

/**
 * `auto`, `legacy`, or a revision of the protocol to insist on.
 */
export type NegotiationSpec = string

/**
 * When a person must approve: `{ when: CEL }` or `{ handler }`.
 */
export type ConditionSpec =
  | {
      /**
       * CEL expression; true means: ask a person.
       */
      when: CelSpec
      handler?: never
    }
  | {
      when?: never
      /**
       * Function `(args, ctx)` that returns true when a person must be asked.
       */
      handler: HandlerSpec
    }

/**
 * Whether a person must approve a call: `true`, `false`, `{ when: CEL }` or `{ handler }`. Arguments that cannot be read, or an expression or handler that fails, mean: approval is needed.
 */
export type NeedsApprovalSpec = ConditionSpec | boolean

/**
 * As `needs_approval` of other tools, or a map from operationId to one of these.
 */
export type NeedsApprovalByOperationSpec =
  | ConditionSpec
  | {
      [k: string]: NeedsApprovalSpec
    }
  | boolean

/**
 * `{ always: { tool_names: [..] }, never: { tool_names: [..] } }`; tools in neither group do not ask.
 */
export type GroupedApprovalSpec = {
  /**
   * Calls of these tools always ask.
   */
  always?: {
    /**
     * Names of tools, as the server gives them.
     */
    tool_names?: string[]
  }
  /**
   * Calls of these tools never ask.
   */
  never?: {
    /**
     * Names of tools, as the server gives them.
     */
    tool_names?: string[]
  }
}

/**
 * Whether calls of the tools of this server ask a person: `always`, `never`, `true`, `false`, a map from tool to one of these, `{ always: { tool_names }, never: { tool_names } }`, `{ when: CEL }` or `{ handler }`.
 */
export type RequireApprovalSpec = ('always' | 'never') | boolean | RequireApprovalMapSpec

/**
 * Approval by groups, by a condition, or by tool.
 */
export type RequireApprovalMapSpec =
  | GroupedApprovalSpec
  | ConditionSpec
  | {
      [k: string]: 'always' | 'never' | true | false
    }

/**
 * What the model is told when a call fails: `{ message }` (a Liquid template over `error`, `tool` and `args`), `{ handler }` (a function `(error, ctx)` that returns the text), or `null`: the run fails. Absent: the usual texts.
 */
export type FailureTextSpec = FailureTextFormSpec | null

/**
 * The text, as a template or from a function.
 */
export type FailureTextFormSpec =
  | {
      /**
       * Liquid template over `error`, `tool` and `args`.
       */
      message: string
      handler?: never
    }
  | {
      message?: never
      /**
       * Function `(error, ctx)` that returns the text.
       */
      handler: HandlerSpec
    }

/**
 * Settings of a model.
 */
export type ModelSettingsSpec = {
  /**
   * Sampling temperature.
   */
  temperature?: number
  /**
   * Nucleus sampling: the share of probability considered.
   */
  top_p?: number
  /**
   * Penalty for tokens by how often they occurred.
   */
  frequency_penalty?: number
  /**
   * Penalty for tokens that occurred at all.
   */
  presence_penalty?: number
  /**
   * Which tool the model calls: `auto`, `required` (some tool), `none`, or the name of a tool.
   */
  tool_choice?: string
  /**
   * Whether the model may call several tools in one response.
   */
  parallel_tool_calls?: boolean
  /**
   * What the provider does with a conversation that is too long.
   */
  truncation?: 'auto' | 'disabled'
  /**
   * Most tokens to generate in a response.
   */
  max_tokens?: number
  /**
   * Settings of reasoning models.
   */
  reasoning?: {
    /**
     * How much the model reasons: `none`, `minimal`, `low`, `medium`, `high`, …
     */
    effort?: string
    /**
     * Summary of the reasoning: `auto`, `concise` or `detailed`.
     */
    summary?: string
  }
  /**
   * How long answers are.
   */
  verbosity?: 'low' | 'medium' | 'high'
  /**
   * Labels the provider stores with the response.
   */
  metadata?: {
    [k: string]: string
  }
  /**
   * Whether the provider stores the response.
   */
  store?: boolean
  /**
   * How long the provider keeps the prompt cache: `in_memory` or `24h`.
   */
  prompt_cache_retention?: string
  /**
   * More of the response to ask for.
   */
  response_include?: string[]
  /**
   * How many of the most likely tokens to return at each position.
   */
  top_logprobs?: number
  /**
   * Merged into the body of the request as it is.
   */
  extra_body?: JsonObject
  /**
   * Added to the query of the request as it is.
   */
  extra_query?: JsonObject
  /**
   * Added to the headers of the request.
   */
  extra_headers?: {
    [k: string]: string
  }
}

/**
 * A model: `provider/model`, or its settings.
 */
export type ModelSpec = ModelIdSpec | ModelDefinitionSpec

/**
 * A model.
 */
export type ModelDefinitionSpec = {
  /**
   * `openai` (also any compatible server), `scripted`, or the npm name of an AI SDK provider such as `@ai-sdk/anthropic`.
   */
  provider: ProviderSpec
  /**
   * Id of the model at the provider.
   */
  model?: string
  /**
   * Which API of the provider to use.
   */
  api?: 'responses' | 'chat_completions'
  /**
   * Address of the API.
   */
  base_url?: string
  /**
   * The key, as `${VARIABLE}`; absent: the provider's own variable.
   */
  api_key?: string
  /**
   * Organization at the provider.
   */
  organization?: string
  /**
   * Project at the provider.
   */
  project?: string
  /**
   * More headers of every request.
   */
  headers?: {
    [k: string]: string
  }
  /**
   * Time for one attempt.
   */
  timeout?: DurationSpec
  /**
   * Longest silence on a stream.
   */
  idle_timeout?: DurationSpec
  /**
   * Most bytes of one response.
   */
  max_output_bytes?: number
  /**
   * Settings of every request; those of an agent win.
   */
  settings?: ModelSettingsSpec
  /**
   * How failed attempts are repeated; never after output has started.
   */
  retry?: RetrySpec
  /**
   * Models tried in order when the attempts are used up.
   */
  fallback?: string[]
  /**
   * For the provider `scripted`: its answers.
   */
  script?: ScriptSpec
}

/**
 * How failed attempts are repeated.
 */
export type RetrySpec = {
  /**
   * All attempts, the first one included; the client's own retries are off.
   */
  max_attempts?: number
  /**
   * The failures that are tried again.
   */
  on?: ('rate_limit' | 'server_error' | 'timeout' | 'network')[]
  /**
   * How long to wait between attempts.
   */
  backoff?: {
    /**
     * Wait before the second attempt.
     */
    initial?: DurationSpec
    /**
     * Longest wait. A longer Retry-After makes the attempt the last one.
     */
    max?: DurationSpec
    /**
     * Each wait is this many times the one before.
     */
    multiplier?: number
    /**
     * Whether waits vary at random.
     */
    jitter?: boolean
  }
}

/**
 * Answers in order, or a map from agent to its answers. The next one is the number of attempts recorded so far in the run (map: by that agent).
 */
export type ScriptSpec =
  | ScriptStepSpec[]
  | {
      [k: string]: ScriptStepSpec[]
    }

/**
 * One answer: exactly one of `text`, `output`, `tool_calls`, `handoff`, `items` and `error`.
 */
export type ScriptStepSpec =
  | {
      /**
       * A message.
       */
      text: string
      output?: never
      tool_calls?: never
      handoff?: never
      /**
       * The input of the handoff.
       */
      input?: Json
      items?: never
      error?: never
      /**
       * Usage the response reports.
       */
      usage?: ScriptUsageSpec
      /**
       * Wait before the answer.
       */
      delay?: DurationSpec
      /**
       * What the request must contain (a partial match).
       */
      expect?: Json
    }
  | {
      text?: never
      /**
       * A structured final output.
       */
      output: Json
      tool_calls?: never
      handoff?: never
      /**
       * The input of the handoff.
       */
      input?: Json
      items?: never
      error?: never
      /**
       * Usage the response reports.
       */
      usage?: ScriptUsageSpec
      /**
       * Wait before the answer.
       */
      delay?: DurationSpec
      /**
       * What the request must contain (a partial match).
       */
      expect?: Json
    }
  | {
      text?: never
      output?: never
      /**
       * Calls of tools.
       */
      tool_calls: ScriptCallSpec[]
      handoff?: never
      /**
       * The input of the handoff.
       */
      input?: Json
      items?: never
      error?: never
      /**
       * Usage the response reports.
       */
      usage?: ScriptUsageSpec
      /**
       * Wait before the answer.
       */
      delay?: DurationSpec
      /**
       * What the request must contain (a partial match).
       */
      expect?: Json
    }
  | {
      text?: never
      output?: never
      tool_calls?: never
      /**
       * A handoff to this agent.
       */
      handoff: string
      /**
       * The input of the handoff.
       */
      input?: Json
      items?: never
      error?: never
      /**
       * Usage the response reports.
       */
      usage?: ScriptUsageSpec
      /**
       * Wait before the answer.
       */
      delay?: DurationSpec
      /**
       * What the request must contain (a partial match).
       */
      expect?: Json
    }
  | {
      text?: never
      output?: never
      tool_calls?: never
      handoff?: never
      /**
       * The input of the handoff.
       */
      input?: Json
      /**
       * Raw output items of the Responses API.
       */
      items: JsonObject[]
      error?: never
      /**
       * Usage the response reports.
       */
      usage?: ScriptUsageSpec
      /**
       * Wait before the answer.
       */
      delay?: DurationSpec
      /**
       * What the request must contain (a partial match).
       */
      expect?: Json
    }
  | {
      text?: never
      output?: never
      tool_calls?: never
      handoff?: never
      /**
       * The input of the handoff.
       */
      input?: Json
      items?: never
      /**
       * A failed attempt.
       */
      error: {
        /**
         * HTTP status.
         */
        status?: number
        /**
         * Text of the error.
         */
        message?: string
        /**
         * Retry-After of the response.
         */
        retry_after?: DurationSpec
      }
      /**
       * Usage the response reports.
       */
      usage?: ScriptUsageSpec
      /**
       * Wait before the answer.
       */
      delay?: DurationSpec
      /**
       * What the request must contain (a partial match).
       */
      expect?: Json
    }

/**
 * A call of a tool.
 */
export type ScriptCallSpec = {
  /**
   * Name of the tool, as the model sees it.
   */
  name: string
  /**
   * The arguments: a map, or raw text.
   */
  arguments?: Json
  /**
   * Id of the call; absent: `call_<turn>_<n>`.
   */
  call_id?: string
}

/**
 * Tokens and requests.
 */
export type ScriptUsageSpec = {
  /**
   * Responses counted.
   */
  requests?: number
  /**
   * Tokens read.
   */
  input_tokens?: number
  /**
   * Tokens written.
   */
  output_tokens?: number
  /**
   * Tokens read and written.
   */
  total_tokens?: number
  /**
   * More about the tokens read.
   */
  input_tokens_details?: {
    /**
     * Tokens read from a cache.
     */
    cached_tokens?: number
  }
  /**
   * More about the tokens written.
   */
  output_tokens_details?: {
    /**
     * Tokens of reasoning.
     */
    reasoning_tokens?: number
  }
}

/**
 * An agent.
 */
export type AgentSpec = {
  /**
   * What the agent is told: a Liquid template over `context`, `agent` and `now`, `{ file }`, `{ handler }`, or `{ mcp_prompt: { server, name, arguments } }`.
   */
  instructions?: InstructionsSpec
  /**
   * A prompt stored at the provider (Responses API only).
   */
  prompt?: {
    /**
     * Id of the prompt.
     */
    id: string
    /**
     * Version of the prompt.
     */
    version?: string
    /**
     * Values for its variables.
     */
    variables?: JsonObject
  }
  /**
   * Tells other agents what this one is for.
   */
  handoff_description?: string
  /**
   * A key of `models`, or `provider/model`; absent: `defaults.model`.
   */
  model?: string
  /**
   * Merged over the settings of the model.
   */
  model_settings?: ModelSettingsSpec
  /**
   * Names of tools, or tools written here with a `name`.
   */
  tools?: AgentToolEntrySpec[]
  /**
   * Names of MCP servers whose tools the agent gets.
   */
  mcp_servers?: string[]
  /**
   * How the tools of MCP servers are given to the model.
   */
  mcp_config?: {
    /**
     * Whether to turn the schemas of MCP tools into strict ones.
     */
    convert_schemas_to_strict?: boolean
    /**
     * What the model is told when an MCP tool fails; that of the server wins.
     */
    failure_error_function?: FailureTextSpec
    /**
     * Whether the model sees `mcp_<server>__<tool>` instead of `<tool>`.
     */
    include_server_in_tool_names?: boolean
  }
  /**
   * Agents this one may hand the conversation to: names, or handoffs.
   */
  handoffs?: HandoffEntrySpec[]
  /**
   * Names of guardrails for the input.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the final output.
   */
  output_guardrails?: string[]
  /**
   * Structured output; absent: text.
   */
  output?: {
    /**
     * Schema of the final output.
     */
    schema: JsonSchemaOrFileSpec
    /**
     * Name of the schema, for the model.
     */
    name?: string
    /**
     * Whether the model must keep to the schema strictly.
     */
    strict?: boolean
  }
  /**
   * What follows a tool: another model call (`run_llm_again`), the first tool's output as the final output (`stop_on_first_tool`), `{ stop_at_tool_names: [..] }`, or `{ handler }`.
   */
  tool_use_behavior?: ('run_llm_again' | 'stop_on_first_tool') | ToolUseRuleSpec
  /**
   * Whether `tool_choice` goes back to `auto` after a tool was used.
   */
  reset_tool_choice?: boolean
}

/**
 * A Liquid template over `context`, `agent` and `now`; or `{ file }`, `{ handler }`, `{ mcp_prompt }`.
 */
export type InstructionsSpec = InstructionsSourceSpec | string

/**
 * Where the instructions come from.
 */
export type InstructionsSourceSpec =
  | {
      /**
       * Path of a file with the template.
       */
      file: string
      handler?: never
      mcp_prompt?: never
    }
  | {
      file?: never
      /**
       * Function `(ctx)` that returns the instructions.
       */
      handler: HandlerSpec
      mcp_prompt?: never
    }
  | {
      file?: never
      handler?: never
      /**
       * A prompt of an MCP server.
       */
      mcp_prompt: {
        /**
         * Name of the MCP server.
         */
        server: string
        /**
         * Name of the prompt.
         */
        name: string
        /**
         * Arguments of the prompt.
         */
        arguments?: {
          [k: string]: string
        }
      }
    }

/**
 * The name of a tool, or a tool with a `name`.
 */
export type AgentToolEntrySpec = InlineToolSpec | string

/**
 * A tool of this agent alone.
 */
export type InlineToolSpec = ToolSpec & Required<Pick<ToolSpec, 'name'>>

/**
 * When the output of a tool is the final output.
 */
export type ToolUseRuleSpec =
  | {
      /**
       * The output of the first of these tools that was called is the final output.
       */
      stop_at_tool_names: string[]
      handler?: never
    }
  | {
      stop_at_tool_names?: never
      /**
       * Function `(results, ctx)` that returns `{ is_final_output, final_output? }`.
       */
      handler: HandlerSpec
    }

/**
 * The name of an agent, or a handoff.
 */
export type HandoffEntrySpec = HandoffSpec | string

/**
 * A handoff to another agent.
 */
export type HandoffSpec = {
  /**
   * The agent that takes over.
   */
  agent: string
  /**
   * Name of the tool the model calls; absent: `transfer_to_<agent>`.
   */
  tool_name?: string
  /**
   * What the model is told about it.
   */
  tool_description?: string
  /**
   * Schema of what the model passes on.
   */
  input_schema?: JsonSchemaOrFileSpec
  /**
   * Function `(input, ctx)` called at the handoff.
   */
  on_handoff?: HandlerRefSpec
  /**
   * Whether the model sees this handoff: a boolean or a CEL expression.
   */
  enabled?: HandoffEnabledSpec
  /**
   * What of the history the next agent sees: `remove_all_tools`, `{ last: n }` or `{ handler }`.
   */
  input_filter?: 'remove_all_tools' | InputFilterRuleSpec
  /**
   * Whether the history is packed into one message; absent: as `run.nest_handoff_history`.
   */
  nest_handoff_history?: boolean
}

/**
 * A boolean, or a CEL expression.
 */
export type HandoffEnabledSpec = boolean | string

/**
 * What of the history the next agent sees.
 */
export type InputFilterRuleSpec =
  | {
      /**
       * This many of the latest items, and those before that they cannot stand without (the call of an output).
       */
      last: number
      handler?: never
    }
  | {
      last?: never
      /**
       * Function `({ input_history, pre_handoff_items, new_items }, ctx)` that returns the same shape.
       */
      handler: HandlerSpec
    }

/**
 * A boolean, a CEL expression, or `{ handler }`.
 */
export type ToolEnabledSpec = HandlerRefSpec | boolean | string

/**
 * A tool.
 */
export type ToolSpec =
  | FunctionToolSpec
  | AgentToolSpec
  | ShellToolSpec
  | ApplyPatchToolSpec
  | HttpToolSpec
  | OpenapiToolSpec
  | WebSearchToolSpec
  | FileSearchToolSpec
  | CodeInterpreterToolSpec
  | ImageGenerationToolSpec
  | ComputerToolSpec
  | HostedMcpToolSpec
  | CodexToolSpec
  | CustomToolSpec

/**
 * A function of a module beside the spec.
 */
export type FunctionToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'function'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * The function `(args, ctx)`, as `./file.ts#export`.
   */
  handler: HandlerSpec
  /**
   * Schema of the arguments; absent: none are taken.
   */
  parameters?: JsonSchemaOrFileSpec
  /**
   * Whether the model must keep to the schema strictly.
   */
  strict?: boolean
  /**
   * Whether a person must approve a call: `true`, `false`, `{ when: CEL }` or `{ handler }`.
   */
  needs_approval?: NeedsApprovalSpec
}

/**
 * An agent as a tool: a run of its own inside this one.
 */
export type AgentToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'agent'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * The agent that runs.
   */
  agent: string
  /**
   * Schema of the arguments; absent: `{ input: string }`.
   */
  parameters?: JsonSchemaOrFileSpec
  /**
   * Liquid template over `args` for the input of the agent.
   */
  input?: string
  /**
   * Whether the input shows the schema of the arguments too.
   */
  include_input_schema?: boolean
  /**
   * Most model calls of the nested run; `null`: no limit.
   */
  max_turns?: number | null
  /**
   * What the tool returns: the final output (`final`), or what `{ handler }` makes of `(result, ctx)`.
   */
  output?: 'final' | HandlerRefSpec
  /**
   * Whether the nested run streams.
   */
  stream?: boolean
  /**
   * Whether a person must approve a call: `true`, `false`, `{ when: CEL }` or `{ handler }`.
   */
  needs_approval?: NeedsApprovalSpec
}

/**
 * Shell commands.
 */
export type ShellToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'shell'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * Working directory.
   */
  cwd?: string
  /**
   * The environment variables that commands may see.
   */
  env?: VariableNameSpec[]
  /**
   * Most characters of output the model sees.
   */
  max_output_length?: number
  /**
   * Where commands run: on this machine (`local`), or in a container of the provider.
   */
  environment?: 'local' | HostedContainerSpec
  /**
   * Whether a person must approve a call: `true`, `false`, `{ when: CEL }` or `{ handler }`.
   */
  needs_approval?: NeedsApprovalSpec
  /**
   * Function `(interruption, ctx)` that may decide in place of a person: it returns `{ approve, reason? }`; anything else leaves the decision to a person.
   */
  on_approval?: HandlerRefSpec
}

/**
 * Edits of files by patches.
 */
export type ApplyPatchToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'apply_patch'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * The folder whose files may be edited.
   */
  root?: string
  /**
   * Whether a person must approve a call: `true`, `false`, `{ when: CEL }` or `{ handler }`.
   */
  needs_approval?: NeedsApprovalSpec
  /**
   * Function `(interruption, ctx)` that may decide in place of a person: it returns `{ approve, reason? }`; anything else leaves the decision to a person.
   */
  on_approval?: HandlerRefSpec
}

/**
 * An HTTP request.
 */
export type HttpToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'http'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * Method of the request.
   */
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  /**
   * Address: Liquid over `args` and `context`; scheme, host and port must not depend on `args`.
   */
  url: string
  /**
   * Query parameters: Liquid over `args` and `context`.
   */
  query?: {
    [k: string]: string | number | boolean
  }
  /**
   * Headers: Liquid over `args` and `context`.
   */
  headers?: {
    [k: string]: string
  }
  /**
   * Body: text, or a structure sent as JSON; its strings are Liquid over `args` and `context`.
   */
  body?: string | JsonObject | readonly Json[]
  /**
   * Schema of the arguments.
   */
  parameters?: JsonSchemaOrFileSpec
  /**
   * Whether addresses of private networks may be called.
   */
  allow_private_addresses?: boolean
  /**
   * Most bytes of a response.
   */
  max_response_bytes?: number
  /**
   * Whether a person must approve a call: `true`, `false`, `{ when: CEL }` or `{ handler }`.
   */
  needs_approval?: NeedsApprovalSpec
}

/**
 * The operations of an OpenAPI document, one tool each.
 */
export type OpenapiToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'openapi'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * The OpenAPI document.
   */
  document: FileRefSpec
  /**
   * operationIds or globs; absent: all.
   */
  operations?: string[]
  /**
   * Address of the API; absent: the first server of the document.
   */
  base_url?: string
  /**
   * Headers of every request.
   */
  headers?: {
    [k: string]: string
  }
  /**
   * Whether a person must approve a call, for all operations or by operation.
   */
  needs_approval?: NeedsApprovalByOperationSpec
}

/**
 * Web search of the provider.
 */
export type WebSearchToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'web_search'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * Where the user is, roughly.
   */
  user_location?: {
    /**
     * Kind of location.
     */
    type?: 'approximate'
    /**
     * City.
     */
    city?: string
    /**
     * Country, as two letters.
     */
    country?: string
    /**
     * Region.
     */
    region?: string
    /**
     * Time zone.
     */
    timezone?: string
  }
  /**
   * Which results count.
   */
  filters?: {
    /**
     * The only domains searched.
     */
    allowed_domains?: string[]
    /**
     * Domains left out.
     */
    blocked_domains?: string[]
  }
  /**
   * How much of the results the model reads.
   */
  search_context_size?: 'low' | 'medium' | 'high'
  /**
   * Whether pages are fetched live.
   */
  external_web_access?: boolean
}

/**
 * Search in vector stores of the provider.
 */
export type FileSearchToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'file_search'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * The vector stores searched.
   */
  vector_store_ids: string[]
  /**
   * Most results.
   */
  max_num_results?: number
  /**
   * Whether the results themselves are returned.
   */
  include_search_results?: boolean
  /**
   * How results are ranked.
   */
  ranking_options?: {
    /**
     * The ranker.
     */
    ranker?: string
    /**
     * Lowest score that counts.
     */
    score_threshold?: number
    /**
     * Weights of the two searches.
     */
    hybrid_search?: {
      /**
       * Weight of embeddings.
       */
      embedding_weight?: number
      /**
       * Weight of words.
       */
      text_weight?: number
    }
  }
  /**
   * Filter by attributes, as the provider's API takes it.
   */
  filters?: JsonObject
}

/**
 * Code that the provider runs in a container.
 */
export type CodeInterpreterToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'code_interpreter'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * Id of a container, or settings for a new one; absent: a new one.
   */
  container?: CodeContainerSpec | string
}

/**
 * Images made by the provider.
 */
export type ImageGenerationToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'image_generation'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * Make an image or edit one.
   */
  action?: 'generate' | 'edit' | 'auto'
  /**
   * Background of the image.
   */
  background?: 'transparent' | 'opaque' | 'auto'
  /**
   * Complexity of the image.
   */
  complexity?: 'low' | 'medium' | 'high'
  /**
   * Frames of an animation.
   */
  frame_count?: number
  /**
   * Milliseconds of a frame.
   */
  frame_duration_ms?: number
  /**
   * How closely an input image is kept to.
   */
  input_fidelity?: 'low' | 'high'
  /**
   * Mask of what to edit.
   */
  input_image_mask?: {
    /**
     * Id of the file with the mask.
     */
    file_id?: string
    /**
     * The mask as a URL or base64 text.
     */
    image_url?: string
  }
  /**
   * The image model.
   */
  model?: string
  /**
   * Strictness of moderation.
   */
  moderation?: 'auto' | 'low'
  /**
   * Compression in percent.
   */
  output_compression?: number
  /**
   * Format of the image.
   */
  output_format?: 'png' | 'webp' | 'jpeg' | 'gif' | 'svg'
  /**
   * Previews to stream.
   */
  partial_images?: number
  /**
   * Quality of the image.
   */
  quality?: 'low' | 'medium' | 'high' | 'xhigh' | 'max' | 'auto'
  /**
   * Size of the image.
   */
  size?: string
  /**
   * Settings of the author of SVG images, as the provider's API takes them.
   */
  svg?: JsonObject
}

/**
 * A computer that the model sees and operates.
 */
export type ComputerToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'computer'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * The function that gives the computer.
   */
  handler: HandlerSpec
  /**
   * What the model is told the computer is.
   */
  environment?: 'browser' | 'mac' | 'windows' | 'ubuntu' | 'linux'
  /**
   * Size of the screen.
   */
  display?: {
    /**
     * Width in pixels.
     */
    width: number
    /**
     * Height in pixels.
     */
    height: number
  }
  /**
   * Function that decides on safety checks of the provider.
   */
  on_safety_check?: HandlerRefSpec
  /**
   * Whether a person must approve a call: `true`, `false`, `{ when: CEL }` or `{ handler }`.
   */
  needs_approval?: NeedsApprovalSpec
}

/**
 * An MCP server that the provider connects to.
 */
export type HostedMcpToolSpec =
  | {
      /**
       * Kind of the tool.
       */
      type: 'hosted_mcp'
      /**
       * What the model sees; absent: the key.
       */
      name?: string
      /**
       * What the model is told about the tool.
       */
      description?: string
      /**
       * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
       */
      enabled?: ToolEnabledSpec
      /**
       * Time for one call; absent: no limit.
       */
      timeout?: DurationSpec
      /**
       * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
       */
      timeout_behavior?: 'error_as_result' | 'raise_exception'
      /**
       * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
       */
      failure_error_function?: FailureTextSpec
      /**
       * Names of guardrails for the arguments.
       */
      input_guardrails?: string[]
      /**
       * Names of guardrails for the result.
       */
      output_guardrails?: string[]
      /**
       * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
       */
      on_unknown?: 'ask' | 'retry' | 'fail'
      /**
       * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
       */
      isolation?: 'none' | 'worker'
      /**
       * Whether the model learns of the tool only by searching for it.
       */
      defer_loading?: boolean
      /**
       * Name of the server, for the model.
       */
      server_label: string
      /**
       * Address of the server.
       */
      server_url: string
      connector_id?: never
      /**
       * OAuth access token, as `${VARIABLE}`.
       */
      authorization?: string
      /**
       * Headers of every request to the server.
       */
      headers?: {
        [k: string]: string
      }
      /**
       * The tools the model may use; absent: all.
       */
      allowed_tools?: HostedToolFilterSpec | string[]
      /**
       * Whether calls ask a person: `always`, `never`, or `{ always: { tool_names }, never: { tool_names } }`.
       */
      require_approval?: ('always' | 'never') | HostedApprovalSpec
      /**
       * Function `(interruption, ctx)` that may decide in place of a person: it returns `{ approve, reason? }`; anything else leaves the decision to a person.
       */
      on_approval?: HandlerRefSpec
    }
  | {
      /**
       * Kind of the tool.
       */
      type: 'hosted_mcp'
      /**
       * What the model sees; absent: the key.
       */
      name?: string
      /**
       * What the model is told about the tool.
       */
      description?: string
      /**
       * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
       */
      enabled?: ToolEnabledSpec
      /**
       * Time for one call; absent: no limit.
       */
      timeout?: DurationSpec
      /**
       * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
       */
      timeout_behavior?: 'error_as_result' | 'raise_exception'
      /**
       * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
       */
      failure_error_function?: FailureTextSpec
      /**
       * Names of guardrails for the arguments.
       */
      input_guardrails?: string[]
      /**
       * Names of guardrails for the result.
       */
      output_guardrails?: string[]
      /**
       * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
       */
      on_unknown?: 'ask' | 'retry' | 'fail'
      /**
       * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
       */
      isolation?: 'none' | 'worker'
      /**
       * Whether the model learns of the tool only by searching for it.
       */
      defer_loading?: boolean
      /**
       * Name of the server, for the model.
       */
      server_label: string
      server_url?: never
      /**
       * Id of a connector of the provider, instead of an address.
       */
      connector_id: string
      /**
       * OAuth access token, as `${VARIABLE}`.
       */
      authorization?: string
      /**
       * Headers of every request to the server.
       */
      headers?: {
        [k: string]: string
      }
      /**
       * The tools the model may use; absent: all.
       */
      allowed_tools?: HostedToolFilterSpec | string[]
      /**
       * Whether calls ask a person: `always`, `never`, or `{ always: { tool_names }, never: { tool_names } }`.
       */
      require_approval?: ('always' | 'never') | HostedApprovalSpec
      /**
       * Function `(interruption, ctx)` that may decide in place of a person: it returns `{ approve, reason? }`; anything else leaves the decision to a person.
       */
      on_approval?: HandlerRefSpec
    }

/**
 * The Codex agent.
 */
export type CodexToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'codex'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * Folder it works in.
   */
  working_directory?: string
  /**
   * What it may touch.
   */
  sandbox_mode?: 'read-only' | 'workspace-write' | 'danger-full-access'
  /**
   * Its model.
   */
  model?: string
  /**
   * More options of its threads.
   */
  thread_options?: JsonObject
  /**
   * Whether a person must approve a call: `true`, `false`, `{ when: CEL }` or `{ handler }`.
   */
  needs_approval?: NeedsApprovalSpec
}

/**
 * A tool that takes free text instead of JSON.
 */
export type CustomToolSpec = {
  /**
   * Kind of the tool.
   */
  type: 'custom'
  /**
   * What the model sees; absent: the key.
   */
  name?: string
  /**
   * What the model is told about the tool.
   */
  description?: string
  /**
   * Whether the model sees the tool: a boolean, a CEL expression, or `{ handler }`, asked every turn.
   */
  enabled?: ToolEnabledSpec
  /**
   * Time for one call; absent: no limit.
   */
  timeout?: DurationSpec
  /**
   * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
   */
  timeout_behavior?: 'error_as_result' | 'raise_exception'
  /**
   * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
   */
  failure_error_function?: FailureTextSpec
  /**
   * Names of guardrails for the arguments.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the result.
   */
  output_guardrails?: string[]
  /**
   * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
   */
  on_unknown?: 'ask' | 'retry' | 'fail'
  /**
   * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
   */
  isolation?: 'none' | 'worker'
  /**
   * Whether the model learns of the tool only by searching for it.
   */
  defer_loading?: boolean
  /**
   * The function `(input, ctx)`, as `./file.ts#export`.
   */
  handler: HandlerSpec
  /**
   * What the model may write.
   */
  format?: {
    /**
     * Any text, or text of a grammar.
     */
    type: 'text' | 'grammar'
    /**
     * How the grammar is written.
     */
    syntax?: 'lark' | 'regex'
    /**
     * The grammar.
     */
    definition?: string
  }
}

/**
 * A container of the provider.
 */
export type HostedContainerSpec = {
  /**
   * A new container, or an existing one.
   */
  type: 'container_auto' | 'container_reference'
  /**
   * Id of the container (`container_reference`).
   */
  container_id?: string
  /**
   * Files put into it (`container_auto`).
   */
  file_ids?: string[]
  /**
   * Its memory (`container_auto`).
   */
  memory_limit?: '1g' | '4g' | '16g' | '64g'
  /**
   * What it may reach (`container_auto`).
   */
  network_policy?: NetworkPolicySpec
  /**
   * Skills put into it (`container_auto`), as the provider's API takes them.
   */
  skills?: JsonObject[]
}

/**
 * What a container may reach.
 */
export type NetworkPolicySpec = {
  /**
   * No network, or some domains.
   */
  type: 'disabled' | 'allowlist'
  /**
   * Domains that may be reached (`allowlist`).
   */
  allowed_domains?: string[]
  /**
   * Secrets for these domains (`allowlist`).
   *
   * Items: A secret of a domain.
   */
  domain_secrets?: {
    /**
     * Domain the secret is for.
     */
    domain: string
    /**
     * Name of the secret.
     */
    name: string
    /**
     * Its value, as `${VARIABLE}`.
     */
    value: string
  }[]
}

/**
 * Settings of a new container.
 */
export type CodeContainerSpec = {
  /**
   * A new container.
   */
  type?: 'auto'
  /**
   * Files put into it.
   */
  file_ids?: string[]
  /**
   * Its memory.
   */
  memory_limit?: '1g' | '4g' | '16g' | '64g'
  /**
   * What it may reach.
   */
  network_policy?: NetworkPolicySpec
}

/**
 * Which tools are meant.
 */
export type HostedToolFilterSpec = {
  /**
   * Names of tools.
   */
  tool_names?: string[]
  /**
   * Only tools that say they change nothing.
   */
  read_only?: boolean
}

/**
 * `{ always: { tool_names: [..] }, never: { tool_names: [..] } }`.
 */
export type HostedApprovalSpec = {
  /**
   * Calls of these tools always ask.
   */
  always?: HostedToolFilterSpec
  /**
   * Calls of these tools never ask.
   */
  never?: HostedToolFilterSpec
}

/**
 * An MCP server: started by `command`, or reached at `url`.
 */
export type McpServerSpec =
  | {
      /**
       * How to talk to the server; absent: `stdio` with `command`, `streamable_http` with `url`.
       */
      transport?: 'stdio' | 'streamable_http' | 'sse'
      /**
       * Program to start (stdio). Never run by a shell; `./…` is relative to the folder of the spec.
       */
      command: string
      /**
       * Its arguments (stdio).
       */
      args?: string[]
      /**
       * Its environment variables (stdio), besides HOME, LOGNAME, PATH, SHELL, TERM, USER, LANG, TZ and TMPDIR.
       */
      env?: {
        [k: string]: string
      }
      /**
       * Its working directory (stdio); absent: the folder of the spec.
       */
      cwd?: string
      url?: never
      /**
       * Headers of every request (HTTP).
       */
      headers?: {
        [k: string]: string
      }
      /**
       * Value of the Authorization header (HTTP), as `${VARIABLE}`.
       */
      authorization?: string
      /**
       * Time for one request.
       */
      timeout?: DurationSpec
      /**
       * Time to connect.
       */
      connect_timeout?: DurationSpec
      /**
       * `auto`, `legacy`, or a revision to insist on; absent: `auto` for HTTP, `legacy` for stdio.
       */
      negotiation?: NegotiationSpec
      /**
       * `false`: when the server cannot be reached the run goes on without it, with a warning.
       */
      required?: boolean
      /**
       * Whether calls of its tools ask a person.
       */
      require_approval?: RequireApprovalSpec
      /**
       * Which of its tools the agent gets: `{ allow, block }` or `{ handler }`; absent: all.
       */
      tool_filter?: ToolFilterSpec
      /**
       * Whether its list of tools is asked for once and kept.
       */
      cache_tools_list?: boolean
      /**
       * Whether the list is asked for again when the server says that it changed.
       */
      refresh_on_list_changed?: boolean
      /**
       * Whether the model gets the structured content of a result instead of its text.
       */
      use_structured_content?: boolean
      /**
       * How often a failed request is repeated; -1: without end.
       */
      max_retry_attempts?: number
      /**
       * Seconds before the first repetition; each next wait is twice as long.
       */
      retry_backoff_seconds_base?: number
      /**
       * What the model is told when a call fails; wins over the agent's `mcp_config`, even when `null`.
       */
      failure_error_function?: FailureTextSpec
      /**
       * Values sent as `_meta` with every call.
       */
      tool_meta?: ToolMetaSpec
      /**
       * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
       */
      on_unknown?: 'ask' | 'retry' | 'fail'
      /**
       * Resources of the server.
       */
      resources?: {
        /**
         * Whether the agent gets the tools `list_resources` and `read_resource`.
         */
        expose?: boolean
      }
    }
  | {
      /**
       * How to talk to the server; absent: `stdio` with `command`, `streamable_http` with `url`.
       */
      transport?: 'stdio' | 'streamable_http' | 'sse'
      command?: never
      /**
       * Its arguments (stdio).
       */
      args?: string[]
      /**
       * Its environment variables (stdio), besides HOME, LOGNAME, PATH, SHELL, TERM, USER, LANG, TZ and TMPDIR.
       */
      env?: {
        [k: string]: string
      }
      /**
       * Its working directory (stdio); absent: the folder of the spec.
       */
      cwd?: string
      /**
       * Address of the server (HTTP).
       */
      url: string
      /**
       * Headers of every request (HTTP).
       */
      headers?: {
        [k: string]: string
      }
      /**
       * Value of the Authorization header (HTTP), as `${VARIABLE}`.
       */
      authorization?: string
      /**
       * Time for one request.
       */
      timeout?: DurationSpec
      /**
       * Time to connect.
       */
      connect_timeout?: DurationSpec
      /**
       * `auto`, `legacy`, or a revision to insist on; absent: `auto` for HTTP, `legacy` for stdio.
       */
      negotiation?: NegotiationSpec
      /**
       * `false`: when the server cannot be reached the run goes on without it, with a warning.
       */
      required?: boolean
      /**
       * Whether calls of its tools ask a person.
       */
      require_approval?: RequireApprovalSpec
      /**
       * Which of its tools the agent gets: `{ allow, block }` or `{ handler }`; absent: all.
       */
      tool_filter?: ToolFilterSpec
      /**
       * Whether its list of tools is asked for once and kept.
       */
      cache_tools_list?: boolean
      /**
       * Whether the list is asked for again when the server says that it changed.
       */
      refresh_on_list_changed?: boolean
      /**
       * Whether the model gets the structured content of a result instead of its text.
       */
      use_structured_content?: boolean
      /**
       * How often a failed request is repeated; -1: without end.
       */
      max_retry_attempts?: number
      /**
       * Seconds before the first repetition; each next wait is twice as long.
       */
      retry_backoff_seconds_base?: number
      /**
       * What the model is told when a call fails; wins over the agent's `mcp_config`, even when `null`.
       */
      failure_error_function?: FailureTextSpec
      /**
       * Values sent as `_meta` with every call.
       */
      tool_meta?: ToolMetaSpec
      /**
       * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
       */
      on_unknown?: 'ask' | 'retry' | 'fail'
      /**
       * Resources of the server.
       */
      resources?: {
        /**
         * Whether the agent gets the tools `list_resources` and `read_resource`.
         */
        expose?: boolean
      }
    }

/**
 * `{ allow: [..], block: [..] }` or `{ handler }`.
 */
export type ToolFilterSpec = {
  /**
   * The only tools given: names or globs.
   */
  allow?: string[]
  /**
   * Tools left out: names or globs.
   */
  block?: string[]
  /**
   * Function `(tool, ctx)` that returns whether the tool is given.
   */
  handler?: HandlerSpec
}

/**
 * A map from name to a CEL expression over `context`, `args` and `tool`, or `{ handler }`: a function `(args, ctx)` that returns a map.
 */
export type ToolMetaSpec =
  | HandlerRefSpec
  | {
      [k: string]: CelSpec
    }

/**
 * A check of input, output, arguments or results.
 */
export type GuardrailSpec = HandlerGuardrailSpec | RegexGuardrailSpec | CelGuardrailSpec | AgentGuardrailSpec

/**
 * A function decides.
 */
export type HandlerGuardrailSpec = {
  /**
   * Kind of the guardrail.
   */
  type: 'handler'
  /**
   * Input guardrails: whether the model may start meanwhile.
   */
  run_in_parallel?: boolean
  /**
   * For tools: give the model a text instead of the content (`reject_content`), or fail the run.
   */
  behavior?: 'reject_content' | 'raise_exception'
  /**
   * For tools: the text of `reject_content`.
   */
  message?: string
  /**
   * Function `({ input, output, args }, ctx)` that returns a boolean or `{ tripped, info?, message? }`.
   */
  handler: HandlerSpec
}

/**
 * A regular expression decides.
 */
export type RegexGuardrailSpec = {
  /**
   * Kind of the guardrail.
   */
  type: 'regex'
  /**
   * Input guardrails: whether the model may start meanwhile.
   */
  run_in_parallel?: boolean
  /**
   * For tools: give the model a text instead of the content (`reject_content`), or fail the run.
   */
  behavior?: 'reject_content' | 'raise_exception'
  /**
   * For tools: the text of `reject_content`.
   */
  message?: string
  /**
   * Regular expression (RE2 syntax, linear time).
   */
  pattern: string
  /**
   * Which text trips: text that `matches`, or all `others`.
   */
  block?: 'matches' | 'others'
}

/**
 * A CEL expression decides.
 */
export type CelGuardrailSpec = {
  /**
   * Kind of the guardrail.
   */
  type: 'cel'
  /**
   * Input guardrails: whether the model may start meanwhile.
   */
  run_in_parallel?: boolean
  /**
   * For tools: give the model a text instead of the content (`reject_content`), or fail the run.
   */
  behavior?: 'reject_content' | 'raise_exception'
  /**
   * For tools: the text of `reject_content`.
   */
  message?: string
  /**
   * Expression over `input`, `output`, `args`, `context`, `agent` and `tool`; true trips.
   */
  when: CelSpec
}

/**
 * An agent decides.
 */
export type AgentGuardrailSpec = {
  /**
   * Kind of the guardrail.
   */
  type: 'agent'
  /**
   * Input guardrails: whether the model may start meanwhile.
   */
  run_in_parallel?: boolean
  /**
   * For tools: give the model a text instead of the content (`reject_content`), or fail the run.
   */
  behavior?: 'reject_content' | 'raise_exception'
  /**
   * For tools: the text of `reject_content`.
   */
  message?: string
  /**
   * The agent that looks at the content.
   */
  agent: string
  /**
   * Expression over `output`, the final output of that agent; true trips.
   */
  trip_when: CelSpec
}

/**
 * Text, or `{ handler }`.
 */
export type TextOrHandlerSpec = HandlerRefSpec | string

/**
 * Who decides about calls, and how.
 */
export type ApprovalsSpec = {
  /**
   * Rules for all calls; the first that matches decides.
   */
  rules?: ApprovalRuleSpec[]
  /**
   * How long a request stays open; absent: without end.
   */
  expires_after?: DurationSpec
  /**
   * After that: reject the call with a text (`deny`), or ask anew.
   */
  on_expired?: 'deny' | 'ask'
  /**
   * When nobody is there to ask: pause the run, reject the call, or fail the run.
   */
  unattended?: 'pause' | 'deny' | 'fail'
  /**
   * What the model is told about a rejected call: text, or `{ handler }`, a function `(interruption, ctx)` that returns it.
   */
  rejection_message?: TextOrHandlerSpec
  /**
   * Whether the guardrails for arguments run before a person is asked (and again after).
   */
  pre_approval_guardrails?: boolean
  /**
   * Who is told of every request, at least once.
   */
  notify?:
    | {
        /**
         * Function `(interruption, ctx)`.
         */
        handler: HandlerSpec
        url?: never
        /**
         * Whether `url` may lead into private networks.
         */
        allow_private_addresses?: boolean
      }
    | {
        handler?: never
        /**
         * Address that each request is posted to.
         */
        url: string
        /**
         * Whether `url` may lead into private networks.
         */
        allow_private_addresses?: boolean
      }
}

/**
 * One rule.
 */
export type ApprovalRuleSpec = {
  /**
   * The agent whose calls are meant; absent: all.
   */
  agent?: string
  /**
   * Glob over names of tools, MCP tools as `server/tool`; absent: all.
   */
  tool?: string
  /**
   * Further condition on the call.
   */
  when?: CelSpec
  /**
   * Ask a person, let it run, or reject it.
   */
  decide: 'ask' | 'allow' | 'deny'
  /**
   * What the model is told about a rejected call.
   */
  message?: string
}

/**
 * Conversation memory across runs.
 */
export type SessionSpec = {
  /**
   * Where sessions are kept: a URL, `openai_conversations`, or `{ handler }`, a function `(options)` that returns a session store; absent: the store of runs.
   */
  store?: SessionStoreSpec
  /**
   * How many of the latest items the model sees; absent: all.
   */
  limit?: number
  /**
   * Which agent takes the next turn: the last active one, or the entry agent.
   */
  resume_agent?: 'last' | 'entry'
  /**
   * Function `(history, input, ctx)` that returns the items the model sees.
   */
  input_callback?: HandlerRefSpec
  /**
   * Encrypts what is stored.
   */
  encryption?: {
    /**
     * The key, as `${VARIABLE}`.
     */
    key: string
    /**
     * Items older than this are not read.
     */
    ttl?: DurationSpec
  }
  /**
   * Compacts long histories.
   */
  compaction?: {
    /**
     * How the provider compacts the history.
     */
    mode?: 'auto' | 'previous_response_id' | 'input'
    /**
     * Number of items from which on it does.
     */
    threshold?: number
  }
}

/**
 * A URL, `openai_conversations`, or `{ handler }`.
 */
export type SessionStoreSpec = HandlerRefSpec | string

/**
 * A final output instead of the error: `{ final_output, include_in_history }` or `{ handler }`.
 */
export type ErrorAnswerSpec =
  | {
      /**
       * The final output.
       */
      final_output: Json
      /**
       * Whether it becomes part of the history.
       */
      include_in_history?: boolean
      handler?: never
    }
  | {
      final_output?: never
      /**
       * Whether it becomes part of the history.
       */
      include_in_history?: boolean
      /**
       * Function `(error, ctx)` that returns `{ final_output, include_in_history? }`.
       */
      handler: HandlerSpec
    }

/**
 * How a run goes.
 */
export type RunSpec = {
  /**
   * Most model calls of a run; `null`: no limit.
   */
  max_turns?: number | null
  /**
   * Final outputs that stand in for errors.
   */
  on_error?: {
    /**
     * When there were too many turns.
     */
    max_turns?: ErrorAnswerSpec
    /**
     * When the model refuses.
     */
    model_refusal?: ErrorAnswerSpec
    /**
     * When the final output does not fit its schema.
     */
    invalid_final_output?: ErrorAnswerSpec
  }
  /**
   * When the model calls a tool that does not exist: tell it, or fail the run.
   */
  tool_not_found?: 'return_error' | 'fail'
  /**
   * When two tools of an agent have one name: an error, or MCP tools get the name of their server in front.
   */
  tool_name_collision?: 'error' | 'prefix'
  /**
   * Most tools that run at the same time; absent: no limit.
   */
  max_tool_concurrency?: number
  /**
   * Whether the history is packed into one message at a handoff.
   */
  nest_handoff_history?: boolean
  /**
   * Function `({ input_history, pre_handoff_items, new_items }, ctx)` that returns the same shape, for handoffs without their own `input_filter`.
   */
  handoff_input_filter?: HandlerRefSpec
  /**
   * The last change to the input of every model call: `{ handler }` or `{ trim_tool_outputs }`.
   */
  call_model_input_filter?:
    | {
        /**
         * Function `({ items, instructions }, ctx)` that returns the same shape.
         */
        handler: HandlerSpec
        trim_tool_outputs?: never
      }
    | {
        handler?: never
        /**
         * Shortens long outputs of tools in older turns.
         */
        trim_tool_outputs: TrimToolOutputsSpec
      }
  /**
   * Whether reasoning items keep their ids in the input.
   */
  reasoning_item_id_policy?: 'preserve' | 'omit'
  /**
   * Whether the provider keeps the conversation: `none`, `auto_previous_response_id`, or `{ conversation_id }`.
   */
  conversation?: ('none' | 'auto_previous_response_id') | ConversationSpec
  /**
   * Names of guardrails for the input, besides those of the agent.
   */
  input_guardrails?: string[]
  /**
   * Names of guardrails for the final output, besides those of the agent.
   */
  output_guardrails?: string[]
  /**
   * Limits of a whole run; beyond one the run fails, and can be resumed with a higher one.
   */
  budget?: {
    /**
     * Tokens read and written.
     */
    tokens?: number
    /**
     * Responses of models.
     */
    requests?: number
    /**
     * Calls of tools.
     */
    tool_calls?: number
    /**
     * Time.
     */
    duration?: DurationSpec
  }
  /**
   * Most calls of tools in one response.
   */
  max_tool_calls_per_turn?: number
}

/**
 * Shortens long outputs of tools in older turns.
 */
export type TrimToolOutputsSpec = {
  /**
   * The latest turns, which are left alone.
   */
  recent_turns?: number
  /**
   * Outputs longer than this are shortened.
   */
  max_output_chars?: number
  /**
   * How much of them is kept.
   */
  preview_chars?: number
  /**
   * Only outputs of these tools; absent: of all.
   */
  trimmable_tools?: string[]
}

/**
 * A conversation that the provider keeps.
 */
export type ConversationSpec = {
  /**
   * Id of the conversation at the provider.
   */
  conversation_id: string
}

/**
 * Traces (OpenTelemetry).
 */
export type TracingSpec = {
  /**
   * Whether runs are traced.
   */
  enabled?: boolean
  /**
   * Whether traces hold inputs and outputs.
   */
  include_sensitive_data?: boolean
  /**
   * Name of the workflow in traces; absent: the name of the spec.
   */
  workflow_name?: string
  /**
   * Groups the traces of a conversation.
   */
  group_id?: string
  /**
   * More attributes of every trace.
   */
  metadata?: JsonObject
  /**
   * Where traces go: `otlp`, `{ file }` or `none`.
   */
  exporter?: ('otlp' | 'none') | TraceFileSpec
}

/**
 * A file for traces.
 */
export type TraceFileSpec = {
  /**
   * Path of the file that traces are appended to.
   */
  file: string
}

/**
 * How a run of an older version of this spec moves on.
 */
export type MigrationSpec = {
  /**
   * The versions of the spec this step is for.
   */
  from: SemverRangeSpec
  /**
   * Old name to new name.
   */
  rename_agents?: {
    [k: string]: string
  }
  /**
   * Old name to new name.
   */
  rename_tools?: {
    [k: string]: string
  }
  /**
   * For pending calls: by tool (its new name) and argument, a CEL expression over the old `args`.
   */
  map_arguments?: {
    [k: string]: {
      [k: string]: CelSpec
    }
  }
  /**
   * Values for keys that the context lacks.
   */
  set_context?: JsonObject
  /**
   * Pending calls that are rejected: `true` for all, or names of tools.
   */
  drop_pending?: boolean | string[]
}

/**
 * The data a run carries along for handlers, templates and expressions.
 */
export type ContextSpec = {
  /**
   * Schema of the context; absent: any map. What it marks with `x-sensitive: true` is stored nowhere.
   */
  schema?: JsonSchemaOrFileSpec
  /**
   * The context of a run that is given none.
   */
  default?: JsonObject
}

/**
 * Values for whatever does not say otherwise.
 */
export type DefaultsSpec = {
  /**
   * Model of agents that name none: a key of `models`, or `provider/model`.
   */
  model?: string
  /**
   * Settings of all models; those of a model and of an agent win.
   */
  model_settings?: ModelSettingsSpec
  /**
   * For all tools.
   */
  tools?: {
    /**
     * Time for one call; absent: no limit.
     */
    timeout?: DurationSpec
    /**
     * After `timeout`: the model is told (`error_as_result`), or the run fails (`raise_exception`).
     */
    timeout_behavior?: 'error_as_result' | 'raise_exception'
    /**
     * What the model is told when a call fails: `{ message }`, `{ handler }`, or `null`: the run fails.
     */
    failure_error_function?: FailureTextSpec
    /**
     * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
     */
    on_unknown?: 'ask' | 'retry' | 'fail'
    /**
     * Where the body runs: in the process (`none`), or in a worker, a process of its own that can be stopped even in a busy loop (functions only: other tools have no code that could block).
     */
    isolation?: 'none' | 'worker'
  }
  /**
   * For all MCP servers.
   */
  mcp_servers?: {
    /**
     * Time for one request.
     */
    timeout?: DurationSpec
    /**
     * Time to connect.
     */
    connect_timeout?: DurationSpec
    /**
     * `auto`, `legacy`, or a revision to insist on; absent: `auto` for HTTP, `legacy` for stdio.
     */
    negotiation?: NegotiationSpec
    /**
     * `false`: when the server cannot be reached the run goes on without it, with a warning.
     */
    required?: boolean
    /**
     * Whether calls of its tools ask a person.
     */
    require_approval?: RequireApprovalSpec
    /**
     * Whether its list of tools is asked for once and kept.
     */
    cache_tools_list?: boolean
    /**
     * Whether the model gets the structured content of a result instead of its text.
     */
    use_structured_content?: boolean
    /**
     * How often a failed request is repeated; -1: without end.
     */
    max_retry_attempts?: number
    /**
     * Seconds before the first repetition; each next wait is twice as long.
     */
    retry_backoff_seconds_base?: number
    /**
     * What the model is told when a call fails.
     */
    failure_error_function?: FailureTextSpec
    /**
     * What happens to a call that had started and has no result after a crash: `ask` a person, `retry` it (also under the approval it had), or `fail` the run.
     */
    on_unknown?: 'ask' | 'retry' | 'fail'
  }
}

/**
 * A file that a spec includes: parts of the spec, without a name of its own.
 */
export type IncludedFileSpec = {
  /**
   * Version of the format of this file.
   */
  agentspec?: 1
  /**
   * Files inside the folder of the spec whose `models`, `agents`, `tools`, `mcp_servers` and `guardrails` join ours.
   */
  include?: string[]
  /**
   * Models by name.
   */
  models?: {
    [k: string]: ModelSpec
  }
  /**
   * Agents by name.
   */
  agents?: {
    [k: string]: AgentSpec
  }
  /**
   * Tools by name.
   */
  tools?: {
    [k: string]: ToolSpec
  }
  /**
   * MCP servers by name.
   */
  mcp_servers?: {
    [k: string]: McpServerSpec
  }
  /**
   * Guardrails by name.
   */
  guardrails?: {
    [k: string]: GuardrailSpec
  }
}
