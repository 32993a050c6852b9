/** Follows a path of names through a JSON Schema. */
import { fromPointer } from '../../spec/path.ts'
import { valueAt } from '../../spec/document.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'

/** A name that a schema does not have. */
export interface MissingName {
  /** Index in the path. */
  readonly index: number
  readonly name: string
  readonly known: readonly string[]
}

/**
 * The first name of the path that the schema lacks. A schema that lists properties and does not say
 * `additionalProperties` is taken at its word: what it does not list is a mistake. Where the schema says nothing, or
 * cannot be followed, nothing is missing.
 */
export function findMissingName(root: JsonSchema, path: readonly string[]): MissingName | undefined {
  let schemas: readonly Json[] = [root]
  for (const [index, name] of path.entries()) {
    const views = schemas.map((schema) => stepInto(root, schema, name, 0))
    if (views.includes('anything')) return undefined
    const known = views.flatMap((view) => (view === 'anything' || 'found' in view ? [] : view.known))
    const found = views.flatMap((view) => (view !== 'anything' && 'found' in view ? [view.found] : []))
    if (found.length === 0) return { index, name, known: [...new Set(known)] }
    schemas = found
  }
  return undefined
}

type Step = 'anything' | { readonly found: Json } | { readonly known: readonly string[] }

const maxReferences = 32

function stepInto(root: JsonSchema, schema: Json, name: string, depth: number): Step {
  if (!isJsonObject(schema) || depth > maxReferences) return 'anything'
  if (typeof schema['$ref'] === 'string') return stepIntoReference(root, schema['$ref'], name, depth)
  if (
    ['allOf', 'anyOf', 'oneOf', 'if', 'patternProperties', '$dynamicRef'].some((key) =>
      Object.hasOwn(schema, key),
    )
  ) {
    return 'anything'
  }
  if (isJsonObject(schema['items'])) return stepIntoList(schema['items'], name)
  const { properties, additionalProperties } = schema
  if (!isJsonObject(properties)) return additionalProperties === false ? { known: [] } : 'anything'
  return stepIntoProperties(properties, additionalProperties, name)
}

function stepIntoReference(root: JsonSchema, reference: string, name: string, depth: number): Step {
  if (!/^#(?:\/|$)/.test(reference) || !isJsonObject(root)) return 'anything'
  const target = valueAt(root, fromPointer(reference.slice(1)))
  return target === undefined ? 'anything' : stepInto(root, target, name, depth + 1)
}

/** Liquid knows `first`, `last` and `size` of a list, and its indices. */
function stepIntoList(items: JsonObject, name: string): Step {
  if (/^-?\d+$/.test(name) || name === 'first' || name === 'last') return { found: items }
  return name === 'size' ? 'anything' : { known: ['first', 'last', 'size'] }
}

function stepIntoProperties(properties: JsonObject, additional: Json | undefined, name: string): Step {
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined
  if (property !== undefined) return { found: property }
  if (name === 'size' || (additional !== undefined && additional !== false)) return 'anything'
  return { known: Object.keys(properties) }
}
