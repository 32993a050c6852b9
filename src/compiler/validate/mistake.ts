/** One error of the validator, and the questions that wording it asks. */
import { valueAt } from '../../spec/document.ts'
import { fromPointer, toPointer } from '../../spec/path.ts'
import type { Json } from '../../util/json.ts'
import type { Condition, Form, Place } from '../generated/spec-places.generated.ts'
import type { SchemaError } from '../generated/validate-spec.generated.js'

export interface Mistake {
  readonly error: SchemaError
  /** The whole file. */
  readonly value: Json
  readonly kind: DocumentKind
}

/** A kind of file with a schema of ours: its name in messages, and the generated tables about its schema. */
export interface DocumentKind {
  /** `the spec` */
  readonly name: string
  /** `at the top level` */
  readonly topLevel: string
  /** What it is part of: the places that a key can belong to are there. */
  readonly whole: string
  readonly places: Readonly<
    Record<string, { readonly at: readonly Place[]; readonly keys: readonly string[] }>
  >
  readonly forms: Readonly<Record<string, Form>>
  readonly choices: Readonly<Record<string, readonly string[]>>
  readonly conditions: Readonly<Record<string, Condition>>
}

/** The value that the error is about. */
export function wrongValue({ error, value }: Mistake): Json | undefined {
  return valueAt(value, fromPointer(error.instancePath))
}

/** The path in the schema of the part whose keyword was violated. */
export function schemaPart({ error }: Mistake): string {
  return error.schemaPath.slice(0, error.schemaPath.lastIndexOf('/'))
}

/** A parameter of the error that is text. */
export function textParam({ error }: Mistake, name: string): string {
  return String(error.params[name])
}

/** A parameter of the error that is a list of text, or one text. */
export function listParam({ error }: Mistake, name: string): readonly string[] {
  return [error.params[name]].flat().map(String)
}

/** The pointer of a member of the map or list at a pointer. */
export function memberPointer(pointer: string, key: string | number): string {
  return `${pointer}${toPointer([key])}`
}

/** What to call the thing at a pointer: `"timeout"`, `item 1 of "tools"`, `the spec`. */
export function nameAt({ value, kind }: Mistake, pointer: string): string {
  const path = fromPointer(pointer)
  const last = path.at(-1)
  if (last === undefined) return kind.name
  const parent = path.slice(0, -1)
  if (!Array.isArray(valueAt(value, parent))) return `"${last}"`
  const list = parent.findLast((part) => Number.isNaN(Number(part)))
  return `item ${Number(last) + 1} of "${list}"`
}
