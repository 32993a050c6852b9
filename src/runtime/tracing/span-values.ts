/** Attributes of the OpenTelemetry GenAI semantic conventions (development status, November 2026), and our own: `agentspec.*`. */
import { isJsonArray } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { CallKind } from '../state/events.ts'
import type { Usage } from '../state/usage.ts'
import { providerName } from './provider-name.ts'
import type { ModelQuestion } from './run-observer.ts'
import type { SegmentTrace } from './segment-trace.ts'
import type { SpanValues } from './span-pen.ts'

/** What every span of a run has, so that each can be found alone. */
export function commonValues(trace: SegmentTrace): SpanValues {
  return {
    'gen_ai.conversation.id': trace.sessionId,
    'agentspec.run.id': trace.runId,
    'agentspec.group.id': trace.settings.groupId,
  }
}

export function segmentValues(trace: SegmentTrace): SpanValues {
  const { reference } = trace.spec
  return {
    ...commonValues(trace),
    'gen_ai.operation.name': 'invoke_workflow',
    'gen_ai.workflow.name': workflowName(trace),
    'agentspec.spec.name': reference.name,
    'agentspec.spec.version': reference.version,
    'agentspec.spec.hash': reference.hash,
    ...metadataValues(trace.settings.metadata),
  }
}

export function workflowName(trace: SegmentTrace): string {
  return trace.settings.workflowName ?? trace.spec.reference.name
}

export function agentValues(trace: SegmentTrace, agent: string): SpanValues {
  const definition = trace.spec.program.agents[agent]
  return {
    ...commonValues(trace),
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.provider.name': agentProvider(trace, agent),
    'gen_ai.agent.name': agent,
    'gen_ai.agent.version': trace.spec.reference.version,
    'gen_ai.agent.description': definition?.handoff_description,
  }
}

/** Of the model the spec gives the agent; a flag may say otherwise, which its `chat` spans tell. */
function agentProvider(trace: SegmentTrace, agent: string): string | undefined {
  const { agents, models } = trace.spec.program
  const model = agents[agent]?.model
  const provider = model === undefined ? undefined : (models[model]?.provider ?? model.split('/')[0])
  return provider === undefined ? undefined : providerName(provider)
}

export function usageValues(usage: Usage): SpanValues {
  return {
    'gen_ai.usage.input_tokens': usage.input_tokens,
    'gen_ai.usage.output_tokens': usage.output_tokens,
    'gen_ai.usage.cache_read.input_tokens': usage.input_tokens_details.cached_tokens,
    'gen_ai.usage.reasoning.output_tokens': usage.output_tokens_details.reasoning_tokens,
  }
}

/** What a model was asked for. */
export function questionValues({ request, definition, stream }: ModelQuestion): SpanValues {
  const { settings } = request
  return {
    'gen_ai.request.stream': stream,
    'gen_ai.output.type': request.output === null ? 'text' : 'json',
    'gen_ai.request.temperature': numberOf(settings, 'temperature'),
    'gen_ai.request.top_p': numberOf(settings, 'top_p'),
    'gen_ai.request.max_tokens': numberOf(settings, 'max_tokens'),
    'gen_ai.request.frequency_penalty': numberOf(settings, 'frequency_penalty'),
    'gen_ai.request.presence_penalty': numberOf(settings, 'presence_penalty'),
    ...(definition.provider === 'openai' ? { 'openai.api.type': definition.api } : {}),
    ...serverValues(definition.base_url),
  }
}

/** Host and port alone: the rest of an address may hold credentials. */
function serverValues(baseUrl: string | undefined): SpanValues {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return {}
  const { hostname, port, protocol } = new URL(baseUrl)
  const standard = protocol === 'http:' ? 80 : 443
  return { 'server.address': hostname, 'server.port': port === '' ? standard : Number(port) }
}

export function toolValues(
  trace: SegmentTrace,
  call: {
    readonly tool: string
    readonly call_id: string
    readonly kind: CallKind | null
    readonly server?: string | null
  },
): SpanValues {
  const definition = Object.values(trace.spec.program.tools).find(({ name }) => name === call.tool)
  return {
    ...commonValues(trace),
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': call.tool,
    'gen_ai.tool.call.id': call.call_id,
    'gen_ai.tool.type': call.kind === 'http' || call.kind === 'mcp' ? 'extension' : 'function',
    'gen_ai.tool.description': descriptionOf(definition),
    'agentspec.tool.kind': call.kind,
    ...(call.kind === 'mcp' ? { 'mcp.method.name': 'tools/call' } : {}),
    'agentspec.mcp.server': call.server,
  }
}

function descriptionOf(definition: object | undefined): string | undefined {
  if (definition === undefined || !('description' in definition)) return undefined
  const { description } = definition
  return typeof description === 'string' && description !== '' ? description : undefined
}

/** `tracing.metadata`: texts, numbers, switches and lists of texts as they are, anything else as JSON. */
function metadataValues(metadata: JsonObject): SpanValues {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [`agentspec.metadata.${key}`, metadataValue(value)]),
  )
}

function metadataValue(value: Json): string | number | boolean | readonly string[] | null {
  if (isJsonArray(value)) {
    const texts = value.filter((entry) => typeof entry === 'string')
    return texts.length === value.length ? texts : JSON.stringify(value)
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}

function numberOf(settings: JsonObject, key: string): number | undefined {
  const value = settings[key]
  return typeof value === 'number' ? value : undefined
}
