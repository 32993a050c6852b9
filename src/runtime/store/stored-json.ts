/** JSON that a store wrote itself, as values again: its kind is checked, for the rest its writer is trusted. */
import { isJsonObject } from '../../util/json.ts'
import { StoreFailure } from '../failures.ts'
import type { JournalEvent } from '../state/events.ts'
import type { Item } from '../state/item.ts'
import type { RunRecord } from './run-store.ts'

/** @throws StoreFailure when the text is no event any more, as for every function here. */
export function parseEvent(json: string, runId: string): JournalEvent {
  return parseStored(json, isEvent, `an event of run ${runId}`)
}

export function parseItem(json: string, sessionId: string): Item {
  return parseStored(json, isJsonObject, `an item of session ${sessionId}`)
}

export function parseInterruptions(json: string, runId: string): RunRecord['interruptions'] {
  // Asked for every run of a list, and nearly always this.
  return json === '[]' ? [] : parseStored(json, isInterruptions, `the interruptions of run ${runId}`)
}

export function parseSources(json: string, hash: string): Readonly<Record<string, string>> {
  return parseStored(json, isSources, `the sources of spec ${hash}`)
}

function parseStored<T>(json: string, is: (value: unknown) => value is T, what: string): T {
  const value = parse(json)
  if (is(value)) return value
  throw new StoreFailure(`The store is damaged: ${what} cannot be read.`, {
    hint: 'Restore it from a backup.',
  })
}

/** Undefined, which JSON does not have, for a text that is none. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function isEvent(value: unknown): value is JournalEvent {
  return isJsonObject(value) && typeof value['type'] === 'string' && typeof value['seq'] === 'number'
}

function isInterruptions(value: unknown): value is RunRecord['interruptions'] {
  return Array.isArray(value) && value.every(isJsonObject)
}

function isSources(value: unknown): value is Readonly<Record<string, string>> {
  return isJsonObject(value) && Object.values(value).every((source) => typeof source === 'string')
}
