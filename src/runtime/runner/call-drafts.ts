/** The steps a call can take, and the events that journal those without a body. */
import type { AgentToolDefinition, ToolDefinition } from '../../compiler/program.ts'
import type { JsonObject } from '../../util/json.ts'
import type { RunFailure } from '../failures.ts'
import type { Elicitation } from '../state/elicitation.ts'
import type { Interruption, NotRunReason } from '../state/events.ts'
import type { ShownMcpTool } from '../state/mcp-tools.ts'
import type { Item } from '../state/item.ts'
import type { CallState } from '../state/run-state.ts'
import type { Usage } from '../state/usage.ts'
import { aboutCall, digestOf } from '../approvals/call-view.ts'
import type { CallView } from '../approvals/call-view.ts'
import type { EventDraft } from '../state/event-draft.ts'
import type { RunContext } from './run-context.ts'
import type { LocalToolDefinition } from '../tools/local-tool.ts'

/** A body to run. Its `tool.started` is part of the plan it came with. */
export type PlannedBody = PlannedLocal | PlannedAgent

interface Planned {
  readonly call: CallState
  readonly key: string
  readonly arguments: JsonObject
  readonly decision: number | null
  /** Of the agents that guarded the arguments. */
  readonly guardrail_usage?: Usage
}

export interface PlannedLocal extends Planned {
  readonly tool: LocalToolDefinition
}

export interface PlannedAgent extends Planned {
  readonly tool: AgentToolDefinition
  /** What the nested run begins with; `null`: it has begun already, and goes on. */
  readonly input: readonly Item[] | null
}

/** What becomes of one call. `tripped`: the guardrails that decided so, journaled first. */
export type CallStep =
  | {
      readonly type: 'draft'
      readonly draft: EventDraft
      readonly failure?: RunFailure
      readonly tripped?: readonly EventDraft[]
    }
  | { readonly type: 'body'; readonly body: PlannedBody }
  /** The call stays as it is; the run fails. */
  | { readonly type: 'failure'; readonly failure: RunFailure; readonly tripped?: readonly EventDraft[] }

/** Asks a person. */
export function ask(
  run: RunContext,
  view: CallView,
  rule: JsonObject,
  inDoubt = false,
): CallStep & { type: 'draft' } {
  return requestStep(run, view, rule, { kind: inDoubt ? 'in_doubt' : view.kind })
}

/** Asks a person what the server asks during the call. */
export function askQuestion(
  run: RunContext,
  view: CallView,
  question: Elicitation,
): CallStep & { type: 'draft' } {
  const rule = { kind: 'elicitation', reason: `MCP server ${view.server ?? ''} asks a question` }
  return requestStep(run, view, rule, { kind: 'elicitation', elicitation: question })
}

function requestStep(
  run: RunContext,
  view: CallView,
  rule: JsonObject,
  subject: Pick<Interruption, 'kind' | 'elicitation'>,
): CallStep & { type: 'draft' } {
  const { expires_after: expiresAfter } = run.spec.program.approvals
  const draft: EventDraft = {
    type: 'approval.requested',
    path: view.path,
    call_id: view.call.call_id,
    turn: view.call.turn,
    ...subject,
    agent: view.call.agent,
    tool: view.name,
    server: view.server,
    arguments: view.shown,
    digest: digestOf(view, subject),
    tool_identity: view.identity,
    expires_at:
      expiresAfter === undefined ? null : new Date(run.clock.now().getTime() + expiresAfter).toISOString(),
    rule: { ...rule },
    ...shownTool(view.tool),
  }
  return { type: 'draft', draft }
}

/** What a tool of an MCP server is now: a decision holds for this. */
function shownTool(tool: ToolDefinition): { readonly mcp_tool?: ShownMcpTool } {
  if (tool.type !== 'mcp' || typeof tool.parameters === 'boolean') return {}
  const { definition, description, parameters } = tool
  return { mcp_tool: { definition, description, parameters } }
}

/** Answers a call without running its body. */
export function notRun(
  view: CallView,
  reason: NotRunReason,
  output: string,
  decision: number | null,
): CallStep & { type: 'draft' } {
  const draft: EventDraft = {
    type: 'tool.completed',
    ...aboutCall(view),
    arguments: view.shown,
    decision,
    output,
    is_error: true,
    duration_ms: 0,
    reason,
  }
  return { type: 'draft', draft }
}

/** Leave for what runs at the provider. */
export function letRun(view: CallView, decision: number | null): CallStep {
  const draft: EventDraft = {
    type: 'tool.completed',
    ...aboutCall(view),
    arguments: view.shown,
    decision,
    output: [{ approve: true }],
    is_error: false,
    duration_ms: 0,
  }
  return { type: 'draft', draft }
}

export function unknownTool(call: CallState): CallStep {
  const draft: EventDraft = {
    type: 'tool.completed',
    ...(call.path.length === 0 ? {} : { path: call.path }),
    call_id: call.call_id,
    turn: call.turn,
    agent: call.agent,
    tool: call.name,
    kind: 'function',
    server: null,
    arguments: call.arguments_text,
    decision: null,
    output: `Tool '${call.name}' not found.`,
    is_error: true,
    duration_ms: 0,
    reason: 'not_found',
  }
  return { type: 'draft', draft }
}
