/** Replaces parts of a document: a value, and where it now comes from. */
import { createDocument } from '../../spec/document.ts'
import type { PlacedNode, SpecDocument } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'

export interface Replacement {
  readonly path: Path
  readonly value: Json
  /** The place of the new value, when it is not that of the old one. */
  readonly node?: PlacedNode
}

interface Branch {
  replacement: Replacement | undefined
  readonly children: Map<string, Branch>
}

/** A document in which every replacement has taken the place of what stood at its path. */
export function rewrite(document: SpecDocument, replacements: readonly Replacement[]): SpecDocument {
  if (replacements.length === 0) return document
  const root: Branch = { replacement: undefined, children: new Map() }
  for (const replacement of replacements) branchAt(root, replacement.path).replacement = replacement
  return createDocument(rewriteValue(document.value, root), rewriteNode(document.root, root))
}

function branchAt(root: Branch, path: Path): Branch {
  let branch = root
  for (const part of path) {
    const key = String(part)
    const next = branch.children.get(key) ?? { replacement: undefined, children: new Map() }
    branch.children.set(key, next)
    branch = next
  }
  return branch
}

function rewriteValue(value: Json, branch: Branch): Json {
  if (branch.replacement !== undefined) return branch.replacement.value
  if (branch.children.size === 0) return value
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => rewriteChild(item, branch.children.get(String(index))))
  }
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, rewriteChild(item, branch.children.get(key))]),
  )
}

function rewriteChild(value: Json, branch: Branch | undefined): Json {
  return branch === undefined ? value : rewriteValue(value, branch)
}

function rewriteNode(node: PlacedNode, branch: Branch): PlacedNode {
  const placed = branch.replacement === undefined ? node : (branch.replacement.node ?? node)
  if (branch.replacement !== undefined || branch.children.size === 0) return placed
  const entries = new Map(node.entries)
  for (const [key, child] of branch.children) {
    const entry = entries.get(key)
    if (entry !== undefined) entries.set(key, { ...entry, node: rewriteNode(entry.node, child) })
  }
  return { ...node, entries }
}
