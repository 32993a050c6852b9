/** Files in memory, by their path inside the spec's folder: an archived spec has no others. */
import type { SpecLoader } from './loader.ts'

export function createMemoryLoader(files: ReadonlyMap<string, string>): SpecLoader {
  return {
    readText: (path) => {
      const text = files.get(path)
      return Promise.resolve(text === undefined ? { ok: false, problem: 'not_found' } : { ok: true, text })
    },
    list: () => Promise.resolve([]),
  }
}
