/** Appends spans to a trace file, a request of the OTLP (JSON) a line. */
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import type { TraceFile } from '../trace-file.ts'

export function createFileExporter(file: TraceFile): SpanExporter {
  return {
    export(spans, done) {
      try {
        const line = JsonTraceSerializer.serializeRequest(spans)
        if (line !== undefined) file.append(line)
        done({ code: 0 })
      } catch (error) {
        done({ code: 1, error: error instanceof Error ? error : new Error(String(error)) })
      }
    },
    forceFlush: () => Promise.resolve(),
    shutdown() {
      file.close()
      return Promise.resolve()
    },
  }
}
