/** One call of a turn seen through the Program: which tool it means, with which arguments, and its identity. */
import { hideSensitive, markerOf, mentionsSensitive } from '../../compiler/json-schema/sensitive.ts'
import type { Program, ToolDefinition } from '../../compiler/program.ts'
import { canonicalJson } from '../../util/canonical-json.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { lazy } from '../../util/lazy.ts'
import { parseStrictJson } from '../../util/strict-json.ts'
import { wellFormedJson } from '../../util/well-formed.ts'
import { ARGS } from './arguments-marker.ts'
import { callDigest, toolIdentity } from './digest.ts'
import type { CallKind } from '../state/events.ts'
import type { Elicitation } from '../state/elicitation.ts'
import type { CallState, RequestState } from '../state/run-state.ts'
import { ruleName } from '../tools/mcp-tool.ts'
import { labelOf, resolveCall } from '../tools/resolve-call.ts'

/** A call with everything the plan needs to know of it. */
export interface CallView {
  readonly call: CallState
  readonly path: readonly string[]
  readonly key: string
  readonly tool: ToolDefinition
  readonly name: string
  /** Of a hosted MCP tool. */
  readonly server: string | null
  /** As rules know it: `server/tool` for a tool of a server. */
  readonly fullName: string
  readonly kind: CallKind
  /** Made when it is asked for: it hashes code. */
  readonly identity: string
  /** `null`: unusable. */
  readonly arguments: JsonObject | null
  /** As people see them: the parsed value, or the raw text; without what the tool's schema marks as sensitive. */
  readonly shown: Json
  /** Why the arguments are unusable. */
  readonly problem: string | null
}

/** A call seen through the Program: its tool, its arguments, its identity. `null` for an unknown tool. */
export function viewCall(program: Program, call: CallState): CallView | null {
  const resolved = resolveCall(program, call)
  if (resolved.kind !== 'tool') return null
  const { usable, problem } = readArguments(call)
  const shown = lazy(() => shownArguments(resolved.tool, usable ?? call.arguments_text))
  const identity = lazy(() => toolIdentity(program, resolved.tool, call.name))
  return {
    call,
    path: call.path,
    key: resolved.key,
    tool: resolved.tool,
    ...calledAs(call, resolved.tool),
    kind: kindOf(resolved.tool),
    get identity() {
      return identity()
    },
    arguments: usable,
    get shown() {
      return shown()
    },
    problem,
  }
}

/** The arguments a call would run with: edited ones, or the model's if they are a JSON object without doubt. */
export function readArguments(call: CallState): { usable: JsonObject | null; problem: string | null } {
  if (call.edited_arguments !== null) return { usable: call.edited_arguments, problem: null }
  const parsed = parseStrictJson(call.arguments_text.trim() === '' ? '{}' : call.arguments_text)
  if (!parsed.ok) return { usable: null, problem: parsed.problem }
  if (!isJsonObject(parsed.value)) return { usable: null, problem: 'the arguments are not a JSON object' }
  return { usable: parsed.value, problem: null }
}

/**
 * Arguments of a call as they may surface. A text that is no JSON object cannot be looked into. Only the schemas of the spec
 * count: no server decides what the person who decides is not shown.
 */
export function shownArguments(tool: ToolDefinition, args: Json): Json {
  const schema = 'parameters' in tool && tool.type !== 'mcp' ? tool.parameters : undefined
  if (isJsonObject(args) || schema === undefined || !mentionsSensitive(schema))
    return hideSensitive(schema, args, ARGS).value
  return markerOf(ARGS, '')
}

/**
 * Whether a request says what would run now: its digest is that of the call, and it shows the arguments as they are shown of this
 * call, so that nobody is led to approve what a document hides from them.
 */
export function isAsAsked(view: CallView, { interruption }: Pick<RequestState, 'interruption'>): boolean {
  if (digestOf(view, interruption) !== interruption.digest) return false
  const shown = wellFormedJson(interruption.arguments)
  return canonicalJson(shown) === canonicalJson(wellFormedJson(view.shown))
}

/** What a call is of. */
function calledAs(call: CallState, tool: ToolDefinition): Pick<CallView, 'name' | 'server' | 'fullName'> {
  if (tool.type === 'mcp') return { name: tool.name, server: tool.server, fullName: ruleName(tool) }
  const server = labelOf(tool)
  if (server === null) return { name: tool.name, server, fullName: tool.name }
  return { name: call.name.slice(server.length + 1), server, fullName: call.name }
}

function kindOf(tool: ToolDefinition): CallKind {
  switch (tool.type) {
    case 'agent':
    case 'shell':
    case 'apply_patch':
    case 'http':
    case 'hosted_mcp':
    case 'computer':
    case 'mcp':
      return tool.type
    default:
      return 'function'
  }
}

/** What a request asks about. */
export interface RequestSubject {
  readonly kind: string
  /** Of kind `elicitation`. */
  readonly elicitation?: Elicitation
}

/** The digest of a call as it would run now. */
export function digestOf(view: CallView, { kind, elicitation }: RequestSubject = view): string {
  return callDigest({
    path: view.path,
    turn: view.call.turn,
    call_id: view.call.call_id,
    kind,
    agent: view.call.agent,
    tool_identity: view.identity,
    arguments: view.arguments ?? view.call.arguments_text,
    ...(elicitation === undefined ? {} : { elicitation }),
  })
}

/** What `tool.started` and `tool.completed` say of a call. */
export interface CallDescription {
  readonly path?: readonly string[]
  readonly call_id: string
  readonly turn: number
  readonly agent: string
  readonly tool: string
  readonly kind: CallKind
  readonly server: string | null
}

export function aboutCall(view: Pick<CallView, 'call' | 'tool'>): CallDescription {
  const { call, tool } = view
  const { name, server } = calledAs(call, tool)
  return {
    ...(call.path.length === 0 ? {} : { path: call.path }),
    call_id: call.call_id,
    turn: call.turn,
    agent: call.agent,
    tool: name,
    kind: kindOf(tool),
    server,
  }
}
