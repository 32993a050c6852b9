/** Remembers what was read from files, to tell later whether reading them again would give something else. */
import { sha256 } from '../util/sha256.ts'

/** Reads something that depends on the file at an absolute path. What is read must be a JSON value. */
export type Observe = <Value>(path: string, read: () => Promise<Value>) => Promise<Value>

export interface Observations {
  /** Reads, and remembers what that gave. */
  readonly observe: Observe
  /** Every path that something was read from, in the order in which that began. */
  readonly paths: () => readonly string[]
  /** Reads everything again: the paths where that gives something else by now. */
  readonly changed: () => Promise<readonly string[]>
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
      const isStale = await Promise.all(
        observations.map(async ({ read, seen }) => (await fingerprintNow(read)) !== seen),
      )
      return [...new Set(observations.filter((_, index) => isStale[index]).map(({ path }) => path))]
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
