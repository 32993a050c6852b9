/** Values worth keeping, the most recently used ones. */

export interface Recent<T> {
  /** The value kept under a key, or a new one. */
  get(key: string, make: () => T): T
}

/** Keeps at most `most` values and lets go of the one unused for longest. */
export function createRecent<T>(most: number): Recent<T> {
  const values = new Map<string, { readonly value: T }>()
  return {
    get(key, make) {
      const entry = values.get(key) ?? { value: make() }
      values.delete(key)
      values.set(key, entry)
      const [oldest] = values.keys()
      if (values.size > most && oldest !== undefined) values.delete(oldest)
      return entry.value
    },
  }
}
