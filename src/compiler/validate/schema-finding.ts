/** What the validate stage finds: a worded mistake and its pointer; places in the text are the caller's. */
import { schemaCodes } from '../../spec/codes/schema.ts'
import type { SchemaArgs } from '../../spec/codes/schema.ts'
import type { CodeRow } from '../../spec/codes/code-row.ts'
import type { Severity } from '../../spec/diagnostic.ts'
import type { JsonPrimitive } from '../../util/json.ts'

export type SchemaCode = keyof SchemaArgs

/** Which part is meant: the key, the value, or the key that the map at the pointer is written under. */
export type FindingPart = 'key' | 'value' | 'parent-key'

/** What `--fix` may write instead. The value is the plain one: whoever edits the text quotes it where YAML needs it. */
type SchemaFix = { readonly replaceKeyWith: string } | { readonly replaceValueWith: JsonPrimitive }

/** Another place that the mistake has to do with. */
interface RelatedFinding {
  readonly pointer: string
  readonly at: FindingPart
  readonly message: string
}

export interface SchemaFinding {
  readonly code: SchemaCode
  readonly severity: Severity
  readonly message: string
  readonly hint?: string
  /** JSON pointer of the thing: of the map itself for a key that is missing in it. */
  readonly pointer: string
  readonly at: FindingPart
  readonly fix?: SchemaFix
  readonly related?: RelatedFinding
}

export interface FindingDetails {
  readonly pointer: string
  readonly at: FindingPart
  readonly fix?: SchemaFix | undefined
  readonly related?: RelatedFinding | undefined
}

/** Words a mistake as its code says. */
export function schemaFinding<Code extends SchemaCode>(
  code: Code,
  args: SchemaArgs[Code],
  { pointer, at, fix, related }: FindingDetails,
): SchemaFinding {
  const row: CodeRow<SchemaArgs[Code]> = schemaCodes[code]
  const hint = row.hint?.(args)
  return {
    code,
    severity: row.severity,
    message: row.message(args),
    ...(hint === undefined ? {} : { hint }),
    pointer,
    at,
    ...(fix === undefined ? {} : { fix }),
    ...(related === undefined ? {} : { related }),
  }
}
