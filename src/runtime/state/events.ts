/**
 * What happens in a run. A journaled event has a `seq` (from 1, without gaps) and is the only thing persisted for a run;
 * a streamed event has none and is gone when nobody listens. Nested runs of agent tools write into the same journal,
 * with `path`: the outer call ids, from the outside (absent on the outer run).
 *
 * Terminology: a *request* is one `approval.requested`, named by its seq; a *decision* is one `approval.decided` and
 * answers exactly one request; a decision is *consumed* by the step it allows (`tool.started`, or `tool.completed` of a
 * call whose body never runs).
 */
import type { Json, JsonObject } from '../../util/json.ts'
import type { Elicitation } from './elicitation.ts'
import type { HandoffView, MergedInput } from './history-views.ts'
import type { CallOutput, Item } from './item.ts'
import type { SessionRange } from './session-range.ts'
import type { SpecChange } from './spec-change.ts'
import type { AcceptedTool, OfferedMcpTool, RunLock, ShownMcpTool } from './mcp-tools.ts'
import type { Usage } from './usage.ts'

export interface SpecReference {
  readonly name: string
  readonly version: string
  /** `sha256:` over the canonical bytes of the Program. */
  readonly hash: string
}

/** What the person who runs a spec set by flags; recorded, so that a resume needs them not again. */
export interface RunOptions {
  /** `provider/model` for every agent. */
  readonly model?: string
  /** `provider/model` by agent. */
  readonly agent_models?: Readonly<Record<string, string>>
  /** `null`: no limit. */
  readonly max_turns?: number | null
  readonly stream?: boolean
}

export type CallKind =
  | 'function'
  | 'agent'
  | 'shell'
  | 'apply_patch'
  | 'http'
  | 'mcp'
  | 'hosted_mcp'
  | 'computer'
export type InterruptionKind = CallKind | 'elicitation' | 'in_doubt'

/** A call that waits for a person. */
export interface Interruption {
  /** The seq of its `approval.requested`. */
  readonly request: number
  readonly call_id: string
  readonly kind: InterruptionKind
  readonly agent: string
  readonly tool: string
  readonly server: string | null
  /** The parsed value; the raw text when it is not a usable JSON object. */
  readonly arguments: Json
  readonly path: readonly string[]
  /** Of path, turn, call id, kind, agent, tool identity and arguments, and of the question of a server. */
  readonly digest: string
  /** ISO 8601, UTC. */
  readonly requested_at: string
  readonly expires_at: string | null
  /** Of kind `elicitation`: what the server asks. */
  readonly elicitation?: Elicitation
}

/** Why a call has an output although its body never ran. */
export type NotRunReason =
  | 'rejected'
  | 'invalid_arguments'
  | 'not_found'
  | 'guardrail'
  | 'expired'
  | 'unknown_outcome'

/** What a person decided. */
export interface Decision {
  readonly request: number
  readonly call_id: string
  readonly decision: 'approve' | 'reject'
  /** Holds for every later call of the same tool in this run. */
  readonly always: boolean
  readonly by: string
  readonly reason?: string
  /** What the model is told on a rejection. */
  readonly message?: string
  /** Edited arguments. */
  readonly arguments?: JsonObject
  /** For a call in doubt: it did happen, with this result. For an elicitation: the answer. */
  readonly result?: Json
  /** That of the call as shown. */
  readonly digest: string
  /** Identity of the tool as shown: the scope of `always`. */
  readonly tool_identity: string
}

export type GuardrailPlace = 'input' | 'output' | 'tool_input' | 'tool_output'

export interface RunError {
  /** A stable snake_case name (CONTRACT, result). */
  readonly code: string
  readonly message: string
  readonly agent?: string
  readonly tool?: string
  readonly call_id?: string
}

/** The payloads, by type. */
export interface EventPayloads {
  'run.started': {
    readonly spec: SpecReference
    readonly session: SessionRange | null
    readonly agent: string
    readonly input: readonly Item[]
    readonly context: JsonObject
    readonly options: RunOptions
    /** The folder npm packages of tool modules are resolved from. Not exported. */
    readonly base_dir?: string
    /** The spec's file in that folder. Not exported. */
    readonly spec_file?: string
    /** What the tools of its MCP servers may be. */
    readonly lock?: RunLock
    /**
     * Set where a run came in from outside: nothing decided up to this seq and not consumed counts, nor does `always`;
     * a call that had started and has no result is asked about, whatever its tool says.
     */
    readonly distrusted_upto?: number
    /** `session.input_callback` has a say before the first turn; until then the session does not have the input. */
    readonly merges_input?: true
  }
  'run.resumed': {
    readonly reason: string
    readonly options: RunOptions
    readonly spec?: SpecReference
    readonly context?: JsonObject
    readonly base_dir?: string
    readonly spec_file?: string
    /** With `spec`. */
    readonly change?: SpecChange
    /** In place of the lock before; `null`: there is none any more. */
    readonly lock?: RunLock | null
  }
  /** The run goes on with another spec from here on; whether it is driven is another matter. */
  'run.migrated': {
    readonly spec: SpecReference
    readonly change: SpecChange
    readonly base_dir?: string
    readonly spec_file?: string
    readonly lock?: RunLock | null
  }
  /** Tools that are not what was locked are taken all the same, in this run. */
  'drift.accepted': { readonly tools: readonly AcceptedTool[] }
  'turn.started': {
    readonly turn: number
    readonly agent: string
    /** Names the model is not offered this turn: tools and handoffs whose `enabled` was evaluated to false. */
    readonly disabled?: readonly string[]
    /** What the agent's handler, or a prompt of an MCP server, gave as instructions. */
    readonly instructions?: string
    /** The tools of MCP servers that are offered; absent: the same as in the turn before. */
    readonly mcp_tools?: readonly OfferedMcpTool[]
    /** What `session.input_callback` gave; only with the first turn. */
    readonly merged?: MergedInput
  }
  'model.responded': {
    readonly response_id: string | null
    readonly items: readonly Item[]
    readonly usage: Usage
    /** Attempts made, the successful one included. */
    readonly attempts: number
    /** Arguments of calls without the nulls that strict mode made the model write; calls that had none are left out. */
    readonly restored?: readonly { readonly call_id: string; readonly arguments: JsonObject }[]
    /** A guardrail kept it back: it counts, its items are left out, and the turn has no answer. */
    readonly withheld?: true
    /** How many items of input the guardrails have let pass with this step; absent where there are none. */
    readonly judged_input?: number
    /** Of the agents that guarded this step. */
    readonly guardrail_usage?: Usage
  }
  'tool.started': {
    readonly call_id: string
    readonly turn: number
    readonly agent: string
    readonly tool: string
    readonly kind: CallKind
    readonly server: string | null
    readonly arguments: Json
    /** The seq of the decision this step consumes. */
    readonly decision: number | null
    /** For an agent tool: the run that begins here, one level further in. */
    readonly nested?: {
      readonly agent: string
      readonly input: readonly Item[]
      readonly max_turns: number | null
    }
    /** Of the agents that guarded the arguments. */
    readonly guardrail_usage?: Usage
  }
  'tool.completed': {
    readonly call_id: string
    readonly turn: number
    readonly agent: string
    readonly tool: string
    readonly kind: CallKind
    readonly server: string | null
    readonly arguments: Json
    readonly decision: number | null
    readonly output: CallOutput
    readonly is_error: boolean
    readonly duration_ms: number
    /** RFC 7396 merge patch of what the body changed in its copy of the context. */
    readonly context_patch?: JsonObject
    readonly reason?: NotRunReason
    /** Of the model call that ended a nested run. */
    readonly failed_attempts?: { readonly agent: string; readonly attempts: number }
    /** Of the agents that guarded this call. */
    readonly guardrail_usage?: Usage
  }
  'approval.requested': Omit<Interruption, 'request' | 'requested_at'> & {
    readonly turn: number
    /** Identity of the tool as shown: a decision copies it, so that deciding needs no Program. */
    readonly tool_identity: string
    /** Why it asks: the rule, for people. */
    readonly rule: JsonObject
    /** Of a tool of an MCP server: what it is now, where that is known. */
    readonly mcp_tool?: ShownMcpTool
    /** Of the agents that guarded the arguments. */
    readonly guardrail_usage?: Usage
  }
  'approval.decided': Decision
  'handoff.occurred': {
    readonly from: string
    readonly to: string
    readonly call_id: string
    readonly input?: Json
    /** Other handoff calls of the same response. */
    readonly ignored: readonly string[]
    /** What the next agent sees instead of the history: the result of an input filter, or of nesting. */
    readonly view?: HandoffView
  }
  'guardrail.tripped': {
    readonly guardrail: string
    readonly where: GuardrailPlace
    readonly agent: string
    readonly tool?: string
    readonly call_id?: string
    /** What the guardrail says about it. */
    readonly message?: string
    readonly info?: Json
    /** Of the agents that guarded this step. */
    readonly guardrail_usage?: Usage
  }
  'input.added': { readonly items: readonly Item[] }
  /** The session, which another store keeps, has everything that the events up to this seq added to the conversation. */
  'session.appended': { readonly upto: number }
  /** After the end: the provider made the session shorter, and what it gave took the place of a stretch of it. */
  'session.compacted': {
    readonly from: number
    readonly upto: number
    readonly mode: 'previous_response_id' | 'input'
    readonly usage: Usage
  }
  'cancel.requested': { readonly by: string; readonly reason?: string }
  'run.paused': { readonly interruptions: readonly Interruption[] }
  'run.completed': {
    readonly final_output: Json
    /** Joins the history: the answer that `run.on_error` gave instead of the model. */
    readonly items?: readonly Item[]
    /** Of the agents that guarded this step. */
    readonly guardrail_usage?: Usage
  }
  'run.failed': { readonly error: RunError; readonly attempts?: number }
  'run.cancelled': { readonly by: string; readonly reason?: string }
}

export type EventType = keyof EventPayloads

/** A journaled event of one type: `EventOf<'tool.started'>`. */
export type EventOf<T extends EventType> = {
  readonly type: T
  readonly run_id: string
  readonly seq: number
  /** ISO 8601, UTC. */
  readonly at: string
  readonly path?: readonly string[]
} & EventPayloads[T]

export type JournalEvent = { [T in EventType]: EventOf<T> }[EventType]
