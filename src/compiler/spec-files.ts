/** Reads the YAML files of a spec: the root and, recursively, what it includes. */
import type { SpecDocument } from '../spec/document.ts'
import { toPointer } from '../spec/path.ts'
import type { Path } from '../spec/path.ts'
import { createSource } from '../spec/source.ts'
import type { Source } from '../spec/source.ts'
import { isJsonObject } from '../util/json.ts'
import type { Reading } from './reading.ts'
import { parseYaml } from './parse/parse-yaml.ts'
import type { IgnoreComment } from './parse/ignore-comments.ts'
import { replaceText } from './replace-text.ts'
import { resolvePath } from './resolve/paths.ts'
import { reportUnreadable } from './resolve/report-unreadable.ts'
import type { FileReference } from './resolve/report-unreadable.ts'

export interface SpecFile {
  readonly source: Source
  readonly document: SpecDocument
}

export interface SpecFiles {
  /** Those that could be parsed, the root first, then its includes in their order. */
  readonly files: readonly SpecFile[]
  /** Every YAML text that was read, in that order. */
  readonly sources: readonly Source[]
  readonly ignores: readonly IgnoreComment[]
  /** A file has a syntax error: nothing about the meaning of the spec can be said. */
  readonly broken: boolean
  /** False when an included file could not be read: names that seem unknown may be declared there. */
  readonly complete: boolean
}

interface Collected {
  readonly files: SpecFile[]
  readonly sources: Source[]
  readonly ignores: IgnoreComment[]
  broken: boolean
  complete: boolean
}

/** Reads the root file and its includes. A file that is included twice is read once; a circle is an error. */
export async function readSpecFiles(reading: Reading): Promise<SpecFiles> {
  const collected: Collected = { files: [], sources: [], ignores: [], broken: false, complete: true }
  await readFile(reading, collected, reading.rootFile, [])
  return collected
}

async function readFile(
  reading: Reading,
  collected: Collected,
  path: string,
  trail: readonly FileReference[],
): Promise<void> {
  const source = await readSource(reading, path, trail.at(-1))
  if (source === undefined) {
    collected.complete = false
    return
  }
  collected.sources.push(source)
  const { document, ignores } = parseYaml(source, reading.report)
  collected.ignores.push(...ignores)
  if (document === undefined) {
    collected.broken = true
    return
  }
  collected.files.push({ source, document })
  await readIncludes(reading, collected, { source, document }, [...trail])
}

async function readIncludes(
  reading: Reading,
  collected: Collected,
  file: SpecFile,
  trail: readonly FileReference[],
): Promise<void> {
  const includes = isJsonObject(file.document.value) ? file.document.value['include'] : undefined
  if (!Array.isArray(includes)) return
  const open = [reading.rootFile, ...trail.map((reference) => reference.path)]
  for (const [index, written] of includes.entries()) {
    if (typeof written !== 'string') continue
    const place: Path = ['include', index]
    const location = file.document.rangeAt(place, 'value')
    const resolved = resolvePath(file.source.path, written)
    const pointer = toPointer(place)
    if (!resolved.ok) {
      reading.report('AS3011', { path: written, why: resolved.why }, location, { pointer })
      collected.complete = false
    } else if (open.includes(resolved.path)) {
      const circle = [...open.slice(open.indexOf(resolved.path)), resolved.path]
      reading.report('AS3009', { trail: circle.map(reading.displayName) }, location, { pointer })
    } else if (!collected.sources.some((source) => source.path === resolved.path)) {
      const replace: FileReference['replace'] = (text) =>
        replaceText(file.document.entryAt(place)?.node, text)
      const reference: FileReference = { path: resolved.path, written, location, pointer, replace }
      await readFile(reading, collected, resolved.path, [...trail, reference])
    }
  }
}

async function readSource(
  reading: Reading,
  path: string,
  reference: FileReference | undefined,
): Promise<Source | undefined> {
  const file = reading.displayName(path)
  const result = await reading.loader.readText(path)
  if (result.ok) return createSource(file, path, result.text)
  const location = createSource(file, path, '').locate(0, 0)
  const isMissingRoot = reference === undefined && result.problem === 'not_found'
  if (isMissingRoot) reading.report('AS1027', { file }, location)
  else
    await reportUnreadable(
      reading,
      reference ?? { path, written: file, location, pointer: '' },
      result.problem,
    )
  return undefined
}
