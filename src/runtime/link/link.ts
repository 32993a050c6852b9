/** Resolves the `${VAR}` strings of a Program for one run. Schemas, expressions, handlers and module sources have none. */
import { resolve as resolvePath } from 'node:path'
import { splitModelId } from '../../compiler/lower/lower-model.ts'
import type {
  AgentDefinition,
  InstructionsDefinition,
  Program,
  ToolDefinition,
} from '../../compiler/program.ts'
import type { ModelDefinition } from '../../compiler/program-models.ts'
import { hasInterpolation, interpolate, literalKeys, parseInterpolation } from '../../spec/interpolation.ts'
import { isJsonObject } from '../../util/json.ts'
import { UsageFailure } from '../failures.ts'
import { literalText, originOf, resolveRequest } from '../tools/http/request-template.ts'
import type { RequestTemplate } from '../tools/http/request-template.ts'

export interface LinkedProgram {
  /** With the strings resolved. It may hold secrets: never persisted, never hashed. */
  readonly program: Program
  /** The requests of HTTP tools by key: in the Program their texts stay as written, for what decisions bind to. */
  readonly requests: Readonly<Record<string, RequestTemplate>>
  /** Every variable the spec asks for. */
  readonly used: ReadonlySet<string>
}

/**
 * Puts the values of variables into a Program; the Program itself is not changed.
 *
 * @param baseDir The spec's folder: the folders of tools are relative to it.
 * @throws UsageFailure `unset_variable`, listing every required variable without a value at once.
 */
export function link(
  program: Program,
  variables: Readonly<Record<string, string>>,
  baseDir: string,
): LinkedProgram {
  const resolver = createResolver(variables)
  const requests = linkRequests(program.tools, resolver)
  const linked: Program = {
    ...program,
    models: mapValues(program.models, (model) => splitProvider(resolver.json(model))),
    agents: mapValues(program.agents, (agent) => linkAgent(agent, resolver)),
    tools: mapValues(program.tools, (tool, key) => linkTool(tool, resolver, baseDir, requests[key])),
    mcp_servers: mapValues(program.mcp_servers, (server) => resolver.json(server)),
    approvals: linkApprovals(program.approvals, resolver),
    run: { ...program.run, conversation: resolver.json(program.run.conversation) },
    session: resolver.json(program.session),
    tracing: resolver.json(program.tracing),
  }
  const missing = [...resolver.missing]
  if (missing.length > 0) {
    const list = missing
      .map(([name, message]) => (message === null ? name : `${name} (${message})`))
      .join(', ')
    const plural =
      missing.length === 1 ? 'A required variable has' : `${missing.length} required variables have`
    throw new UsageFailure(
      'unset_variable',
      `${plural} no value: ${list}`,
      'Set them in the environment or in .env beside the spec',
    )
  }
  return { program: linked, requests, used: resolver.used }
}

/** A model written as one `${VAR}`: only now it is known to say `provider/model`. */
function splitProvider(model: ModelDefinition): ModelDefinition {
  return model.model === undefined ? { ...model, ...splitModelId(model.provider) } : model
}

interface Resolver {
  readonly used: Set<string>
  readonly missing: Map<string, string | null>
  text(text: string): string
  /** A text that is a template: values stand for themselves in it. */
  template(text: string): string
  /** Every string in a value, but those below `literalKeys`. */
  json<T>(value: T): T
}

function createResolver(variables: Readonly<Record<string, string>>): Resolver {
  const used = new Set<string>()
  const missing = new Map<string, string | null>()
  const literals = mapValues(variables, literalText)
  const resolve = (template: string, values: Readonly<Record<string, string>>): string => {
    if (!hasInterpolation(template)) return template
    const parsed = parseInterpolation(template)
    // A mistake in a string is a diagnostic of the compiler; what got past it is taken as it stands.
    if ('error' in parsed) return template
    const result = interpolate(parsed.parts, values)
    result.used.forEach((name) => used.add(name))
    // The first place that says why a variable is needed says it for all.
    result.missing.forEach(({ name, message }) => missing.set(name, missing.get(name) ?? message))
    return result.text
  }
  const text = (written: string): string => resolve(written, variables)
  return {
    used,
    missing,
    text,
    template: (written) => resolve(written, literals),
    json: (value) => mapStrings(value, text),
  }
}

function linkApprovals(approvals: Program['approvals'], { json }: Resolver): Program['approvals'] {
  const { notify } = approvals
  return notify === undefined ? approvals : { ...approvals, notify: json(notify) }
}

function linkAgent(agent: AgentDefinition, { text, json }: Resolver): AgentDefinition {
  const { instructions, prompt } = agent
  return {
    ...agent,
    ...(prompt === undefined ? {} : { prompt: json(prompt) }),
    model: text(agent.model),
    model_settings: json(agent.model_settings),
    ...(instructions === undefined ? {} : { instructions: linkInstructions(instructions, text) }),
  }
}

/** The bytes of an instruction file are the author's; only text in the spec itself is resolved. */
function linkInstructions(
  instructions: InstructionsDefinition,
  text: (value: string) => string,
): InstructionsDefinition {
  if (!('template' in instructions) || 'file' in instructions) return instructions
  return { template: text(instructions.template) }
}

function linkRequests(
  tools: Program['tools'],
  { template }: Resolver,
): Readonly<Record<string, RequestTemplate>> {
  const requests = Object.entries(tools).flatMap(([key, tool]) =>
    tool.type === 'http' ? [[key, resolveRequest(tool, template)] as const] : [],
  )
  return Object.fromEntries(requests)
}

function linkTool(
  tool: ToolDefinition,
  { json, text }: Resolver,
  baseDir: string,
  request: RequestTemplate | undefined,
): ToolDefinition {
  if ('settings' in tool) return { ...tool, settings: json(tool.settings) }
  if (tool.type === 'shell') return { ...tool, folder: resolvePath(baseDir, text(tool.cwd)) }
  if (tool.type === 'apply_patch') return { ...tool, folder: resolvePath(baseDir, text(tool.root)) }
  return tool.type === 'http' && request !== undefined ? { ...tool, origin: originOf(request.url) } : tool
}

function mapStrings<T>(value: T, map: (text: string) => string): T
function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((member) => mapStrings<unknown>(member, map))
  if (!isJsonObject(value)) return value
  return mapValues<unknown, unknown>(value, (member, key) =>
    literalKeys.has(key) ? member : mapStrings(member, map),
  )
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
}
