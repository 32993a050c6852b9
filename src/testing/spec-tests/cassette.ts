/** A cassette: what a provider was asked and answered in a test, kept beside the test file. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ModelFailure } from '../../runtime/failures.ts'
import type { ModelRequest, ModelResponse } from '../../runtime/models/model.ts'
import { requestView } from '../../runtime/models/scripted/expectation.ts'
import { isJsonArray, isJsonObject, parseJson } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'

/** One request, and what came of it: exactly one of `response` and `error`. */
export interface Exchange {
  readonly request: JsonObject
  readonly response?: ModelResponse
  readonly error?: { readonly message: string; readonly code: string; readonly retryable: string | null }
}

export interface Cassette {
  /** ISO 8601: the time that the run is told it is. */
  readonly recorded_at: string
  /** In the order in which they ended. */
  readonly exchanges: readonly Exchange[]
}

/** @throws ModelFailure when there is none, or it is not a cassette. */
export async function readCassette(path: string): Promise<Cassette> {
  let value: unknown
  try {
    value = parseJson(await readFile(path, 'utf8'))
  } catch (error) {
    throw new ModelFailure(`The cassette cannot be read: ${messageOf(error)}. Record it with --record`)
  }
  if (isCassette(value)) return value
  throw new ModelFailure(`${path} is not a cassette. Record it anew with --record`)
}

export async function writeCassette(path: string, { recorded_at, exchanges }: Cassette): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${JSON.stringify({ cassette: 1, recorded_at, exchanges }, null, 2)}\n`)
}

/** A request as a cassette keeps it: what the model sees, without what is different every time. */
export function recordedRequest(request: ModelRequest): JsonObject {
  const value: Json = parseJson(JSON.stringify(requestView(request)))
  return isJsonObject(value) ? value : {}
}

function isCassette(value: unknown): value is Cassette {
  if (!isJsonObject(value) || value['cassette'] !== 1) return false
  const { recorded_at: at, exchanges } = value
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at)) || !isJsonArray(exchanges)) return false
  return exchanges.every((one) => isJsonObject(one) && isJsonObject(one['request']) && isAnswer(one))
}

function isAnswer({ response, error }: JsonObject): boolean {
  if (isJsonObject(error)) return typeof error['message'] === 'string' && typeof error['code'] === 'string'
  return isJsonObject(response) && isJsonArray(response['items']) && isJsonObject(response['usage'])
}
