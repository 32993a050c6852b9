/** Where the spans of a run go: by a flag, the standard `OTEL_*` variables, and what its spec says. */
import { UsageFailure } from '../failures.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { openSpecTraceFile, openTraceFile } from './trace-file.ts'
import type { OpenedTraceFile, TraceFile } from './trace-file.ts'
import type { TracingSettings, Variables } from './tracing-settings.ts'

export interface Destinations {
  /** To the server that the `OTEL_EXPORTER_OTLP_*` variables name. */
  readonly otlp: boolean
  readonly files: readonly TraceFile[]
}

export interface DestinationOptions {
  readonly environment: Variables
  /** The file a user orders: absolute. What a spec says does not change it. */
  readonly file: string | undefined
  /** Told once of each file that spans go to. */
  readonly onFile: (path: string) => void
  readonly warn: (message: string) => void
}

export interface TracedSpec {
  readonly settings: TracingSettings
  readonly redactor: Redactor
  /** The spec's folder; empty when it is not known. */
  readonly baseDir: string
}

/**
 * Gives the destinations of a spec's runs; a file is opened once.
 *
 * @throws UsageFailure `trace_file` of the function it gives: the user's file cannot be written.
 */
export function createDestinations(options: DestinationOptions): (spec: TracedSpec) => Destinations {
  const files = new Map<string, TraceFile | null>()
  const fileAt = (key: string, open: () => TraceFile | null): TraceFile | null => {
    const file = files.has(key) ? (files.get(key) ?? null) : open()
    files.set(key, file)
    return file
  }
  const ordered = (path: string): TraceFile | null =>
    fileAt(path, () => {
      const opened = openTraceFile(path)
      if (!opened.ok) {
        throw new UsageFailure('trace_file', opened.problem, 'Name a new file, or one that holds traces')
      }
      options.onFile(path)
      return opened.file
    })
  const named = (written: string, { baseDir, redactor }: TracedSpec): TraceFile | null =>
    fileAt(JSON.stringify([baseDir, written]), () => {
      const opened: OpenedTraceFile = openSpecTraceFile(baseDir, written)
      if (opened.ok) options.onFile(redactor.text(opened.file.path))
      // A spec's file that is refused costs the trace, not the run.
      else options.warn(redactor.text(opened.problem))
      return opened.ok ? opened.file : null
    })
  return (spec) => {
    const { exporter } = spec.settings
    const isOn = spec.settings.enabled && !isDisabled(options.environment)
    const file = typeof exporter === 'object' && exporter !== null ? exporter.file : null
    const opened = [
      options.file === undefined ? null : ordered(options.file),
      file === null || !isOn ? null : named(file, spec),
    ]
    return {
      otlp: isOn && wantsOtlp(exporter, options),
      files: opened.filter((one) => one !== null),
    }
  }
}

function isDisabled(environment: Variables): boolean {
  return environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true'
}

/** The environment says where spans go, a spec that says `none` keeps its runs to itself. */
function wantsOtlp(
  exporter: TracingSettings['exporter'],
  { environment, warn }: DestinationOptions,
): boolean {
  if (exporter === 'none' || environment['OTEL_TRACES_EXPORTER'] === 'none') return false
  const endpoint = variableOf(environment, 'ENDPOINT')
  if (exporter !== 'otlp' && endpoint === null) return false
  const protocol = variableOf(environment, 'PROTOCOL')
  if (protocol?.value === 'grpc') {
    warn(`the run is not traced: ${protocol.name} is "grpc", and only http/json is supported`)
    return false
  }
  // The exporter itself would send to this machine then.
  if (endpoint !== null && !/^https?:/.test(URL.parse(endpoint.value)?.protocol ?? '')) {
    warn(`the run is not traced: ${endpoint.name} is no http address`)
    return false
  }
  return true
}

/** The variable for traces wins over the one for everything; an empty one is as good as none. */
function variableOf(
  environment: Variables,
  what: 'ENDPOINT' | 'PROTOCOL',
): { readonly name: string; readonly value: string } | null {
  for (const name of [`OTEL_EXPORTER_OTLP_TRACES_${what}`, `OTEL_EXPORTER_OTLP_${what}`]) {
    const value = environment[name]?.trim() ?? ''
    if (value !== '') return { name, value }
  }
  return null
}
