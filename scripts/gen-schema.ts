/** Reads a JSON Schema of ours, and names its parts for the generators. */
import { readFileSync } from 'node:fs'

type TypeName = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null'

/** The values that our schemas single out. */
export type Constant = string | number | boolean

/** The keywords our schemas use; a generator that meets another one must not guess. */
export interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly title?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly default?: unknown
  readonly pattern?: string
  readonly type?: TypeName | readonly TypeName[]
  readonly properties?: Readonly<Record<string, Schema | boolean>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Schema | boolean>>
  readonly propertyNames?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly enum?: readonly Constant[]
  readonly const?: Constant
  readonly not?: Schema
  readonly if?: Schema
  readonly then?: Schema
  readonly else?: Schema
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

/** The name that the schema itself goes by, beside those of its `$defs`. */
export const ROOT = 'root'

/** Reads a schema from its file. */
export function readSchema(path: string): Schema {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** The schema itself as `root`, and its `$defs`: every part that has a name. */
export function definitions(schema: Schema): ReadonlyMap<string, Schema> {
  const { $defs = {}, ...rest } = schema
  return new Map([[ROOT, rest], ...Object.entries($defs)])
}

/** `duration` for `#/$defs/duration`. */
export function definitionName(ref: string): string {
  const name = /^#\/\$defs\/(\w+)$/.exec(ref)?.[1]
  if (name === undefined) throw new Error(`"${ref}" does not refer to one of $defs`)
  return name
}

/** The key and value of a condition like `{ required: [type], properties: { type: { const: function } } }`. */
export function constantOf(condition: Schema | undefined): { key: string; value: Constant } | undefined {
  for (const [key, property] of Object.entries(condition?.properties ?? {})) {
    if (typeof property === 'object' && property.const !== undefined) return { key, value: property.const }
  }
  return undefined
}

/** A map whose keys are told apart by one of them: `type: function` takes the keys of `function_tool`, and so on. */
export interface Variant {
  /** The definition that holds what all variants share. */
  readonly base: string
  readonly key: string
  readonly value: Constant
}

/** By definition: the variant it describes. */
export function variants(defs: ReadonlyMap<string, Schema>): ReadonlyMap<string, Variant> {
  const found = new Map<string, Variant>()
  for (const [base, schema] of defs) {
    for (const branch of schema.allOf ?? []) {
      const constant = constantOf(branch.if)
      if (constant === undefined || branch.then?.$ref === undefined) continue
      found.set(definitionName(branch.then.$ref), { base, ...constant })
    }
  }
  return found
}
