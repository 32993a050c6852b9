/** The variables a template reads, with their places. */
import type { StaticAnalysis } from 'liquidjs'

export interface TemplateVariable {
  /** `context.user.name` → `['context', 'user', 'name']`; ends where an index is not written out. */
  readonly path: readonly string[]
  /** Offsets in the template of the variable as written. */
  readonly start: number
  readonly end: number
}

/** The variables that come from outside the template, in order of place. */
export function variablesOf(analysis: StaticAnalysis, text: string): readonly TemplateVariable[] {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)]
  const uses = Object.values(analysis.globals)
    .flat()
    .map(({ segments, location }) => {
      const start = (lineStarts[location.row - 1] ?? 0) + location.col - 1
      return { path: literalPath(segments), start, end: start + writtenLength(text, start) }
    })
  return uses.sort((a, b) => a.start - b.start)
}

function literalPath(segments: readonly unknown[]): readonly string[] {
  const dynamic = segments.findIndex((segment) => typeof segment !== 'string' && typeof segment !== 'number')
  return segments.slice(0, dynamic === -1 ? undefined : dynamic).map(String)
}

/** How far names, dots and brackets go on. */
function writtenLength(text: string, start: number): number {
  const written = /^[\w-]+\??(?:\s*\.\s*[\w-]+\??|\[(?:[^[\]]|\[[^[\]]*\])*\])*/.exec(
    text.slice(start, start + 500),
  )
  return Math.max(1, written?.[0].length ?? 1)
}
