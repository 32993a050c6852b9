/** The JSON Schemas of a spec are valid, and the default context fits its own. */
import { valueAt } from '../../spec/document.ts'
import { fromPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'
import { fitsPlainly } from '../json-schema/plain-fit.ts'
import { isPlainSchema } from '../json-schema/plain-schema.ts'
import { findPlaces } from '../resolve/places.ts'
import type { Found } from '../resolve/places.ts'
import { schemaPlaces } from '../resolve/schema-places.ts'
import type { RuleContext } from './rule-context.ts'

/** False when it is plain to see that there is nothing to complain about; loading a validator takes a while. */
export function needsSchemaValidator(spec: Json): boolean {
  const isRight = ({ value }: Found): boolean => !isSchema(value) || isPlainSchema(value)
  if (!findPlaces(spec, schemaPlaces).every(isRight)) return true
  const schema = valueAt(spec, ['context', 'schema'])
  const value = valueAt(spec, ['context', 'default'])
  return schema !== undefined && value !== undefined && isSchema(schema) && !fitsPlainly(schema, value)
}

export function jsonSchemas(context: RuleContext): void {
  const { schemas, document } = context
  if (schemas === undefined) return
  for (const { path, value } of findPlaces(document.value, schemaPlaces)) {
    if (!isSchema(value)) continue
    // One mistake breaks several keywords of the schema of schemas: the first says enough.
    const issues = new Map(
      schemas
        .checkSchema(value)
        .toReversed()
        .map((issue) => [issue.pointer, issue]),
    )
    for (const { pointer, message } of issues.values()) {
      context.report('AS4014', { detail: message }, { path: [...path, ...fromPointer(pointer)] })
    }
  }
  checkDefault(context, ['context'])
}

function checkDefault({ schemas, document, report }: RuleContext, path: Path): void {
  const schema = valueAt(document.value, [...path, 'schema'])
  const value = valueAt(document.value, [...path, 'default'])
  if (schemas === undefined || schema === undefined || value === undefined || !isSchema(schema)) return
  if (schemas.checkSchema(schema).length > 0) return
  for (const { pointer, message } of schemas.validate(schema, value)) {
    report('AS4015', { detail: message }, { path: [...path, 'default', ...fromPointer(pointer)] })
  }
}

/** A schema, or a file that could not be read (which is reported where it is named). */
function isSchema(value: Json): value is JsonSchema {
  return typeof value === 'boolean' || (isJsonObject(value) && typeof value['file'] !== 'string')
}
