/** The ids of a run's trace, which every process finds again: a resumed run continues its trace. */
import { createHash } from 'node:crypto'

export interface TraceIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** Of the span of the first segment, the root of the trace: 16 hexadecimal digits. */
  readonly rootSpanId: string
}

/** From the id of a run alone, so that nothing has to be kept for it. */
export function traceIdsOf(runId: string): TraceIds {
  const digest = createHash('sha256').update(`agentspec trace ${runId}`, 'utf8').digest('hex')
  return { traceId: digest.slice(0, 32), rootSpanId: digest.slice(32, 48) }
}

/** A W3C `traceparent`: the span that was active where this process was started. */
export function parseTraceparent(
  text: string | undefined,
): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number } | null {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text?.trim() ?? '')
  const [, traceId = '', spanId = '', flags = ''] = match ?? []
  if (match === null || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return null
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) }
}
