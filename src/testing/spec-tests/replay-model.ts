/** A model that answers from a cassette, as long as it is asked what was recorded. */
import type { RetryCause } from '../../compiler/program-models.ts'
import { ModelFailure } from '../../runtime/failures.ts'
import type { Model, ModelRequest } from '../../runtime/models/model.ts'
import { responseEvents } from '../../runtime/models/scripted/response-events.ts'
import type { Path } from '../../spec/path.ts'
import { canonicalJson } from '../../util/canonical-json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { recordedRequest } from './cassette.ts'
import type { Cassette, Exchange } from './cassette.ts'

/** The first thing that is not as it was recorded. */
export interface Divergence {
  readonly message: string
  /** The request as it is now. */
  readonly request: JsonObject
  /** Where in the request it differs. */
  readonly path: Path
  readonly expected?: Json
  readonly actual?: Json
}

export interface ReplayedModel extends Model {
  readonly divergence: () => Divergence | undefined
  /** Exchanges that nobody asked for. */
  readonly left: () => number
}

const CAUSES: readonly RetryCause[] = ['rate_limit', 'server_error', 'timeout', 'network']

/** Nested runs go on side by side: an agent in its turn gets the exchanges of that agent and turn, in their order. */
export function replayModel({ exchanges }: Cassette): ReplayedModel {
  const left = [...exchanges]
  let first: Divergence | undefined
  const take = (request: ModelRequest): Exchange => {
    const asked = recordedRequest(request)
    const index = left.findIndex((one) => isSamePlace(one.request, asked))
    const [exchange] = left.splice(index < 0 ? 0 : index, 1)
    const found = divergenceOf(exchange?.request, asked)
    if (exchange !== undefined && found === undefined) return exchange
    first ??= found
    throw new ModelFailure(`The request is not what was recorded: ${found?.message ?? 'there is none'}`)
  }
  return {
    name: 'replayed',
    divergence: () => first,
    left: () => left.length,
    async *respond(request, options) {
      options.signal.throwIfAborted()
      const { response, error } = take(request)
      if (response === undefined) throw recordedFailure(error)
      if (options.stream) yield* responseEvents(response)
      yield { type: 'response', response }
    },
  }
}

function isSamePlace(one: JsonObject, other: JsonObject): boolean {
  return ['agent', 'turn', 'path'].every(
    (key) => canonicalJson(one[key] ?? null) === canonicalJson(other[key] ?? null),
  )
}

function recordedFailure(error: Exchange['error']): ModelFailure {
  const retryable = CAUSES.find((one) => one === error?.retryable) ?? null
  return new ModelFailure(error?.message ?? 'The recorded attempt failed', {
    retryable,
    ...(error === undefined ? {} : { code: error.code }),
  })
}

function divergenceOf(recorded: JsonObject | undefined, request: JsonObject): Divergence | undefined {
  if (recorded === undefined)
    return { message: 'the model is asked once more than was recorded', request, path: [] }
  const path = firstDifference(recorded, request)
  if (path === undefined) return undefined
  const [expected, actual] = [at(recorded, path), at(request, path)]
  return {
    message: `${path.join('.')} is not as recorded`,
    request,
    path,
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
  }
}

function at(value: Json, path: Path): Json | undefined {
  let current: Json | undefined = value
  for (const part of path) {
    if (isJsonArray(current)) current = current[Number(part)]
    else current = isJsonObject(current) && Object.hasOwn(current, part) ? current[part] : undefined
  }
  return current
}

/** Instructions and tools before the history: what the author changed comes before what follows from it. */
function firstDifference(a: Json | undefined, b: Json | undefined): Path | undefined {
  if (isJsonArray(a) && isJsonArray(b)) {
    const length = Math.max(a.length, b.length)
    for (let index = 0; index < length; index++) {
      const inside = firstDifference(a[index], b[index])
      if (inside !== undefined) return [index, ...inside]
    }
    return undefined
  }
  if (isJsonObject(a) && isJsonObject(b)) {
    for (const key of new Set([
      ...KEYS.filter((one) => one in a || one in b),
      ...Object.keys(a),
      ...Object.keys(b),
    ])) {
      const inside = firstDifference(a[key], b[key])
      if (inside !== undefined) return [key, ...inside]
    }
    return undefined
  }
  return a === b ? undefined : []
}

const KEYS = ['agent', 'instructions', 'functions', 'output', 'settings', 'items']
