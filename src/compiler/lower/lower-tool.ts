/** Tools: defaults filled in, the keys of each type kept together. */
import type {
  AgentToolSpec,
  ApplyPatchToolSpec,
  DefaultsSpec,
  FunctionToolSpec,
  HostedMcpToolSpec,
  HttpToolSpec,
  NeedsApprovalByOperationSpec,
  ShellToolSpec,
  ToolEnabledSpec,
  ToolSpec,
} from '../../spec/spec-types.generated.ts'
import { compact } from '../../util/compact.ts'
import type { Json } from '../../util/json.ts'
import type {
  AgentToolDefinition,
  ApplyPatchToolDefinition,
  CommonToolDefinition,
  FunctionToolDefinition,
  HttpToolDefinition,
  HostedMcpToolDefinition,
  HostedToolDefinition,
  HandlerReference,
  JsonSchema,
  NeedsApproval,
  OtherToolDefinition,
  ShellToolDefinition,
  ToolDefinition,
} from '../program.ts'
import { patchParameters, shellParameters } from '../local-tools.ts'
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
  'on_approval',
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
    case 'shell':
      return lowerShell(tool, common)
    case 'apply_patch':
      return lowerApplyPatch(tool, common)
    case 'hosted_mcp':
      return lowerHostedMcp(tool, common)
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

/** Commands that nobody limits: they must not run for ever, nor fill the model's context. */
const shellDefaults = { timeout: 600_000, max_output_length: 50_000 }

/** A container of the provider runs its commands in the middle of an answer: nothing of them happens here. */
function lowerShell(
  tool: ShellToolSpec,
  common: CommonToolDefinition,
): ShellToolDefinition | HostedToolDefinition {
  if (typeof tool.environment === 'object') return { type: 'shell', ...common, settings: settingsOf(tool) }
  return compact({
    type: 'shell' as const,
    ...common,
    timeout: common.timeout ?? shellDefaults.timeout,
    description: tool.description ?? 'Runs shell commands.',
    cwd: tool.cwd ?? '.',
    env: tool.env ?? [],
    max_output_length: tool.max_output_length ?? shellDefaults.max_output_length,
    parameters: shellParameters,
    strict: true,
    on_approval: lowerOnApproval(tool),
  })
}

function lowerApplyPatch(tool: ApplyPatchToolSpec, common: CommonToolDefinition): ApplyPatchToolDefinition {
  return compact({
    type: 'apply_patch' as const,
    ...common,
    description: tool.description ?? 'Creates, updates and deletes files.',
    root: tool.root ?? '.',
    parameters: patchParameters,
    strict: true,
    on_approval: lowerOnApproval(tool),
  })
}

function lowerHostedMcp(tool: HostedMcpToolSpec, common: CommonToolDefinition): HostedMcpToolDefinition {
  return compact({
    type: 'hosted_mcp' as const,
    ...common,
    settings: { require_approval: 'never', ...settingsOf(tool) },
    on_approval: lowerOnApproval(tool),
  })
}

function lowerOnApproval({
  on_approval: written,
}: Pick<ShellToolSpec, 'on_approval'>): HandlerReference | undefined {
  return written === undefined ? undefined : toHandler(written)
}

/** The keys of the type, as in the spec. */
function settingsOf(tool: ToolSpec): Record<string, Json> {
  return Object.fromEntries(Object.entries(withoutExtensions(tool)).filter(([key]) => !commonKeys.has(key)))
}

function lowerOther(
  tool: Exclude<
    ToolSpec,
    FunctionToolSpec | AgentToolSpec | HttpToolSpec | ShellToolSpec | ApplyPatchToolSpec | HostedMcpToolSpec
  >,
  common: CommonToolDefinition,
): HostedToolDefinition | OtherToolDefinition {
  const settings = settingsOf(tool)
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
