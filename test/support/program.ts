/** Programs for runtime tests, built without a compiler: everything not given has its default. */
import type {
  AgentDefinition,
  AgentToolDefinition,
  FunctionToolDefinition,
  HttpToolDefinition,
  Program,
  ToolDefinition,
} from '../../src/compiler/program.ts'
import type { McpServerDefinition } from '../../src/compiler/program-mcp.ts'
import type { ModelDefinition, ScriptStep } from '../../src/compiler/program-models.ts'
import { MODEL_DEFAULTS } from '../../src/compiler/model-defaults.ts'
import { hashJson } from '../../src/util/sha256.ts'
import type { CompiledSpec } from '../../src/runtime/link/compiled-spec.ts'

export function agent(given: Partial<AgentDefinition> = {}): AgentDefinition {
  return {
    model: 'main',
    model_settings: {},
    tools: [],
    mcp_servers: [],
    mcp_config: {},
    handoffs: [],
    input_guardrails: [],
    output_guardrails: [],
    tool_use_behavior: 'run_llm_again',
    reset_tool_choice: true,
    ...given,
  }
}

/** Starts this program, unless something else is given. */
export function mcpServer(given: Partial<McpServerDefinition> = {}): McpServerDefinition {
  return {
    transport: 'stdio',
    timeout: 30_000,
    connect_timeout: 20_000,
    negotiation: 'legacy',
    required: true,
    require_approval: 'never',
    cache_tools_list: true,
    refresh_on_list_changed: true,
    use_structured_content: false,
    max_retry_attempts: 0,
    retry_backoff_seconds_base: 0,
    on_unknown: 'ask',
    resources: { expose: false },
    ...given,
  }
}

export function functionTool(
  name: string,
  given: Partial<FunctionToolDefinition> = {},
): FunctionToolDefinition {
  return {
    type: 'function',
    name,
    description: '',
    handler: `tools.ts#${name}`,
    parameters: { type: 'object' },
    strict: false,
    enabled: true,
    timeout_behavior: 'error_as_result',
    failure_error_function: { kind: 'default' },
    input_guardrails: [],
    output_guardrails: [],
    on_unknown: 'ask',
    isolation: 'none',
    defer_loading: false,
    needs_approval: false,
    ...given,
  }
}

export function httpTool(name: string, given: Partial<HttpToolDefinition> = {}): HttpToolDefinition {
  const { handler: _, ...common } = functionTool(name)
  return {
    ...common,
    type: 'http',
    method: 'GET',
    url: 'http://127.0.0.1/',
    query: {},
    headers: {},
    timeout: 30_000,
    allow_private_addresses: true,
    max_response_bytes: 1_048_576,
    ...given,
  }
}

/** The agent `inner` as a tool. */
export function agentTool(
  name: string,
  inner: string,
  given: Partial<AgentToolDefinition> = {},
): AgentToolDefinition {
  const { type: _, handler: __, parameters: ___, strict: ____, ...common } = functionTool(name)
  return {
    type: 'agent',
    ...common,
    agent: inner,
    parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
    strict: true,
    include_input_schema: false,
    max_turns: 10,
    output: 'final',
    ...given,
  }
}

export function scripted(script: ModelDefinition['script']): ModelDefinition {
  return { ...MODEL_DEFAULTS, provider: 'scripted', ...(script === undefined ? {} : { script }) }
}

/** One agent `main` with the given tools, on a scripted model. */
export function program(given: {
  readonly script?: readonly ScriptStep[]
  readonly tools?: readonly ToolDefinition[]
  readonly source?: string
  readonly overrides?: Partial<Program>
}): Program {
  const tools = given.tools ?? []
  return {
    agentspec: 1,
    name: 'test',
    version: '1.0.0',
    entry: 'main',
    secrets: [],
    context: { default: {} },
    models: { main: scripted(given.script ?? []) },
    agents: { main: agent({ tools: tools.map((tool) => tool.name) }) },
    tools: Object.fromEntries(tools.map((tool) => [tool.name, tool])),
    mcp_servers: {},
    guardrails: {},
    approvals: { rules: [], on_expired: 'deny', unattended: 'pause', pre_approval_guardrails: false },
    session: { resume_agent: 'last' },
    run: {
      max_turns: 10,
      on_error: {},
      tool_not_found: 'return_error',
      tool_name_collision: 'error',
      nest_handoff_history: false,
      reasoning_item_id_policy: 'preserve',
      conversation: 'none',
      input_guardrails: [],
      output_guardrails: [],
      max_tool_calls_per_turn: 128,
    },
    tracing: {},
    migrations: [],
    modules: given.source === undefined ? {} : { 'tools.ts': { source: given.source, imports: {} } },
    ...given.overrides,
  }
}

export function compiled(spec: Program, baseDir = '/nowhere'): CompiledSpec {
  return { program: spec, hash: hashJson(spec), baseDir, sources: {} }
}
