/** Walking the nodes of a parsed expression. */
import type { ASTNode } from '@marcbachmann/cel-js'

/** Every node of an expression, in no particular order. */
export function allNodes(ast: ASTNode): readonly ASTNode[] {
  const nodes: ASTNode[] = []
  const pending: unknown[] = [ast]
  while (pending.length > 0) {
    const next = pending.pop()
    if (isList(next)) pending.push(...next)
    if (!isNode(next)) continue
    nodes.push(next)
    pending.push(next.args)
  }
  return nodes
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}
