/** Joins the definitions of included files with those of the root spec. */
import { createDocument } from '../../spec/document.ts'
import type { PlacedEntry, PlacedNode, SpecDocument } from '../../spec/document.ts'
import { toPointer } from '../../spec/path.ts'
import type { Report } from '../../spec/reporter.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import type { SpecFile } from '../spec-files.ts'

/** The maps that included files add to, and what one of their definitions is called. */
const sections: Readonly<Record<string, string>> = {
  models: 'model',
  agents: 'agent',
  tools: 'tool',
  mcp_servers: 'MCP server',
  guardrails: 'guardrail',
}

/**
 * One document that holds the root spec and the definitions of every included file, each still knowing its own file.
 * A name that is declared twice is reported at the later place; the first declaration stays.
 */
export function mergeFiles(root: SpecFile, files: readonly SpecFile[], report: Report): SpecDocument {
  if (files.length === 1 || !isJsonObject(root.document.value)) return root.document
  const value: Record<string, Json> = { ...root.document.value }
  const entries = new Map(root.document.root.entries)
  for (const section of Object.keys(sections)) {
    const merged = mergeSection(files, section, report)
    if (merged === undefined) continue
    value[section] = merged.value
    entries.set(section, merged.entry)
  }
  return createDocument(value, { ...root.document.root, entries })
}

interface MergedSection {
  readonly value: Json
  readonly entry: PlacedEntry
}

function mergeSection(
  files: readonly SpecFile[],
  section: string,
  report: Report,
): MergedSection | undefined {
  const value: Record<string, Json> = {}
  const entries = new Map<string, PlacedEntry>()
  let first: PlacedEntry | undefined
  for (const { document } of files) {
    const definitions = isJsonObject(document.value) ? document.value[section] : undefined
    const entry = document.entryAt([section])
    if (!isJsonObject(definitions) || entry === undefined) continue
    first ??= entry
    for (const [name, definition] of Object.entries(definitions)) {
      const declared = entry.node.entries.get(name)
      const earlier = entries.get(name)
      if (declared === undefined) continue
      if (earlier !== undefined) {
        reportTwice(report, [section, name], declared, earlier)
        continue
      }
      value[name] = definition
      entries.set(name, declared)
    }
  }
  return first && { value, entry: { ...first, node: { ...first.node, entries } } }
}

function reportTwice(
  report: Report,
  path: readonly [section: string, name: string],
  later: PlacedEntry,
  earlier: PlacedEntry,
): void {
  const [section, name] = path
  const related = [{ ...locationOf(earlier), message: `"${name}" is first declared here` }]
  const kind = sections[section] ?? section
  report('AS3010', { kind, name }, locationOf(later), { pointer: toPointer(path), related })
}

function locationOf(entry: PlacedEntry): ReturnType<PlacedNode['source']['locate']> {
  const span = entry.key ?? entry.node
  return span.source.locate(span.start, span.end)
}
