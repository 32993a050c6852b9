/** The JSON Schemas of a spec are valid, and the default context fits its own. */
import { valueAt } from '../../spec/document.ts'
import { fromPointer } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'
import type { SchemaValidator } from '../json-schema/schema-validator.ts'
import { fitsPlainly } from '../json-schema/plain-fit.ts'
import { isPlainSchema } from '../json-schema/plain-schema.ts'
import { findPlaces } from '../resolve/places.ts'
import type { Found } from '../resolve/places.ts'
import { schemaPlaces } from '../resolve/schema-places.ts'
import type { RuleContext } from './rule-context.ts'

/** The validator is loaded only when it is not plain to see that there is nothing to complain about. */
export async function jsonSchemas(context: RuleContext): Promise<void> {
  if (isPlainlyRight(context.document.value)) return
  const { createSchemaValidator } = await import('../json-schema/schema-validator.ts')
  const validator = await createSchemaValidator()
  for (const { path, value } of findPlaces(context.document.value, schemaPlaces)) {
    if (!isSchema(value)) continue
    // One mistake breaks several keywords of the schema of schemas: the first says enough.
    const issues = new Map(
      validator
        .checkSchema(value)
        .toReversed()
        .map((issue) => [issue.pointer, issue]),
    )
    for (const { pointer, message } of issues.values()) {
      context.report('AS4014', { detail: message }, { path: [...path, ...fromPointer(pointer)] })
    }
  }
  checkDefault(context, validator)
}

function isPlainlyRight(spec: Json): boolean {
  const isRight = ({ value }: Found): boolean => !isSchema(value) || isPlainSchema(value)
  const { schema, value } = contextOf(spec)
  return (
    findPlaces(spec, schemaPlaces).every(isRight) &&
    (schema === undefined || value === undefined || fitsPlainly(schema, value))
  )
}

function checkDefault({ document, report }: RuleContext, validator: SchemaValidator): void {
  const { schema, value } = contextOf(document.value)
  if (schema === undefined || value === undefined || validator.checkSchema(schema).length > 0) return
  for (const { pointer, message } of validator.validate(schema, value)) {
    report('AS4015', { detail: message }, { path: ['context', 'default', ...fromPointer(pointer)] })
  }
}

/** The context's schema, if it is one, and its default. */
function contextOf(spec: Json): {
  readonly schema: JsonSchema | undefined
  readonly value: Json | undefined
} {
  const schema = valueAt(spec, ['context', 'schema'])
  return {
    schema: schema !== undefined && isSchema(schema) ? schema : undefined,
    value: valueAt(spec, ['context', 'default']),
  }
}

/** A schema, or a file that could not be read (which is reported where it is named). */
function isSchema(value: Json): value is JsonSchema {
  return typeof value === 'boolean' || (isJsonObject(value) && typeof value['file'] !== 'string')
}
