/** The spans of calls, handoffs and guardrails. */
import type { Span } from '@opentelemetry/api'
import type { EventOf } from '../state/events.ts'
import { endFrames, turnSpan } from './frame-spans.ts'
import { answerMessages, contentText } from './genai-messages.ts'
import { callKey, contentOf, messageIfWanted } from './segment-trace.ts'
import type { SegmentTrace } from './segment-trace.ts'
import { shownInput, shownOutput } from './shown-items.ts'
import { commonValues, toolValues } from './span-values.ts'

export function startTool(trace: SegmentTrace, event: EventOf<'tool.started'>, at: Date): void {
  const path = event.path ?? []
  trace.tools.set(callKey(path, event.call_id), { span: openTool(trace, event, at), path })
}

function openTool(
  trace: SegmentTrace,
  event: EventOf<'tool.started'> | EventOf<'tool.completed'>,
  at: Date,
): Span {
  return trace.pen.start({
    name: `execute_tool ${event.tool}`,
    at,
    parent: turnSpan(trace, event.path ?? [], at, event),
    values: {
      ...toolValues(trace, event),
      // The seq of the decision of a person that allowed it.
      'agentspec.approval.decision_seq': event.decision,
      ...contentOf(trace, () => ({ 'gen_ai.tool.call.arguments': contentText(event.arguments) })),
    },
  })
}

/** A call whose body never ran has a span without a duration, which says why. */
export function endTool(trace: SegmentTrace, event: EventOf<'tool.completed'>, at: Date): void {
  const path = event.path ?? []
  const key = callKey(path, event.call_id)
  const span = trace.tools.get(key)?.span ?? openTool(trace, event, at)
  trace.tools.delete(key)
  const output = (): string => contentText(shownOutput(trace.spec.program, event.output))
  const error = event.is_error ? { type: event.reason ?? 'tool_error', message: output() } : null
  const isAgent = event.kind === 'agent'
  if (isAgent) {
    const answer = contentOf(trace, () => ({ 'gen_ai.output.messages': answerMessages(output()) }))
    endFrames(trace, [...path, event.call_id], { at, error, ...(error === null ? { values: answer } : {}) })
  }
  trace.pen.set(span, {
    'agentspec.tool.reason': event.reason,
    ...contentOf(trace, () => ({ 'gen_ai.tool.call.result': output() })),
  })
  if (error !== null) trace.pen.fail(span, error.type, messageIfWanted(trace, error.message))
  span.end(at)
}

/** A question of its server ends the span of a call: the answer begins another. */
export function pauseTool(trace: SegmentTrace, event: EventOf<'approval.requested'>, at: Date): void {
  const key = callKey(event.path ?? [], event.call_id)
  const open = event.kind === 'elicitation' ? trace.tools.get(key) : undefined
  if (open === undefined) return
  trace.tools.delete(key)
  trace.pen.set(open.span, { 'agentspec.tool.reason': 'elicitation' })
  open.span.end(at)
}

/** The lists of tools that were asked for, in the turn they were for. They ended when they were told of, by `at` at the latest. */
export function traceListings(trace: SegmentTrace, at: Date): void {
  const listings = trace.listings
  trace.listings = []
  for (const { path, listing, at: toldAt } of listings) {
    const { server, tools, duration_ms: duration } = listing
    const ended = new Date(Math.min(at.getTime(), toldAt.getTime()))
    const span = trace.pen.start({
      name: `list_tools ${server}`,
      at: new Date(ended.getTime() - duration),
      parent: turnSpan(trace, path, at),
      values: {
        ...commonValues(trace),
        'mcp.method.name': 'tools/list',
        'agentspec.mcp.server': server,
        'agentspec.mcp.tools': tools,
      },
    })
    if (tools === null) trace.pen.fail(span, 'mcp_connection_failed', null)
    span.end(ended)
  }
}

export function traceHandoff(trace: SegmentTrace, event: EventOf<'handoff.occurred'>, at: Date): void {
  const span = trace.pen.start({
    name: `handoff ${event.to}`,
    at,
    parent: turnSpan(trace, event.path ?? [], at),
    values: {
      ...commonValues(trace),
      'gen_ai.tool.call.id': event.call_id,
      'agentspec.handoff.from': event.from,
      'agentspec.handoff.to': event.to,
      ...contentOf(trace, () => ({
        'gen_ai.tool.call.arguments':
          event.input === undefined
            ? null
            : contentText(shownInput(trace.spec.program, event.from, event.to, event.input)),
      })),
    },
  })
  span.end(at)
}

/** Belongs to the call it is about, or to the turn. */
export function traceGuardrail(trace: SegmentTrace, event: EventOf<'guardrail.tripped'>, at: Date): void {
  const path = event.path ?? []
  const call = event.call_id === undefined ? undefined : trace.tools.get(callKey(path, event.call_id))
  const span = trace.pen.start({
    name: `guardrail ${event.guardrail}`,
    at,
    parent: call?.span ?? turnSpan(trace, path, at, event),
    values: {
      ...commonValues(trace),
      'gen_ai.agent.name': event.agent,
      'gen_ai.tool.name': event.tool,
      'gen_ai.tool.call.id': event.call_id,
      'agentspec.guardrail.name': event.guardrail,
      'agentspec.guardrail.where': event.where,
      'agentspec.guardrail.tripped': true,
      ...contentOf(trace, () => ({
        'agentspec.guardrail.message': event.message,
        'agentspec.guardrail.info': event.info === undefined ? null : contentText(event.info),
      })),
    },
  })
  span.end(at)
}
