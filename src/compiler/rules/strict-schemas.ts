/** A schema that shall be sent in strict mode can be: as it is, or converted without a change of what it means. */
import { valueAt } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { JsonObject } from '../../util/json.ts'
import { isPlainSchema } from '../json-schema/plain-schema.ts'
import { strictProblems } from '../json-schema/strict/strict-schema.ts'
import type { RuleContext } from './rule-context.ts'

/** The validator is loaded only for a schema with findings that is not plainly valid: one that is broken has others. */
export async function strictSchemas(context: RuleContext): Promise<void> {
  for (const { path, schema } of strictSchemasOf(context)) {
    const findings = strictProblems(schema)
    if (findings.length === 0 || !(await isValid(schema))) continue
    for (const { path: at, rule } of findings)
      context.report('AS4024', { rule }, { path: writtenPath(schema, path, at), part: 'key' })
  }
}

interface StrictSchema {
  readonly path: Path
  readonly schema: JsonObject
}

/** A function and an output are strict unless they say otherwise. A file that could not be read is no schema. */
function strictSchemasOf({ scope }: RuleContext): readonly StrictSchema[] {
  const tools = scope.tools
    .filter(({ value }) => value['type'] === 'function')
    .map(({ path, value }) => ({ path, owner: value, key: 'parameters' }))
  const outputs = scope
    .definitions('agents')
    .flatMap(({ path, value: { output } }) =>
      isJsonObject(output) ? [{ path: [...path, 'output'], owner: output, key: 'schema' }] : [],
    )
  return [...tools, ...outputs].flatMap(({ path, owner, key }) => {
    const schema = owner[key]
    const isSent = owner['strict'] !== false && isJsonObject(schema) && typeof schema['file'] !== 'string'
    return isSent ? [{ path: [...path, key], schema }] : []
  })
}

/** Of what was taken in from an `allOf` the place is the schema that has it. */
function writtenPath(schema: JsonObject, path: Path, at: Path): Path {
  let end = at.length
  while (end > 0 && valueAt(schema, at.slice(0, end)) === undefined) end -= 1
  return [...path, ...at.slice(0, end)]
}

async function isValid(schema: JsonObject): Promise<boolean> {
  if (isPlainSchema(schema)) return true
  const { createSchemaValidator } = await import('../json-schema/schema-validator.ts')
  const validator = await createSchemaValidator()
  return validator.checkSchema(schema).length === 0
}
