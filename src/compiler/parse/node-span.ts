/** Where a node of the `yaml` library is written, and how. */
import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Scalar } from 'yaml'
import type { PlacedNode, Span } from '../../spec/document.ts'
import type { Source } from '../../spec/source.ts'

/** The written form of a node, without the white space after it. */
export function spanOf(source: Source, node: unknown): Span {
  const hasRange = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)
  const range = hasRange ? node.range : undefined
  if (!range) return { source, start: 0, end: 0 }
  const start = Math.min(range[0], source.text.length)
  let end = Math.min(range[1], source.text.length)
  while (end > start && isSpace(source.text.charCodeAt(end - 1))) end -= 1
  return { source, start, end }
}

/** Almost every character is told apart without the regular expression. */
function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || (code > 127 && /\s/.test(String.fromCharCode(code)))
}

/** How a scalar is quoted. */
export function styleOf(scalar: Scalar): PlacedNode['style'] {
  if (scalar.type === 'QUOTE_SINGLE') return 'single'
  if (scalar.type === 'QUOTE_DOUBLE') return 'double'
  return scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED' ? 'block' : 'plain'
}

/** The place of a span, for people. */
export function locate(span: Span): ReturnType<Source['locate']> {
  return span.source.locate(span.start, span.end)
}
