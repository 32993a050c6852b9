/** A JSON Schema that changed: whether it still accepts what it did, and else where it does not. */
import type { JsonSchema } from '../program.ts'
import { createChange, partOf } from './change.ts'
import type { Change, ChangeClass, Subject } from './change.ts'
import { isEqual } from './describe.ts'
import { narrowings } from './schema/narrowings.ts'

export interface SchemaClasses {
  /** How the whole value is called: `parameters`. */
  readonly name: string
  /** When every value that was accepted still is. */
  readonly widened: ChangeClass
  /** When some may not be. */
  readonly narrowed: ChangeClass
  readonly marks: Pick<Change, 'isBinding' | 'refusedBy'>
}

/** One change for each way in which earlier values may be refused; one in all when there is none. */
export function diffSchema(
  subject: Subject,
  older: JsonSchema,
  newer: JsonSchema,
  { name, widened, narrowed, marks }: SchemaClasses,
): readonly Change[] {
  if (isEqual(older, newer)) return []
  const found = narrowings(older, newer, name)
  if (found.length > 0) {
    return found.map(({ path, what }) => createChange(partOf(subject, ...path), narrowed, what, marks))
  }
  const { refusedBy: _, ...others } = marks
  return [createChange(subject, widened, `${name} changed; whatever fitted before still does`, others)]
}
