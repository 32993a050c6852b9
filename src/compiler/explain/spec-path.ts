/**
 * Where the parts of a Program stand in its spec. Most have the same path in both; the rest is in this file: inline
 * tools, the settings of tools, models named in place, and values that have a short form.
 */
import { valueAt } from '../../spec/document.ts'
import type { SpecDocument } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'

/** The path in the spec of a path in its Program. It may lead to where nothing is written. */
export function specPathOf(document: SpecDocument, path: Path): Path {
  const [section, key] = path
  if (section === 'models' && key !== undefined) return modelPath(document, String(key)) ?? path
  const tool = toolPath(document, path)
  if (tool === undefined) return path
  const { base, rest } = tool
  return rest[0] === 'settings' ? [...base, ...rest.slice(1)] : [...base, ...rest]

  /** A model that is not declared stands where it is named; its parts come from that name. */
  function modelPath(spec: SpecDocument, name: string): Path | undefined {
    if (spec.entryAt(['models', name]) !== undefined) return undefined
    const named = namingPlaces(spec).find((place) => valueAt(spec.value, place) === name)
    return named === undefined ? undefined : [...named, ...path.slice(2)]
  }
}

/** Where a spec may name a model in place. */
function namingPlaces(document: SpecDocument): readonly Path[] {
  const agents = valueAt(document.value, ['agents'])
  const names = isJsonObject(agents) ? Object.keys(agents) : []
  return [...names.map((name) => ['agents', name, 'model']), ['defaults', 'model']]
}

/** The tool that a path leads into, where it is declared, and the rest of the path. */
export function toolPath(
  document: SpecDocument,
  path: Path,
): { readonly base: Path; readonly rest: Path } | undefined {
  const [section, key, ...rest] = path
  if (
    section === 'agents' &&
    rest[0] === 'tools' &&
    isJsonObject(valueAt(document.value, path.slice(0, 4)) ?? null)
  ) {
    return { base: path.slice(0, 4), rest: path.slice(4) }
  }
  if (section !== 'tools' || key === undefined) return undefined
  if (document.entryAt(['tools', key]) !== undefined) return { base: ['tools', key], rest }
  const base = inlineTool(document, String(key))
  return base === undefined ? undefined : { base, rest }
}

/** In a Program an inline tool stands under `<agent>.<name>`. */
function inlineTool(document: SpecDocument, key: string): Path | undefined {
  const agents = valueAt(document.value, ['agents'])
  for (const agent of isJsonObject(agents) ? Object.keys(agents) : []) {
    if (!key.startsWith(`${agent}.`)) continue
    const tools = valueAt(document.value, ['agents', agent, 'tools'])
    const name = key.slice(agent.length + 1)
    const index = isJsonArray(tools)
      ? tools.findIndex((tool) => isJsonObject(tool) && tool['name'] === name)
      : -1
    if (index >= 0) return ['agents', agent, 'tools', index]
  }
  return undefined
}

/**
 * The path of what is written for a part of a Program: its own, or that of a short form which says it. `undefined` where
 * nothing is written for it.
 */
export function writtenPath(document: SpecDocument, path: Path): Path | undefined {
  if (document.entryAt(path) !== undefined) return path
  const around = path.slice(0, -1)
  const key = path.at(-1)
  if (key === undefined || document.entryAt(around) === undefined) return undefined
  return isSaidBy(valueAt(document.value, around), around, String(key)) ? around : undefined
}

/** What the short forms say: a model as text, instructions as text, a handoff as a name, the text for a failure. */
function isSaidBy(written: Json | undefined, path: Path, key: string): boolean {
  if (path.at(-1) === 'failure_error_function') return true
  if (typeof written !== 'string') return false
  const [section, , part] = path
  if (section === 'models' || path.at(-1) === 'model') return key === 'provider' || key === 'model'
  if (section !== 'agents') return false
  return part === 'instructions' ? key === 'template' : part === 'handoffs' && key === 'agent'
}

/** Where the spec's `defaults` would give a value. */
export function defaultsPath(document: SpecDocument, path: Path): Path | undefined {
  const tool = toolPath(document, path)
  if (tool !== undefined) return ['defaults', 'tools', ...tool.rest]
  const [section, name, key, ...rest] = path
  if (name === undefined || key === undefined) return undefined
  if (section === 'mcp_servers') return ['defaults', 'mcp_servers', key, ...rest]
  return section === 'agents' && (key === 'model' || key === 'model_settings')
    ? ['defaults', key, ...rest]
    : undefined
}
