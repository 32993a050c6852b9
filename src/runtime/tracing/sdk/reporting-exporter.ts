/** Says when spans cannot be delivered; whatever happens, it is no failure of the run. */
import type { SpanExporter } from '@opentelemetry/sdk-trace'

/** `report` is told of every failed delivery, for a person. */
export function reportFailures(exporter: SpanExporter, report: (why: string) => void): SpanExporter {
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        const { code }: { readonly code: number } = result
        if (code !== 0) report(reasonOf(result.error))
        done(result)
      })
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  }
}

/** Several addresses of one name fail together, without a message of their own. */
function reasonOf(error: Error | undefined): string {
  if (error === undefined) return 'no reason given'
  if (error.message !== '') return error.message
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
