/** Models: defaults filled in, durations in milliseconds. */
import type { ModelDefinitionSpec, ModelSpec, ScriptStepSpec } from '../../spec/spec-types.generated.ts'
import { compact, mapValues } from '../../util/compact.ts'
import { MODEL_DEFAULTS } from '../model-defaults.ts'
import type { ModelDefinition, RetryDefinition, ScriptStep } from '../program-models.ts'
import { optionalMilliseconds, withoutExtensions } from './common.ts'

/** The model of a spec that names none. */
export const defaultModel = 'openai/gpt-5.6-luna'

/**
 * `provider/model` → its parts. The name of an npm package with a scope has a `/` of its own; a `/` inside `${…}` is
 * none: a text that is only known when it is interpolated is the provider, to be split then.
 */
export function splitModelId(id: string): { readonly provider: string; readonly model?: string } {
  const visible = id.replaceAll(/\$\{[^}]*\}/g, (variable) => '$'.repeat(variable.length))
  const slash = visible.indexOf('/', id.startsWith('@') ? visible.indexOf('/') + 1 : 0)
  return slash < 0 ? { provider: id } : { provider: id.slice(0, slash), model: id.slice(slash + 1) }
}

/** A model as the runtime uses it; a `provider/model` text gets every default. */
export function lowerModel(spec: ModelSpec): ModelDefinition {
  const definition: ModelDefinitionSpec = typeof spec === 'string' ? splitModelId(spec) : spec
  return compact({
    provider: definition.provider,
    model: definition.model,
    api: definition.api ?? MODEL_DEFAULTS.api,
    base_url: definition.base_url,
    api_key: definition.api_key,
    organization: definition.organization,
    project: definition.project,
    headers: definition.headers ?? MODEL_DEFAULTS.headers,
    timeout: optionalMilliseconds(definition.timeout) ?? MODEL_DEFAULTS.timeout,
    idle_timeout: optionalMilliseconds(definition.idle_timeout) ?? MODEL_DEFAULTS.idle_timeout,
    max_output_bytes: definition.max_output_bytes ?? MODEL_DEFAULTS.max_output_bytes,
    settings: withoutExtensions(definition.settings ?? MODEL_DEFAULTS.settings),
    retry: lowerRetry(definition),
    fallback: definition.fallback ?? MODEL_DEFAULTS.fallback,
    script: definition.script === undefined ? undefined : lowerScript(definition.script),
  })
}

function lowerRetry({ retry = {} }: ModelDefinitionSpec): RetryDefinition {
  const { backoff = {} } = retry
  const defaults = MODEL_DEFAULTS.retry
  return {
    max_attempts: retry.max_attempts ?? defaults.max_attempts,
    on: retry.on ?? defaults.on,
    backoff: {
      initial: optionalMilliseconds(backoff.initial) ?? defaults.backoff.initial,
      max: optionalMilliseconds(backoff.max) ?? defaults.backoff.max,
      multiplier: backoff.multiplier ?? defaults.backoff.multiplier,
      jitter: backoff.jitter ?? defaults.backoff.jitter,
    },
  }
}

function lowerScript(
  script: NonNullable<ModelDefinitionSpec['script']>,
): NonNullable<ModelDefinition['script']> {
  return Array.isArray(script) ? script.map(lowerStep) : mapValues(script, (steps) => steps.map(lowerStep))
}

function lowerStep(step: ScriptStepSpec): ScriptStep {
  return compact({
    text: step.text,
    output: step.output,
    tool_calls: step.tool_calls?.map(({ name, arguments: args, call_id }) =>
      compact({ name, arguments: args, call_id }),
    ),
    handoff: step.handoff,
    input: step.input,
    items: step.items,
    error:
      step.error &&
      compact({
        status: step.error.status,
        message: step.error.message,
        retry_after: optionalMilliseconds(step.error.retry_after),
      }),
    usage: step.usage && withoutExtensions(step.usage),
    delay: optionalMilliseconds(step.delay),
    expect: step.expect,
  })
}
