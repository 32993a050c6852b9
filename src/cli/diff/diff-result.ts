/** What `diff --json` prints. */
import type { Change, ChangeClass } from '../../compiler/diff/change.ts'
import { worstClass } from '../../compiler/diff/change.ts'
import { diffPrograms } from '../../compiler/diff/diff-programs.ts'
import type { Position } from '../../spec/diagnostic.ts'
import type { Side } from './load-side.ts'

export interface SpecPlace {
  readonly file: string
  readonly start: Position
}

export interface PlacedChange {
  readonly class: ChangeClass
  readonly what: string
  readonly pointer: string
  /** Absent where it is not there, or where the place is not known any more. */
  readonly a?: SpecPlace
  readonly b?: SpecPlace
}

/** What going on with the newer spec would mean for a run. */
export interface AffectedRun {
  readonly run_id: string
  readonly class: ChangeClass
  readonly reasons: readonly string[]
}

export interface DiffResult {
  readonly a: { readonly hash: string; readonly version: string }
  readonly b: { readonly hash: string; readonly version: string }
  /** The worst of the changes. */
  readonly class: ChangeClass
  readonly changes: readonly PlacedChange[]
  /** Only when they were asked for. */
  readonly runs?: readonly AffectedRun[]
}

/** The changes from `a` to `b`, the worst first, with their places. */
export function diffSides(a: Side, b: Side): DiffResult {
  const changes = diffPrograms(a.program, b.program)
  return {
    a: { hash: a.hash, version: a.program.version },
    b: { hash: b.hash, version: b.program.version },
    class: worstClass(changes.map((change) => change.class)),
    changes: changes.map((change) => placed(change, a, b)),
  }
}

function placed({ class: changeClass, what, pointer, at }: Change, a: Side, b: Side): PlacedChange {
  const [inA, inB] = [placeIn(a, at.a), placeIn(b, at.b)]
  return {
    class: changeClass,
    what,
    pointer,
    ...(inA === undefined ? {} : { a: inA }),
    ...(inB === undefined ? {} : { b: inB }),
  }
}

function placeIn(side: Side, pointer: string | undefined): SpecPlace | undefined {
  const place = pointer === undefined ? undefined : side.placeOf(pointer)
  return place && { file: place.file, start: place.start }
}
