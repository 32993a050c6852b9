/** Validators generated from schemas/lock.v1.schema.json by `npm run gen`. */

export interface SchemaError {
  readonly keyword: string
  /** JSON pointer into the validated value. */
  readonly instancePath: string
  /** `def:<name>/…`: the keyword inside the named part of the schema (`root` or one of `$defs`). */
  readonly schemaPath: string
  readonly params: Readonly<Record<string, unknown>>
  /** Set for a mistake in a key of a map. */
  readonly propertyName?: string
}

export interface Validator {
  (value: unknown): boolean
  /** What was wrong with the value validated last. */
  errors: readonly SchemaError[] | null
}

/** For the whole schema. */
export const validateLock: Validator
