/** Inlines `{ file: ./path }`: the text of instructions, the value of a schema. */
import type { PlacedNode, SpecDocument } from '../../spec/document.ts'
import { toPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import { createSource } from '../../spec/source.ts'
import type { Source } from '../../spec/source.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { parseYaml } from '../parse/parse-yaml.ts'
import type { Reading } from '../reading.ts'
import { replaceText } from '../replace-text.ts'
import { resolvePath } from './paths.ts'
import { findPlaces, patterns } from './places.ts'
import { schemaPlaces } from './schema-places.ts'
import { reportUnreadable } from './report-unreadable.ts'
import type { Replacement } from './rewrite.ts'

export interface ResolvedFiles {
  readonly replacements: readonly Replacement[]
  readonly sources: readonly Source[]
}

type Kind = 'text' | 'schema' | 'document'

const filePlaces: readonly (readonly [Kind, ReturnType<typeof patterns>])[] = [
  ['text', patterns('agents.*.instructions')],
  ['schema', schemaPlaces],
  ['document', patterns('TOOL.document')],
]

/** A file that was read for the spec, and what its text says when it is JSON or YAML. */
interface ReadFile {
  readonly source: Source
  parsed?: SpecDocument | undefined
}

/** Reads each file once, however often it is named. A file that cannot be read is reported where it is named. */
export async function resolveFiles(document: SpecDocument, reading: Reading): Promise<ResolvedFiles> {
  const read = new Map<string, ReadFile | undefined>()
  const replacements: Replacement[] = []
  for (const [kind, wanted] of filePlaces) {
    for (const { path, value } of findPlaces(document.value, wanted)) {
      if (!isJsonObject(value) || typeof value['file'] !== 'string') continue
      const file = await readNamedFile(document, reading, read, [...path, 'file'], value['file'])
      const replacement = file && inline(kind, path, file, document, reading)
      if (replacement !== undefined) replacements.push(replacement)
    }
  }
  const sources = [...read.values()].flatMap((file) => (file === undefined ? [] : [file.source]))
  return { replacements, sources }
}

async function readNamedFile(
  document: SpecDocument,
  reading: Reading,
  read: Map<string, ReadFile | undefined>,
  place: Path,
  written: string,
): Promise<ReadFile | undefined> {
  const location = document.rangeAt(place, 'value')
  const pointer = toPointer(place)
  const resolved = resolvePath(document.sourceAt(place).path, written)
  if (!resolved.ok) {
    reading.report('AS3011', { path: written, why: resolved.why }, location, { pointer })
    return undefined
  }
  const known = read.get(resolved.path)
  if (known !== undefined) return known
  const result = await reading.loader.readText(resolved.path)
  if (!result.ok) {
    await reportUnreadable(
      reading,
      { path: resolved.path, written, location, pointer, replace: (text) => replaceText(document.entryAt(place)?.node, text) },
      result.problem,
    )
    return undefined
  }
  const file = { source: createSource(reading.displayName(resolved.path), resolved.path, result.text) }
  read.set(resolved.path, file)
  return file
}

function inline(
  kind: Kind,
  path: Path,
  file: ReadFile,
  document: SpecDocument,
  reading: Reading,
): Replacement | undefined {
  const { source } = file
  if (kind === 'text') {
    const value: Json = { file: source.path, template: source.text }
    return { path, value, node: withTemplate(document, path, source) }
  }
  if (!('parsed' in file)) file.parsed = parseYaml(source, reading.report).document
  if (file.parsed === undefined) return undefined
  const { value, root } = file.parsed
  if (kind === 'document') return { path, value: { file: source.path, content: value } }
  if (!isJsonObject(value) && typeof value !== 'boolean') {
    const place = [...path, 'file']
    reading.report('AS3021', { file: source.file }, document.rangeAt(place, 'value'), { pointer: toPointer(place) })
    return undefined
  }
  return { path, value, node: root }
}

/** The node of `{ file }`, with the file's own text as the place of the template. */
function withTemplate(document: SpecDocument, path: Path, source: Source): PlacedNode {
  const node = document.entryAt(path)?.node ?? document.root
  const template: PlacedNode = {
    source,
    start: 0,
    end: source.text.length,
    style: 'file',
    owner: node.owner,
    entries: new Map(),
  }
  const entries = new Map(node.entries).set('template', { key: undefined, node: template, alias: undefined })
  return { ...node, entries }
}
