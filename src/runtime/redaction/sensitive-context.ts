/**
 * The sensitive values of a run's context (`x-sensitive` in `context.schema`): known to the process that drives the run, and
 * written nowhere. The journal has markers in their place.
 */
import { hideSensitive, mentionsSensitive, revealSensitive } from '../../compiler/json-schema/sensitive.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { UsageFailure } from '../failures.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import { createRedactor, inTurn } from './redactor.ts'
import type { Redactor } from './redactor.ts'
import type { Secret } from './secrets.ts'

/** How markers in a context begin. */
export const CONTEXT = 'context'

/** The values of the runs of one runtime, in memory alone. */
export interface SensitiveValues {
  /** The spec as this run sees it: code gets the values, and whatever else surfaces is without them. */
  specOf(spec: LinkedSpec, runId: string): LinkedSpec
  /** Lets go of the values of a run that has ended. */
  forget(runId: string): void
}

/** Of more runs the values are let go of, the oldest first: such a run asks for them when it is resumed. */
const MOST_RUNS = 10_000

export function createSensitiveValues(): SensitiveValues {
  const runs = new Map<string, Map<string, Json>>()
  return {
    specOf(spec, runId) {
      const known = runs.get(runId)
      const { schema } = spec.program.context
      if (known === undefined && (schema === undefined || !mentionsSensitive(schema))) return spec
      const values = known ?? new Map<string, Json>()
      runs.delete(runId)
      runs.set(runId, values)
      const [oldest] = runs.keys()
      if (runs.size > MOST_RUNS && oldest !== undefined) runs.delete(oldest)
      return withValues(spec, values)
    },
    forget: (runId) => void runs.delete(runId),
  }
}

function withValues(spec: LinkedSpec, values: Map<string, Json>): LinkedSpec {
  const { schema } = spec.program.context
  let redactor = spec.redactor
  const learn = (): void => {
    redactor = inTurn(createRedactor(secretsOf(values)), spec.redactor)
  }
  learn()
  return {
    ...spec,
    // Values may come while a run goes on: whoever has the redactor has them, too.
    redactor: {
      text: (text) => redactor.text(text),
      json: (value) => redactor.json(value),
      stream: () => redactor.stream(),
    } satisfies Redactor,
    reveal: (context) => {
      if (values.size === 0) return context
      return objectOf(revealSensitive(context, CONTEXT, (pointer) => values.get(pointer)).value, context)
    },
    hide: (context) => {
      const { value, taken } = hideSensitive(schema, context, CONTEXT)
      for (const [pointer, one] of taken) values.set(pointer, one)
      if (taken.size > 0) learn()
      return objectOf(value, {})
    },
  }
}

/** A context whose whole is sensitive has no keys that could be shown. */
function objectOf(value: Json, otherwise: JsonObject): JsonObject {
  return isJsonObject(value) ? value : otherwise
}

/** Shorter texts would be found everywhere by chance. */
const SHORTEST = 8

function secretsOf(values: ReadonlyMap<string, Json>): readonly Secret[] {
  return [...values].flatMap(([pointer, value]) =>
    textsOf(value).map((text) => ({ name: `${CONTEXT}${pointer.replaceAll('/', '.')}`, value: text })),
  )
}

function textsOf(value: Json): readonly string[] {
  if (isJsonArray(value)) return value.flatMap(textsOf)
  if (isJsonObject(value)) return Object.values(value).flatMap(textsOf)
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return text.length < SHORTEST ? [] : [text]
}

/** The names of sensitive values of a context that nobody here knows. */
function missingValues(spec: LinkedSpec, context: JsonObject): readonly string[] {
  return revealSensitive(spec.reveal(context), CONTEXT, () => undefined).missing
}

/** @throws UsageFailure `sensitive_context_missing`. */
export function checkNothingMissing(spec: LinkedSpec, context: JsonObject, runId: string | null): void {
  const missing = missingValues(spec, context)
  if (missing.length === 0) return
  const names = missing.join(', ')
  const is = missing.length === 1 ? 'is' : 'are'
  if (runId === null) {
    throw new UsageFailure(
      'sensitive_context_missing',
      `${names} ${is} given as a marker, not as a value`,
      'Give the value itself',
    )
  }
  const text = JSON.stringify(context)
  const whole = text.length > LONGEST_SHOWN ? '' : `: --context '${text}'`
  throw new UsageFailure(
    'sensitive_context_missing',
    `${names} of run ${runId} ${is} not known here: what the spec marks ${MARK} is written nowhere`,
    `Give the context again (agentspec show ${runId} --json has the rest of it), with the real value in place of each marker${whole}`,
  )
}

const MARK = '"x-sensitive"'
const LONGEST_SHOWN = 400
