/** Makes the path of a trace file relative to the root spec's folder, as every path of a spec is. */
import { hasInterpolation } from '../../spec/interpolation.ts'
import type { SpecDocument } from '../../spec/document.ts'
import { toPointer } from '../../spec/path.ts'
import type { Report } from '../../spec/reporter.ts'
import { resolvePath } from './paths.ts'
import { findPlaces, patterns } from './places.ts'
import type { Replacement } from './rewrite.ts'

const tracePlaces = patterns('tracing.exporter.file')

/** Reports a path that leaves the folder. One with a variable in it is resolved, and checked, when a run is traced. */
export function resolveTraceFile(document: SpecDocument, report: Report): readonly Replacement[] {
  return findPlaces(document.value, tracePlaces).flatMap(({ path: place, value }) => {
    if (typeof value !== 'string' || hasInterpolation(value)) return []
    const resolved = resolvePath(document.sourceAt(place).path, value)
    if (resolved.ok) return [{ path: place, value: resolved.path }]
    const location = document.rangeAt(place, 'value')
    report('AS3011', { path: value, why: resolved.why }, location, { pointer: toPointer(place) })
    return []
  })
}
