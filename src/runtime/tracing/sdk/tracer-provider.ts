/** A TracerProvider of our own, for those who have none: the command line. Loaded with the first run that is traced. */
import { SpanKind } from '@opentelemetry/api'
import type { Link } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import { traceOf } from '../application-tracer.ts'
import type { TracerSource } from '../segment-spans.ts'
import type { Destinations } from '../trace-destinations.ts'
import { parseTraceparent, traceIdsOf } from '../trace-ids.ts'
import type { Variables } from '../tracing-settings.ts'
import { createFileExporter } from './file-exporter.ts'
import { createPinnedIds } from './pinned-ids.ts'
import { reportFailures } from './reporting-exporter.ts'

export interface ProviderPorts {
  readonly environment: Variables
  /** Told of every batch that could not be delivered. */
  readonly report: (why: string) => void
}

export interface OwnProvider extends TracerSource {
  /** Delivers what is left. */
  shutdown(): Promise<void>
}

/** Without a limit of the user's: short, because a command waits for it at its end. */
const EXPORT_TIMEOUT_MS = 2500

export function createProvider({ otlp, files }: Destinations, ports: ProviderPorts): OwnProvider {
  const exporters = files.map(createFileExporter)
  if (otlp) exporters.push(createOtlpExporter(ports.environment))
  const ids = createPinnedIds()
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'agentspec' }).merge(
      detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }),
    ),
    idGenerator: ids,
    spanProcessors: exporters.map(
      (exporter) => new BatchSpanProcessor({ exporter: reportFailures(exporter, ports.report) }),
    ),
  })
  const tracer = provider.getTracer('agentspec')
  const links = linksTo(ports.environment['TRACEPARENT'])
  return {
    tracer,
    startSegment({ runId, first, name, at, attributes }) {
      const options = { kind: SpanKind.INTERNAL, startTime: at, attributes, links }
      if (!first) return tracer.startSpan(name, options, traceOf(runId))
      return ids.pin(traceIdsOf(runId), () => tracer.startSpan(name, { ...options, root: true }))
    },
    shutdown: () => provider.shutdown(),
  }
}

function createOtlpExporter(environment: Variables): SpanExporter {
  const given = environment['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'] ?? environment['OTEL_EXPORTER_OTLP_TIMEOUT']
  return new OTLPTraceExporter(given === undefined ? { timeoutMillis: EXPORT_TIMEOUT_MS } : {})
}

/** A run has a trace of its own; what started this process is linked. */
function linksTo(traceparent: string | undefined): Link[] {
  const starter = parseTraceparent(traceparent)
  return starter === null ? [] : [{ context: { ...starter, isRemote: true } }]
}
