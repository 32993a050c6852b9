/** Finds where the value at a JSON pointer is written. */
import type { Location } from '../spec/diagnostic.ts'
import { valueAt } from '../spec/document.ts'
import type { SpecDocument } from '../spec/document.ts'
import { fromPointer } from '../spec/path.ts'
import type { Path } from '../spec/path.ts'
import { isJsonObject } from '../util/json.ts'

/**
 * `pointer` leads into the spec or into its Program, where inline tools stand under `<agent>.<name>`. A value that is a
 * default has no place of its own: that of the nearest value around it is given.
 */
export function placeOf(document: SpecDocument, pointer: string): Location {
  return document.rangeAt(toSpecPath(document, fromPointer(pointer)), 'value')
}

function toSpecPath(document: SpecDocument, path: Path): Path {
  const [section, key, ...rest] = path
  if (section !== 'tools' || key === undefined || document.entryAt(['tools', key]) !== undefined) return path
  const agents = valueAt(document.value, ['agents'])
  for (const agent of isJsonObject(agents) ? Object.keys(agents) : []) {
    if (!String(key).startsWith(`${agent}.`)) continue
    const tools = valueAt(document.value, ['agents', agent, 'tools'])
    const name = String(key).slice(agent.length + 1)
    const index = Array.isArray(tools)
      ? tools.findIndex((tool) => isJsonObject(tool) && tool['name'] === name)
      : -1
    if (index >= 0) return ['agents', agent, 'tools', index, ...rest]
  }
  return path
}
