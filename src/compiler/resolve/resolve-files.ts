/** Inlines `{ file: ./path }`: the text of instructions, the value of a schema. */
import type { Fix } from '../../spec/diagnostic.ts'
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

interface Resolution {
  readonly document: SpecDocument
  readonly reading: Reading
  readonly read: Map<string, ReadFile>
}

/** Reads each file once, however often it is named. A file that cannot be read is reported where it is named. */
export async function resolveFiles(document: SpecDocument, reading: Reading): Promise<ResolvedFiles> {
  const resolution: Resolution = { document, reading, read: new Map() }
  const replacements: Replacement[] = []
  for (const [kind, wanted] of filePlaces) {
    for (const { path, value } of findPlaces(document.value, wanted)) {
      if (!isJsonObject(value) || typeof value['file'] !== 'string') continue
      const file = await readNamedFile(resolution, [...path, 'file'], value['file'])
      const replacement = file && inline(resolution, kind, path, file)
      if (replacement !== undefined) replacements.push(replacement)
    }
  }
  return { replacements, sources: [...resolution.read.values()].map(({ source }) => source) }
}

async function readNamedFile(
  resolution: Resolution,
  place: Path,
  written: string,
): Promise<ReadFile | undefined> {
  const { document, reading, read } = resolution
  const location = document.rangeAt(place, 'value')
  const pointer = toPointer(place)
  const resolved = resolvePath(document.sourceAt(place).path, written)
  if (!resolved.ok) {
    reading.report('AS3011', { path: written, why: resolved.why }, location, { pointer })
    return undefined
  }
  const { path } = resolved
  const known = read.get(path)
  if (known !== undefined) return known
  const result = await reading.loader.readText(path)
  if (!result.ok) {
    const replace = (text: string): Fix | undefined => replaceText(document.entryAt(place)?.node, text)
    await reportUnreadable(reading, { path, written, location, pointer, replace }, result.problem)
    return undefined
  }
  const file = { source: createSource(reading.displayName(path), path, result.text) }
  read.set(path, file)
  return file
}

function inline(resolution: Resolution, kind: Kind, path: Path, file: ReadFile): Replacement | undefined {
  const { document, reading } = resolution
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
    reading.report('AS3021', { file: source.file }, document.rangeAt(place, 'value'), {
      pointer: toPointer(place),
    })
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
