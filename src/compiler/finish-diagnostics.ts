/** Puts diagnostics in their final form: silenced ones out, each mistake once, in reading order. */
import type { Diagnostic, RelatedPlace } from '../spec/diagnostic.ts'
import type { IgnoreComment } from './parse/ignore-comments.ts'

/** Sorts by file (in the order of `files`), then place, then code. A mistake that was met twice is told once. */
export function finishDiagnostics(
  diagnostics: readonly Diagnostic[],
  files: readonly string[],
  ignores: readonly IgnoreComment[],
): readonly Diagnostic[] {
  const unique = new Map<string, Diagnostic>()
  for (const diagnostic of diagnostics) {
    if (isIgnored(diagnostic, ignores)) continue
    const { code, file, start, end, message } = diagnostic
    const key = JSON.stringify([code, file, start.offset, end.offset, message])
    const known = unique.get(key)
    unique.set(key, known === undefined ? diagnostic : joinRelated(known, diagnostic))
  }
  const order = new Map(files.map((file, index) => [file, index]))
  const rank = (diagnostic: Diagnostic): number => order.get(diagnostic.file) ?? files.length
  return [...unique.values()].toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      compareText(a.file, b.file) ||
      a.start.offset - b.start.offset ||
      a.end.offset - b.end.offset ||
      compareText(a.code, b.code),
  )
}

function isIgnored(diagnostic: Diagnostic, ignores: readonly IgnoreComment[]): boolean {
  if (diagnostic.severity === 'error') return false
  return ignores.some(
    ({ source, line, codes }) =>
      source.file === diagnostic.file && line === diagnostic.start.line && codes.includes(diagnostic.code),
  )
}

function joinRelated(first: Diagnostic, second: Diagnostic): Diagnostic {
  const places = new Map<string, RelatedPlace>()
  for (const place of [...(first.related ?? []), ...(second.related ?? [])]) {
    places.set(JSON.stringify([place.file, place.start.offset, place.message]), place)
  }
  return places.size === 0 ? first : { ...first, related: [...places.values()] }
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
