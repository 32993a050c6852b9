/** What a rule may see, and how it says what it found. */
import type { DiagnosticArgs, DiagnosticCode } from '../../spec/diagnostic-codes.ts'
import type { Fix, Location, RelatedPlace } from '../../spec/diagnostic.ts'
import type { Part, SpecDocument } from '../../spec/document.ts'
import type { ReadLock } from '../lock/read-lock.ts'
import { aliasesOf } from '../aliases.ts'
import { toPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import type { Report } from '../../spec/reporter.ts'
import type { NameReference } from './name-references.ts'
import type { Scope } from './scope.ts'

/** A place in the spec: a value or its key, or a piece of a text value by offsets into it. */
export interface RulePlace {
  readonly path: Path
  readonly part?: Part
  readonly within?: readonly [number, number]
}

export interface RuleDetails {
  readonly fix?: Fix | undefined
  readonly related?: readonly RelatedPlace[]
}

export interface RuleContext {
  readonly document: SpecDocument
  readonly scope: Scope
  /** Every place that names a definition. */
  readonly references: readonly NameReference[]
  /** False when an included file could not be read: names that seem unknown may be declared there. */
  readonly complete: boolean
  /** Environment variables; absent when nothing is to be said about them. */
  readonly environment: Readonly<Record<string, string | undefined>> | undefined
  /** The lock file beside the spec. */
  readonly locked: ReadLock
  readonly report: <Code extends DiagnosticCode>(
    code: Code,
    args: DiagnosticArgs<Code>,
    place: RulePlace,
    details?: RuleDetails,
  ) => void
  readonly locate: (place: RulePlace) => Location
}

/**
 * One rule: looks at a whole spec and reports what is wrong. It never throws, however odd the spec. A rule that needs a
 * library loads it when it has seen that the spec gives it something to do.
 */
export type Rule = (context: RuleContext) => void | Promise<void>

export type CheckOptions = Pick<RuleContext, 'complete' | 'environment' | 'locked'>

/** Makes the context of one check. */
export function createRuleContext(
  parts: Pick<RuleContext, 'document' | 'scope' | 'references'> & CheckOptions,
  report: Report,
): RuleContext {
  const { document } = parts
  const locate = ({ path, part = 'value', within }: RulePlace): Location =>
    within === undefined ? document.rangeAt(path, part) : document.rangeWithin(path, within[0], within[1])
  return {
    ...parts,
    locate,
    report: (code, args, place, details = {}) =>
      report(code, args, locate(place), {
        pointer: toPointer(place.path),
        ...details,
        related: [...(details.related ?? []), ...aliasesOf(document, place.path)],
      }),
  }
}
