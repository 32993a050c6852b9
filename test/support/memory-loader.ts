/** Files in memory, by their path inside the spec's folder. */
import type { SpecLoader } from '../../src/compiler/loader.ts'

export function memoryLoader(files: Readonly<Record<string, string>>): SpecLoader {
  return {
    readText: async (path) => {
      const text = Object.hasOwn(files, path) ? files[path] : undefined
      if (text !== undefined) return { ok: true, text }
      const isFolder = Object.keys(files).some((name) => name.startsWith(`${path}/`))
      return { ok: false, problem: isFolder ? 'not_a_file' : 'not_found' }
    },
    list: async (folder) => {
      const prefix = folder === '.' ? '' : `${folder}/`
      const inside = Object.keys(files).filter((name) => name.startsWith(prefix))
      return [...new Set(inside.map((name) => name.slice(prefix.length).split('/')[0] ?? ''))]
    },
  }
}
