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
