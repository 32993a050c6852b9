/** Tracing inside an application: spans go where the application sends its own, through the OpenTelemetry API. */
import { guardedObserver } from './guarded-observer.ts'
import type { RunTracing } from './run-observer.ts'
import { tracingSettings } from './tracing-settings.ts'
import type { Variables } from './tracing-settings.ts'

export interface TracingPorts {
  readonly environment: Variables
  readonly warn: (message: string) => void
  readonly now: () => Date
}

/** Nothing is loaded until the application has registered a TracerProvider. It is flushed by whoever registered it. */
export function applicationTracing(ports: TracingPorts): RunTracing {
  return {
    async observe(spec, state) {
      const settings = tracingSettings(spec.program.tracing, ports.environment)
      if (!settings.enabled || settings.exporter === 'none' || !hasProvider()) return null
      const { applicationTracer } = await import('./application-tracer.ts')
      const { createSegmentSpans } = await import('./segment-spans.ts')
      const options = { ...applicationTracer(), spec, settings, state, now: ports.now }
      return guardedObserver(createSegmentSpans(options), ports.warn)
    },
    close: () => Promise.resolve(),
  }
}

/** Every copy of the API's major version 1 keeps what is registered under this symbol; asking it loads nothing. */
function hasProvider(): boolean {
  const registered: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'))
  return typeof registered === 'object' && registered !== null && 'trace' in registered
}
