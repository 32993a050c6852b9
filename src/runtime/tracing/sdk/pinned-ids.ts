/** Ids of spans: random ones, but for the root of a run's trace, which every process must find again. */
import { RandomIdGenerator } from '@opentelemetry/sdk-trace'
import type { IdGenerator } from '@opentelemetry/sdk-trace'
import type { TraceIds } from '../trace-ids.ts'

export interface PinnedIds extends IdGenerator {
  /** The one span that `start` starts has these ids. */
  pin<T>(ids: TraceIds, start: () => T): T
}

export function createPinnedIds(): PinnedIds {
  const random = new RandomIdGenerator()
  let pinned: TraceIds | null = null
  return {
    generateTraceId: () => pinned?.traceId ?? random.generateTraceId(),
    generateSpanId: () => pinned?.rootSpanId ?? random.generateSpanId(),
    pin(ids, start) {
      pinned = ids
      try {
        return start()
      } finally {
        pinned = null
      }
    },
  }
}
