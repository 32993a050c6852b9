/**
 * From the events of a segment to spans. A segment is an `invoke_workflow` span: the first one of a run is the root of its
 * trace, the others are its children. In it: an `invoke_agent` span for each stretch of one agent, `turn` spans, a `chat`
 * span for each attempt at a model, an `execute_tool` span for each call, with the nested run of an agent tool inside.
 */
import type { Attributes, Span, Tracer } from '@opentelemetry/api'
import type { ModelFailure } from '../failures.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { McpListing } from '../mcp/mcp-servers.ts'
import type { EventOf, JournalEvent } from '../state/events.ts'
import type { RunEvent } from '../state/stream-events.ts'
import type { RunState } from '../state/run-state.ts'
import {
  answerModel,
  endFrames,
  errorOf,
  frameAt,
  noteFirstPiece,
  requestModel,
  segmentSpan,
  startTurn,
  turnSpan,
} from './frame-spans.ts'
import type { Ending } from './frame-spans.ts'
import { answerMessages, inputMessages } from './genai-messages.ts'
import type { ModelQuestion, RunObserver } from './run-observer.ts'
import { contentOf, createSegmentTrace, messageIfWanted } from './segment-trace.ts'
import type { SegmentTrace } from './segment-trace.ts'
import { shownAnswer } from './shown-items.ts'
import { createSpanPen } from './span-pen.ts'
import type { SpanValues } from './span-pen.ts'
import { commonValues, segmentValues, usageValues, workflowName } from './span-values.ts'
import { endTool, pauseTool, startTool, traceGuardrail, traceHandoff, traceListings } from './tool-spans.ts'
import type { TracingSettings } from './tracing-settings.ts'

/** How a segment's span begins: which trace it belongs to is the business of whoever exports it. */
export interface SegmentStart {
  readonly runId: string
  /** The first segment of its run. */
  readonly first: boolean
  readonly name: string
  readonly at: Date
  readonly attributes: Attributes
}

/** Where spans come from. */
export interface TracerSource {
  readonly tracer: Tracer
  readonly startSegment: (start: SegmentStart) => Span
}

export interface SegmentSpansOptions extends TracerSource {
  readonly spec: LinkedSpec
  readonly settings: TracingSettings
  /** As the segment begins. */
  readonly state: RunState
  readonly now: () => Date
}

export function createSegmentSpans(options: SegmentSpansOptions): RunObserver {
  const { spec, settings, state } = options
  const pen = createSpanPen(options.tracer, spec.redactor)
  const trace = createSegmentTrace({ pen, spec, settings }, state)
  return {
    asks: (question: ModelQuestion) => {
      frameAt(trace, question.request.path).questions.push(question)
    },
    attemptFailed: (path: readonly string[], failure: ModelFailure) => {
      frameAt(trace, path).failures.push(failure)
    },
    listed: (path: readonly string[], listing: McpListing) => {
      trace.listings = [...trace.listings, { path, listing, at: options.now() }]
    },
    event: (event) => {
      trace.lastAt = new Date(event.at)
      if (event.type === 'run.started' || event.type === 'run.resumed') beginSegment(options, trace, event)
      else if (trace.segment !== null) {
        trackEvent(trace, event, trace.lastAt)
        if (event.type !== 'mcp.connected') traceListings(trace, trace.lastAt)
      }
    },
    end: (last, error) => endSegment(trace, last, error, options.now),
  }
}

function beginSegment(
  options: SegmentSpansOptions,
  trace: SegmentTrace,
  event: EventOf<'run.started'> | EventOf<'run.resumed'>,
): void {
  const first = event.type === 'run.started'
  const values: SpanValues = {
    ...segmentValues(trace),
    'agentspec.resumed': first ? null : event.reason,
    ...contentOf(trace, () => (first ? { 'gen_ai.input.messages': inputMessages(event.input) } : {})),
  }
  trace.segment = options.startSegment({
    runId: trace.runId,
    first,
    name: trace.spec.redactor.text(`invoke_workflow ${workflowName(trace)}`),
    at: new Date(event.at),
    attributes: trace.pen.clean(values),
  })
}

function trackEvent(trace: SegmentTrace, event: RunEvent, at: Date): void {
  switch (event.type) {
    case 'turn.started':
      return startTurn(trace, event, at)
    case 'model.requested':
      return requestModel(trace, event)
    case 'model.delta':
      return noteFirstPiece(trace, event.path ?? [], at)
    case 'model.responded':
      return answerModel(trace, event, at)
    case 'tool.started':
      return startTool(trace, event, at)
    case 'tool.completed':
      return endTool(trace, event, at)
    case 'handoff.occurred':
      return traceHandoff(trace, event, at)
    case 'guardrail.tripped':
      return traceGuardrail(trace, event, at)
    case 'approval.requested':
      pauseTool(trace, event, at)
      return trace.pen.note(
        turnSpan(trace, event.path ?? [], at, event),
        'agentspec.approval.requested',
        at,
        {
          'gen_ai.tool.name': event.tool,
          'gen_ai.tool.call.id': event.call_id,
          'agentspec.approval.request': event.seq,
        },
      )
    case 'approval.decided':
    case 'input.added':
    case 'cancel.requested':
      return noteFromOutside(trace, event, at)
    default:
  }
}

/** What people do while the segment runs. */
function noteFromOutside(
  trace: SegmentTrace,
  event: JournalEvent & { type: 'approval.decided' | 'input.added' | 'cancel.requested' },
  at: Date,
): void {
  const values: SpanValues =
    event.type === 'approval.decided'
      ? {
          'gen_ai.tool.call.id': event.call_id,
          'agentspec.approval.request': event.request,
          'agentspec.approval.decision': event.decision,
        }
      : {}
  trace.pen.note(segmentSpan(trace), `agentspec.${event.type}`, at, { ...commonValues(trace), ...values })
}

/** Whatever is open ends with the segment, the innermost first. */
function endSegment(trace: SegmentTrace, state: RunState, thrown: unknown, now: () => Date): void {
  const { segment, pen, spec } = trace
  if (segment === null) return
  const interrupted = state.phase === 'active'
  const at = interrupted ? now() : trace.lastAt
  const failed = state.phase === 'failed' && state.error !== null
  const error: Ending['error'] =
    failed && state.error !== null
      ? { type: state.error.code, message: state.error.message }
      : errorOf(thrown)
  const status = interrupted ? 'interrupted' : state.phase
  endFrames(trace, [], { at, error })
  pen.set(segment, {
    'agentspec.run.status': status,
    ...usageValues(trace.usage),
    ...contentOf(trace, () =>
      state.phase === 'completed'
        ? { 'gen_ai.output.messages': answerMessages(shownAnswer(spec.program, state.final_output)) }
        : {},
    ),
  })
  if (error !== null) pen.fail(segment, error.type, messageIfWanted(trace, error.message))
  segment.end(at)
}
