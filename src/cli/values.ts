/** Values of flags: JSON, durations, models, numbers; each says what is wrong with it. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseDuration } from '../util/duration.ts'
import { isJsonObject } from '../util/json.ts'
import type { Json, JsonObject } from '../util/json.ts'
import { parseStrictJson } from '../util/strict-json.ts'
import { UsageFailure } from '../runtime/failures.ts'
import { shorten } from './terminal/printable.ts'
import { messageOf } from '../util/message-of.ts'

/** @throws UsageFailure when the text is not JSON that keeps its meaning. */
export function jsonValue(flag: string, text: string): Json {
  const parsed = parseStrictJson(text)
  if (parsed.ok) return parsed.value
  throw new UsageFailure(
    'invalid_flag',
    `${flag} is not valid JSON: ${parsed.problem}`,
    `It is: ${shorten(text, 200)}`,
  )
}

/** @throws UsageFailure when the text is not a JSON object. */
export function jsonObject(flag: string, text: string): JsonObject {
  const value = jsonValue(flag, text)
  if (isJsonObject(value)) return value
  throw new UsageFailure('invalid_flag', `${flag} must be a JSON object, not ${shorten(text, 200)}`)
}

/**
 * `JSON` or `@FILE`.
 *
 * @throws UsageFailure when the file cannot be read, or it is not a JSON object.
 */
export async function jsonObjectOrFile(flag: string, text: string, cwd: string): Promise<JsonObject> {
  if (!text.startsWith('@')) return jsonObject(flag, text)
  const file = text.slice(1)
  return jsonObject(`${flag} ${text}`, await readTextFile(file, cwd))
}

/** @throws UsageFailure when it cannot be read. */
export async function readTextFile(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8')
  } catch (error) {
    throw new UsageFailure('file_not_found', `${file} cannot be read: ${fileProblem(error)}`)
  }
}

/** Why a file cannot be read, in words. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'EACCES') return 'you have no right to read it'
  return messageOf(error)
}

/** In milliseconds. @throws UsageFailure for anything but `500ms`, `10s`, `5m`, `72h`, `30d` or a number of seconds. */
export function durationValue(flag: string, text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new UsageFailure(
    'invalid_flag',
    `${flag} cannot be "${text}"`,
    'A duration is written 500ms, 10s, 5m, 72h or 30d',
  )
}

/** A whole number of at least `least`. @throws UsageFailure for anything else. */
export function countValue(flag: string, text: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new UsageFailure(
    'invalid_flag',
    `${flag} cannot be "${text}"`,
    `It is a whole number of at least ${least}`,
  )
}

export interface ModelChoice {
  readonly model?: string
  readonly agentModels?: Readonly<Record<string, string>>
}

/** `PROVIDER/MODEL` for every agent, `AGENT=PROVIDER/MODEL` for one. @throws UsageFailure for anything else. */
export function modelChoice(texts: readonly string[]): ModelChoice {
  let model: string | undefined
  const agentModels: Record<string, string> = {}
  for (const text of texts) {
    const match = /^(?:([A-Za-z0-9_.-]+)=)?([^/=\s]+\/\S+)$/.exec(text)
    const name = match?.[2]
    if (name === undefined) {
      throw new UsageFailure(
        'invalid_flag',
        `--model cannot be "${text}"`,
        'Write PROVIDER/MODEL, as in openai/gpt-5.6-luna, or AGENT=PROVIDER/MODEL',
      )
    }
    const agent = match?.[1]
    if (agent === undefined) model = name
    else agentModels[agent] = name
  }
  return {
    ...(model === undefined ? {} : { model }),
    ...(Object.keys(agentModels).length === 0 ? {} : { agentModels }),
  }
}
