/** Finds where the value at a JSON pointer is written. */
import type { Location } from '../spec/diagnostic.ts'
import type { SpecDocument } from '../spec/document.ts'
import { fromPointer } from '../spec/path.ts'
import { specPathOf } from './explain/spec-path.ts'

/**
 * `pointer` leads into the spec or into its Program. A value that is a default has no place of its own: that of the
 * nearest value around it is given.
 */
export function placeOf(document: SpecDocument, pointer: string): Location {
  return document.rangeAt(specPathOf(document, fromPointer(pointer)), 'value')
}
