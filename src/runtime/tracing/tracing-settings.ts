/** `tracing` of a spec, and what the user says about it. */
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'

export interface TracingSettings {
  readonly enabled: boolean
  /** Whether spans hold what was said: instructions, inputs, arguments, outputs, messages of errors. */
  readonly content: boolean
  readonly workflowName: string | null
  readonly groupId: string | null
  readonly metadata: JsonObject
  readonly exporter: 'otlp' | 'none' | { readonly file: string } | null
}

export type Variables = Readonly<Record<string, string | undefined>>

/** The settings of a linked spec. `AGENTSPEC_TRACE_CONTENT` (1 or 0) outranks the spec. */
export function tracingSettings(tracing: JsonObject, environment: Variables): TracingSettings {
  const { enabled, include_sensitive_data: content, workflow_name: name, group_id: group, metadata } = tracing
  return {
    enabled: enabled !== false,
    content: contentSwitch(environment['AGENTSPEC_TRACE_CONTENT']) ?? content === true,
    workflowName: typeof name === 'string' ? name : null,
    groupId: typeof group === 'string' ? group : null,
    metadata: isJsonObject(metadata) ? metadata : {},
    exporter: exporterOf(tracing['exporter']),
  }
}

/** Anything but a clear yes is a no: in doubt, nothing private leaves. */
function contentSwitch(value: string | undefined): boolean | null {
  if (value === undefined || value === '') return null
  return /^(1|true|yes|on)$/i.test(value)
}

function exporterOf(value: Json | undefined): TracingSettings['exporter'] {
  if (value === 'otlp' || value === 'none') return value
  if (isJsonObject(value) && typeof value['file'] === 'string') return { file: value['file'] }
  return null
}
