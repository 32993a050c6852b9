/** Says why a file that a spec names could not be read. */
import { posix } from 'node:path'
import type { Fix, Location } from '../../spec/diagnostic.ts'
import { suggest } from '../../util/suggest.ts'
import type { ReadProblem } from '../loader.ts'
import type { Reading } from '../reading.ts'

/** A file that is named somewhere: its path inside the folder, how it is written, and where. */
export interface FileReference {
  readonly path: string
  readonly written: string
  readonly location: Location
  readonly pointer: string
  /** Puts another path in its place. */
  readonly replace?: (path: string) => Fix | undefined
}

/** Reports at the place that names the file; a missing one with the nearest name in the same folder. */
export async function reportUnreadable(
  reading: Reading,
  reference: FileReference,
  problem: ReadProblem,
): Promise<void> {
  const { report } = reading
  const { written, location, pointer } = reference
  switch (problem) {
    case 'not_found': {
      const suggestion = await suggestFile(reading, reference)
      const fix = suggestion === undefined ? undefined : reference.replace?.(suggestion)
      return report('AS3008', { file: written, suggestion }, location, { pointer, fix })
    }
    case 'outside': {
      const why = "is a link that leads out of the spec's folder"
      return report('AS3011', { path: written, why }, location, { pointer })
    }
    case 'too_large':
      return report('AS1011', { file: written }, location, { pointer })
    case 'not_a_file':
      return report('AS1010', { file: written, reason: 'it is not a file' }, location, { pointer })
    case 'not_utf8':
      return report('AS1010', { file: written, reason: 'its text is not UTF-8' }, location, { pointer })
    case 'unreadable':
      return report('AS1010', { file: written, reason: 'reading it failed' }, location, { pointer })
  }
}

/** The path as written, with the name of a file of the same kind that is there: misspelt, or with another ending. */
async function suggestFile(reading: Reading, reference: FileReference): Promise<string | undefined> {
  const folder = posix.dirname(reference.path)
  const { name: stem, ext, base } = posix.parse(reference.path)
  const names = (await reading.loader.list(folder)).filter(
    (name) => kindOf(posix.extname(name)) === kindOf(ext) && posix.join(folder, name) !== reading.rootFile,
  )
  const byStem = new Map(names.toReversed().map((name) => [posix.parse(name).name, name]))
  const sameEnding = names.filter((name) => posix.extname(name) === ext).map((name) => posix.parse(name).name)
  const meant = suggest(stem, sameEnding)
  const name = meant === undefined ? byStem.get(stem) : `${meant}${ext}`
  const end = reference.written.lastIndexOf(base)
  return name === undefined || end < 0 ? undefined : reference.written.slice(0, end) + name
}

/** A module is never meant where data is named, nor data where a text is. */
function kindOf(ending: string): 'module' | 'data' | 'text' {
  if (/^\.[mc]?[jt]s$/.test(ending)) return 'module'
  return /^\.(?:ya?ml|json)$/.test(ending) ? 'data' : 'text'
}
