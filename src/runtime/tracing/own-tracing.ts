/** Tracing for the command line, which has no TracerProvider but ours. */
import type { TracingPorts } from './application-tracing.ts'
import { guardedObserver } from './guarded-observer.ts'
import type { RunTracing } from './run-observer.ts'
import type { OwnProvider, ProviderPorts } from './sdk/tracer-provider.ts'
import { createDestinations } from './trace-destinations.ts'
import type { DestinationOptions, Destinations } from './trace-destinations.ts'
import { tracingSettings } from './tracing-settings.ts'

export interface OwnTracingOptions extends TracingPorts, DestinationOptions {
  /** Every delivery that failed is told, not only the first. */
  readonly verbose: boolean
}

/** How long the end of a command waits for spans to be delivered. */
const FLUSH_MS = 3000

/** Nothing of the OpenTelemetry SDK is loaded before a run that is traced. */
export function ownTracing(options: OwnTracingOptions): RunTracing {
  const providers = new Map<string, Promise<OwnProvider>>()
  const destinationsOf = createDestinations(options)
  const report = createReport(options)
  return {
    async observe(spec, state, baseDir) {
      const { redactor } = spec
      const settings = tracingSettings(spec.program.tracing, options.environment)
      const destinations = destinationsOf({ settings, redactor, baseDir })
      if (!destinations.otlp && destinations.files.length === 0) return null
      const key = JSON.stringify([destinations.otlp, destinations.files.map(({ path }) => path)])
      const provider =
        providers.get(key) ?? loadProvider(destinations, { environment: options.environment, report })
      providers.set(key, provider)
      const { createSegmentSpans } = await import('./segment-spans.ts')
      const { tracer, startSegment } = await provider
      const spans = createSegmentSpans({ tracer, startSegment, spec, settings, state, now: options.now })
      return guardedObserver(spans, options.warn)
    },
    async close() {
      const shutdowns = [...providers.values()].map(async (provider) => (await provider).shutdown())
      if (await isLate(Promise.allSettled(shutdowns))) report(`no answer within ${FLUSH_MS} ms`)
    },
  }
}

async function loadProvider(destinations: Destinations, ports: ProviderPorts): Promise<OwnProvider> {
  const { createProvider } = await import('./sdk/tracer-provider.ts')
  return createProvider(destinations, ports)
}

function createReport({ warn, verbose }: OwnTracingOptions): ProviderPorts['report'] {
  let told = false
  return (why) => {
    if (told && !verbose) return
    told = true
    warn(`traces could not be delivered: ${why}`)
  }
}

async function isLate(work: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(true), FLUSH_MS)
  try {
    return await Promise.race([late, work.then(() => false)])
  } finally {
    clearTimeout(timer)
  }
}
