/** Remembers what was read from files, to tell later whether reading them again would give something else. */
import type { ReadResult } from '../compiler/loader.ts'
import { sha256 } from '../util/sha256.ts'

/** Reads something that depends on the file at an absolute path. What is read must be a JSON value. */
export type Observe = <Value>(path: string, read: () => Promise<Value>) => Promise<Value>

export interface Observations {
  /** Reads, and remembers what that gave. */
  readonly observe: Observe
  /** Every path that something was read from, in the order in which that began. */
  readonly paths: () => readonly string[]
  /** Reads everything again: where that gives something else by now. */
  readonly changed: () => Promise<readonly Change[]>
}

export interface Change {
  readonly path: string
  /** There is nothing in it now, or it is gone. */
  readonly isBlank: boolean
}

interface Observation {
  readonly path: string
  readonly read: () => Promise<unknown>
  /** `undefined` when it could not be read. */
  seen: string | undefined
}

export function createObservations(): Observations {
  const observations: Observation[] = []
  return {
    async observe(path, read) {
      const observation: Observation = { path, read, seen: undefined }
      observations.push(observation)
      const value = await read()
      observation.seen = fingerprint(value)
      return value
    },
    paths: () => [...new Set(observations.map(({ path }) => path))],
    async changed() {
      const now = await Promise.all(observations.map(({ read }) => fingerprintNow(read)))
      const changes = new Map<string, Change>()
      for (const [index, { path, seen }] of observations.entries()) {
        const found = now[index]
        if (found !== seen) changes.set(path, { path, isBlank: found === undefined || BLANK.has(found) })
      }
      return [...changes.values()]
    },
  }
}

/** What cannot be read any more is not what it was; reading it for real says why. */
async function fingerprintNow(read: () => Promise<unknown>): Promise<string | undefined> {
  try {
    return fingerprint(await read())
  } catch {
    return undefined
  }
}

function fingerprint(value: unknown): string {
  return sha256(JSON.stringify(value) ?? '')
}

/** What reading nothing gives, here and by the loader of the compiler. */
const NOTHING: readonly (string | null | ReadResult)[] = [
  '',
  null,
  { ok: true, text: '' },
  { ok: false, problem: 'not_found' },
]

const BLANK: ReadonlySet<string> = new Set(NOTHING.map(fingerprint))
