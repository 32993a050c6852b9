/** Functions as models are offered them: with the schema that strict mode takes, made once for as long as the spec is linked. */
import { toStrictSchema } from '../../compiler/json-schema/strict/strict-schema.ts'
import type { StrictSchema } from '../../compiler/json-schema/strict/strict-schema.ts'
import type { JsonSchema, OutputDefinition } from '../../compiler/program.ts'
import { isJsonObject } from '../../util/json.ts'
import type { FunctionSpec } from '../models/model.ts'

export interface OfferedFunctions {
  /** A schema as it is sent in strict mode; `null` when that cannot be. */
  readonly strict: (schema: JsonSchema) => StrictSchema | null
  /**
   * A function with the schema that is sent; one that cannot be sent strictly is not strict.
   *
   * @param definition what the function is made of: the same object gives the same function, which models keep serialized.
   */
  readonly offered: (definition: object, wanted: FunctionSpec) => FunctionSpec
  /** The schema of an answer that is sent. */
  readonly answer: (output: OutputDefinition) => OutputDefinition
}

export function createOfferedFunctions(): OfferedFunctions {
  const schemas = new WeakMap<object, StrictSchema | null>()
  const functions = new WeakMap<object, FunctionSpec>()
  const answers = new WeakMap<object, OutputDefinition>()
  const strict = (schema: JsonSchema): StrictSchema | null =>
    isJsonObject(schema) ? kept(schemas, schema, () => toStrictSchema(schema)) : null
  const sent = (wanted: { readonly strict: boolean }, schema: JsonSchema): JsonSchema | null =>
    wanted.strict ? (strict(schema)?.schema ?? null) : null
  return {
    strict,
    offered: (definition, wanted) =>
      kept(functions, definition, () => {
        const parameters = sent(wanted, wanted.parameters)
        return parameters === null ? { ...wanted, strict: false } : { ...wanted, parameters }
      }),
    answer: (output) =>
      kept(answers, output, () => {
        const schema = sent(output, output.schema)
        return schema === null ? { ...output, strict: false } : { ...output, schema }
      }),
  }
}

function kept<T>(cache: WeakMap<object, T>, key: object, make: () => T): T {
  const known = cache.get(key)
  if (known !== undefined) return known
  const made = make()
  cache.set(key, made)
  return made
}
