/** Tools: defaults filled in, the keys of each type kept together. */
import type {
  AgentToolSpec,
  DefaultsSpec,
  FunctionToolSpec,
  HttpToolSpec,
  NeedsApprovalByOperationSpec,
  ToolEnabledSpec,
  ToolSpec,
} from '../../spec/spec-types.generated.ts'
import { compact } from '../../util/compact.ts'
import type { Json } from '../../util/json.ts'
import type {
  AgentToolDefinition,
  CommonToolDefinition,
  FunctionToolDefinition,
  HttpToolDefinition,
  HostedToolDefinition,
  JsonSchema,
  NeedsApproval,
  OtherToolDefinition,
  ToolDefinition,
} from '../program.ts'
import { optionalMilliseconds, toFailureText, toHandler, toSchema, withoutExtensions } from './common.ts'

/** The parameters of a tool that says nothing about them: it takes none. */
export const noParameters: JsonSchema = { type: 'object', properties: {}, additionalProperties: false }

const commonKeys: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'enabled',
  'timeout',
  'timeout_behavior',
  'failure_error_function',
  'input_guardrails',
  'output_guardrails',
  'on_unknown',
  'isolation',
  'defer_loading',
  'needs_approval',
])

/** `key` is the tool's key in the spec: its name for the model, unless it has another. */
export function lowerTool(
  key: string,
  tool: ToolSpec,
  defaults: NonNullable<DefaultsSpec['tools']>,
): ToolDefinition {
  const common = lowerCommon(key, tool, defaults)
  switch (tool.type) {
    case 'function':
      return lowerFunction(tool, common)
    case 'agent':
      return lowerAgentTool(tool, common)
    case 'http':
      return lowerHttp(tool, common)
    default:
      return lowerOther(tool, common)
  }
}

function lowerCommon(
  key: string,
  tool: ToolSpec,
  defaults: NonNullable<DefaultsSpec['tools']>,
): CommonToolDefinition {
  const failure = tool.failure_error_function
  return compact({
    name: tool.name ?? key,
    description: tool.description ?? '',
    enabled: lowerEnabled(tool.enabled),
    timeout: optionalMilliseconds(tool.timeout ?? defaults.timeout),
    timeout_behavior: tool.timeout_behavior ?? defaults.timeout_behavior ?? 'error_as_result',
    failure_error_function: toFailureText(failure === undefined ? defaults.failure_error_function : failure),
    input_guardrails: tool.input_guardrails ?? [],
    output_guardrails: tool.output_guardrails ?? [],
    on_unknown: tool.on_unknown ?? defaults.on_unknown ?? 'ask',
    isolation: tool.isolation ?? defaults.isolation ?? 'none',
    defer_loading: tool.defer_loading ?? false,
    needs_approval: 'needs_approval' in tool ? lowerNeedsApproval(tool.needs_approval) : false,
  })
}

function lowerEnabled(enabled: ToolEnabledSpec | undefined): CommonToolDefinition['enabled'] {
  return typeof enabled === 'object' ? toHandler(enabled) : (enabled ?? true)
}

/** The map by operation of an `openapi` tool is among its settings; as a whole such a tool needs no approval. */
function lowerNeedsApproval(written: NeedsApprovalByOperationSpec | undefined): NeedsApproval {
  if (typeof written !== 'object') return written ?? false
  if (typeof written.when === 'string') return { when: written.when }
  if (typeof written.handler === 'string') return { handler: written.handler }
  return false
}

function lowerFunction(tool: FunctionToolSpec, common: CommonToolDefinition): FunctionToolDefinition {
  return {
    type: 'function',
    ...common,
    handler: tool.handler,
    parameters: tool.parameters === undefined ? noParameters : toSchema(tool.parameters),
    strict: tool.strict ?? true,
  }
}

/** What an agent tool takes when the spec says nothing: one text. */
const textInput: JsonSchema = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
  additionalProperties: false,
}

const defaultNestedTurns = 10

function lowerAgentTool(tool: AgentToolSpec, common: CommonToolDefinition): AgentToolDefinition {
  return compact({
    type: 'agent' as const,
    ...common,
    agent: tool.agent,
    parameters: tool.parameters === undefined ? textInput : toSchema(tool.parameters),
    strict: tool.parameters === undefined,
    input: tool.input,
    include_input_schema: tool.include_input_schema ?? false,
    max_turns: tool.max_turns === undefined ? defaultNestedTurns : tool.max_turns,
    output:
      tool.output === undefined || tool.output === 'final' ? ('final' as const) : toHandler(tool.output),
  })
}

/** A request that nobody limits: it must not wait for ever, nor fill the memory and the model's context. */
const requestDefaults = { timeout: 30_000, max_response_bytes: 1_048_576 }

function lowerHttp(tool: HttpToolSpec, common: CommonToolDefinition): HttpToolDefinition {
  return compact({
    type: 'http' as const,
    ...common,
    timeout: common.timeout ?? requestDefaults.timeout,
    method: tool.method ?? ('GET' as const),
    url: tool.url,
    query: tool.query ?? {},
    headers: tool.headers ?? {},
    body: tool.body,
    parameters: tool.parameters === undefined ? noParameters : toSchema(tool.parameters),
    strict: tool.parameters === undefined,
    allow_private_addresses: tool.allow_private_addresses ?? false,
    max_response_bytes: tool.max_response_bytes ?? requestDefaults.max_response_bytes,
  })
}

function lowerOther(
  tool: Exclude<ToolSpec, FunctionToolSpec | AgentToolSpec | HttpToolSpec>,
  common: CommonToolDefinition,
): HostedToolDefinition | OtherToolDefinition {
  const members = Object.entries(withoutExtensions(tool)).filter(([key]) => !commonKeys.has(key))
  const settings: Record<string, Json> = Object.fromEntries(members)
  if (tool.type === 'openapi' && isByOperation(tool.needs_approval))
    settings['needs_approval'] = tool.needs_approval
  return { type: tool.type, ...common, settings }
}

function isByOperation(
  written: NeedsApprovalByOperationSpec | undefined,
): written is Record<string, NeedsApproval> {
  return (
    typeof written === 'object' && typeof written.when !== 'string' && typeof written.handler !== 'string'
  )
}
