/** Where a value of the effective spec comes from. */
import type { Location } from '../../spec/diagnostic.ts'
import type { SpecDocument } from '../../spec/document.ts'
import { fromPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import type { Source } from '../../spec/source.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { inlineToolKey } from '../lower/lower-agent.ts'
import type { Program } from '../program.ts'
import { programJson } from '../spec-hash.ts'
import { defaultsPath, specPathOf, toolPath, writtenPath } from './spec-path.ts'

/**
 * `spec`: the root file. `include`: an included one. `file`: the content of a file that the spec names, or a tool
 * module. `defaults`: the spec's own `defaults`. `default`: nothing is written, the value is built in.
 */
export type Origin = 'spec' | 'include' | 'file' | 'defaults' | 'default'

/** A value and its place: where it is written, or for a built-in default the nearest place around it. */
export interface Provenance extends Location {
  readonly value: Json
  readonly origin: Origin
  /** Where aliases lead to that place. */
  readonly aliases: readonly Location[]
}

/** What is known of a compiled spec. */
export interface Origins {
  /** Merged, with files inlined. */
  readonly document: SpecDocument
  readonly program: Program
  /** Paths of the YAML files: the root first, then those it includes. */
  readonly specFiles: readonly string[]
  /** Every file that was read. */
  readonly sources: readonly Source[]
}

/**
 * @param pointer Into the Program; a pointer into the spec as written will do as well.
 * @returns `undefined` when there is no value.
 */
export function provenanceOf(origins: Origins, pointer: string): Provenance | undefined {
  const { document, sources } = origins
  const path = fromPointer(pointer)
  const value = valueOf(origins, path)
  if (value === undefined) return undefined
  if (path[0] === 'modules' && path.length > 1) {
    const source = sources.find((file) => file.path === path[1])
    if (source !== undefined) return { value, origin: 'file', ...whole(source), aliases: [] }
  }
  const specPath = specPathOf(document, path)
  const own = writtenPath(document, specPath)
  if (own !== undefined) return { value, ...written(origins, own) }
  const fallback = defaultsPath(document, path)
  const shared = fallback && writtenPath(document, fallback)
  if (shared !== undefined) return { value, ...written(origins, shared), origin: 'defaults' }
  const content = contentOf(origins, specPath)
  if (content !== undefined) return { value, origin: 'file', ...whole(content), aliases: [] }
  return { value, origin: 'default', ...document.rangeAt(specPath, 'value'), aliases: [] }
}

/** The Program's value; of what only the spec has (`include`, `defaults`), the spec's. */
function valueOf({ document, program }: Origins, path: Path): Json | undefined {
  const json = programJson(program)
  const inProgram = memberAt(json, path) ?? memberAt(json, programPathOf(document, json, path))
  return inProgram ?? memberAt(document.value, path)
}

function written({ document, specFiles, sources }: Origins, path: Path): Omit<Provenance, 'value'> {
  const aliases = document.aliasesAt(path)
  const file = fileNamedAt(document, path, sources)
  if (file !== undefined) return { origin: 'file', ...whole(file), aliases }
  const { path: from } = document.sourceAt(path)
  const origin = from === specFiles[0] ? 'spec' : specFiles.includes(from) ? 'include' : 'file'
  return { origin, ...document.rangeAt(path, 'value'), aliases }
}

/** The file of a `{ file }` whose text stands beside it, as `template` or `content`. */
function fileNamedAt(document: SpecDocument, path: Path, sources: readonly Source[]): Source | undefined {
  const isInstructions = path.length === 3 && path[0] === 'agents' && path[2] === 'instructions'
  const rest = toolPath(document, path)?.rest ?? []
  if (!isInstructions && !(rest.length === 1 && rest[0] === 'document')) return undefined
  const named = memberAt(document.value, [...path, 'file'])
  return sources.find((source) => source.path === named)
}

/** The file whose content a path leads into, where the places in it are not known. */
function contentOf({ document, sources }: Origins, path: Path): Source | undefined {
  const index = path.indexOf('content')
  return index < 0 ? undefined : fileNamedAt(document, path.slice(0, index), sources)
}

function whole(source: Source): Location {
  return source.locate(0, source.text.length)
}

/** The path in the Program of a path in the spec as written: tools stand elsewhere there. */
function programPathOf(document: SpecDocument, program: Json, path: Path): Path {
  const tool = toolPath(document, path)
  if (tool === undefined) return path
  const { base, rest } = tool
  const name = memberAt(document.value, [...base, 'name'])
  const [section, owner = ''] = base
  const key = section === 'tools' ? owner : inlineToolKey(String(owner), typeof name === 'string' ? name : '')
  const inProgram = ['tools', key]
  const [first] = rest
  const isCommon = first === undefined || memberAt(program, [...inProgram, first]) !== undefined
  return isCommon ? [...inProgram, ...rest] : [...inProgram, 'settings', ...rest]
}

/** The value at a path. Only own keys, and indices as a pointer writes them. */
function memberAt(value: Json, path: Path): Json | undefined {
  let current: Json | undefined = value
  for (const part of path) {
    if (isJsonArray(current))
      current = /^(?:0|[1-9]\d*)$/.test(String(part)) ? current[Number(part)] : undefined
    else if (isJsonObject(current) && Object.hasOwn(current, part)) current = current[part]
    else return undefined
  }
  return current
}
