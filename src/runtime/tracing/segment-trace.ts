/** What the spans of one segment are made from: the open ones, by the frame and the call they belong to. */
import type { Span } from '@opentelemetry/api'
import type { ModelFailure } from '../failures.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { McpListing } from '../mcp/mcp-servers.ts'
import { frameKey } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'
import { addUsage, NO_USAGE } from '../state/usage.ts'
import type { Usage } from '../state/usage.ts'
import type { ModelQuestion } from './run-observer.ts'
import type { SpanPen, SpanValues } from './span-pen.ts'
import type { TracingSettings } from './tracing-settings.ts'

export interface ChatSpan {
  readonly span: Span
  readonly startedAt: Date
  /** Until the first piece of the answer came. */
  waits: boolean
}

export interface ToolSpan {
  readonly span: Span
  /** Of the frame that made the call. */
  readonly path: readonly string[]
}

/** One level of agents calling agents. */
export interface FrameSpans {
  readonly path: readonly string[]
  agent: { readonly span: Span; readonly name: string; usage: Usage } | null
  turn: { readonly span: Span; readonly number: number } | null
  chat: ChatSpan | null
  /** Asked, and not yet requested as far as the events say. */
  readonly questions: ModelQuestion[]
  question: ModelQuestion | null
  /** Of the attempt before. */
  readonly failures: ModelFailure[]
  /** Where an earlier segment left it. */
  readonly known: { readonly agent: string; readonly turn: number } | null
}

/** A call that an earlier segment began. */
export interface KnownCall {
  readonly tool: string
  readonly agent: string
  readonly turn: number
}

export interface SegmentTrace {
  readonly pen: SpanPen
  readonly spec: LinkedSpec
  readonly settings: TracingSettings
  readonly runId: string
  readonly sessionId: string | null
  readonly frames: Map<string, FrameSpans>
  readonly tools: Map<string, ToolSpan>
  readonly knownFrames: ReadonlyMap<string, NonNullable<FrameSpans['known']>>
  readonly knownCalls: ReadonlyMap<string, KnownCall>
  /** Lists of tools that belong to what comes next. */
  listings: readonly { readonly path: readonly string[]; readonly listing: McpListing; readonly at: Date }[]
  /** The span of the segment; `null` before its first event. */
  segment: Span | null
  usage: Usage
  lastAt: Date
}

export function createSegmentTrace(
  given: Pick<SegmentTrace, 'pen' | 'spec' | 'settings'>,
  state: RunState,
): SegmentTrace {
  // The state goes on while the segment runs: what is needed of its beginning is taken now.
  const frames = [...state.frames.values()]
  return {
    ...given,
    runId: state.run_id,
    sessionId: state.session?.id ?? null,
    frames: new Map(),
    tools: new Map(),
    listings: [],
    knownFrames: new Map(frames.map(({ path, agent, turn }) => [frameKey(path), { agent, turn }])),
    knownCalls: new Map(
      frames.flatMap(({ path, calls }) =>
        calls.map((call) => [
          callKey(path, call.call_id),
          { tool: call.name, agent: call.agent, turn: call.turn },
        ]),
      ),
    ),
    segment: null,
    usage: NO_USAGE,
    lastAt: new Date(state.updated_at),
  }
}

/** Of a call in the frame at `path`: the key of the frame it opens, if it is an agent. */
export function callKey(path: readonly string[], callId: string): string {
  return frameKey([...path, callId])
}

export function countUsage(trace: SegmentTrace, frame: FrameSpans, usage: Usage): void {
  trace.usage = addUsage(trace.usage, usage)
  if (frame.agent !== null) frame.agent.usage = addUsage(frame.agent.usage, usage)
}

/** What was said, where it is wanted. */
export function contentOf(trace: SegmentTrace, values: () => SpanValues): SpanValues {
  return trace.settings.content ? values() : {}
}

export function messageIfWanted(trace: SegmentTrace, message: string): string | null {
  return trace.settings.content ? message : null
}
