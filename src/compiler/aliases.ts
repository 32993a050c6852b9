/** The places that repeat a mistake by an alias. */
import type { RelatedPlace } from '../spec/diagnostic.ts'
import type { SpecDocument } from '../spec/document.ts'
import type { Path } from '../spec/path.ts'

/** For a value that is written in an anchor: where an alias leads to it. The mistake itself is reported at the anchor. */
export function aliasesOf(document: SpecDocument, path: Path): readonly RelatedPlace[] {
  return document.aliasesAt(path).map((location) => ({ ...location, message: 'used here' }))
}
