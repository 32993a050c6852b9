/** The files of a spec as they were when they were first read, with changes on top that are not on disk. */
import type { ReadResult, SpecLoader } from '../loader.ts'

export interface SpecSnapshot {
  /** Reads each file once, so that every compilation sees the same texts, then the texts in `changed` instead. */
  readonly loader: (changed: ReadonlyMap<string, string>) => SpecLoader
  /** The text of a file that was read, without a byte order mark: what the offsets of diagnostics count in. */
  readonly textOf: (path: string) => string | undefined
  /** The path of a file that was read, by its name in diagnostics. */
  readonly pathOf: (file: string) => string | undefined
}

/** `displayName` names files in diagnostics, by their path in the folder. */
export function createSnapshot(loader: SpecLoader, displayName: (path: string) => string): SpecSnapshot {
  const read = new Map<string, ReadResult>()
  const texts = new Map<string, string>()
  const paths = new Map<string, string>()
  const readOnce = async (path: string): Promise<ReadResult> => {
    const known = read.get(path)
    if (known !== undefined) return known
    const result = await loader.readText(path)
    read.set(path, result)
    paths.set(displayName(path), path)
    if (result.ok) texts.set(path, result.text.replace(/^\uFEFF/, ''))
    return result
  }
  return {
    loader: (changed) => ({
      async readText(path) {
        const text = changed.get(path)
        return text === undefined ? await readOnce(path) : { ok: true, text }
      },
      list: (folder) => loader.list(folder),
    }),
    textOf: (path) => texts.get(path),
    pathOf: (file) => paths.get(file),
  }
}
