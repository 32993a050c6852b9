/** The tracer of the application's own TracerProvider. */
import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import type { TracerSource } from './segment-spans.ts'
import { traceIdsOf } from './trace-ids.ts'

/**
 * A segment becomes a child of the span that is active where the run was started; without one, all segments of a run share
 * the trace that its id stands for, in every process.
 */
export function applicationTracer(): TracerSource {
  const tracer = trace.getTracer('agentspec')
  const active = context.active()
  const hasParent = trace.getSpan(active) !== undefined
  return {
    tracer,
    startSegment: ({ runId, name, at, attributes }) =>
      tracer.startSpan(name, { startTime: at, attributes }, hasParent ? active : traceOf(runId)),
  }
}

/** The context of the trace that a run's id stands for. */
export function traceOf(runId: string): Context {
  const { traceId, rootSpanId } = traceIdsOf(runId)
  const parent = { traceId, spanId: rootSpanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }
  return trace.setSpanContext(ROOT_CONTEXT, parent)
}
