/**
 * Validation against JSON Schemas of specs and of MCP servers. Nothing is coerced, no default is filled in, no
 * reference is fetched; `format` is an annotation and never checked.
 */
import type { Ajv, Options, ValidateFunction } from 'ajv'
import { createTimeLimit, TimeLimitError } from '../../util/time-limit.ts'
import { isJsonObject, type JsonObject } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'
import { createPattern, dialectOf, findReference, surveySchema, type Dialect } from './dialect.ts'
import { issuesOf, type SchemaIssue } from './issues.ts'

export type { SchemaIssue } from './issues.ts'

export interface SchemaValidator {
  /**
   * What is wrong with a value; empty when it fits. A schema that cannot be used is an issue of its own. The work
   * for a schema object is kept for as long as that object lives.
   */
  validate(schema: JsonSchema, value: unknown): readonly SchemaIssue[]
  /** What is wrong with a schema itself; pointers are into the schema. */
  checkSchema(schema: JsonSchema): readonly SchemaIssue[]
}

/** Milliseconds for preparing one schema, and for one validation where patterns or references could make it endless. */
const compileLimit = 5000
const validateLimit = 1000

type Validate = (value: unknown) => readonly SchemaIssue[]

/** Loads the validator (about 40 ms, once a process) and creates an instance with a cache of its own. */
export async function createSchemaValidator(): Promise<SchemaValidator> {
  const [{ Ajv2020 }, { Ajv }] = await Promise.all([import('ajv/dist/2020.js'), import('ajv')])
  const engines: Engines = { '2020-12': new Ajv2020(options), 'draft-07': new Ajv(options) }
  const limit = createTimeLimit()
  const cache = new WeakMap<object, Validate>()

  const prepare = (schema: JsonSchema): Validate => {
    if (!isJsonObject(schema)) return () => (schema ? [] : [{ pointer: '', message: 'is not allowed' }])
    const known = cache.get(schema)
    if (known !== undefined) return known
    const { issues, slow } = surveySchema(schema)
    const fatal = issues.find((issue) => issue.pointer !== '/$schema')
    const validate = fatal === undefined ? compileWithin(limit, engines, schema) : unusable(fatal.message)
    const guarded: Validate = slow ? (value) => limit(validateLimit, () => validate(value)) : validate
    cache.set(schema, guarded)
    return guarded
  }

  return {
    validate: (schema, value) => {
      try {
        return prepare(schema)(value)
      } catch (error) {
        return [{ pointer: '', message: `cannot be validated: ${reasonOf(error)}` }]
      }
    },
    checkSchema: (schema) => {
      if (!isJsonObject(schema)) return []
      try {
        return [...surveySchema(schema).issues, ...limit(compileLimit, () => checkByEngine(engines, schema))]
      } catch (error) {
        return [{ pointer: '', message: `the schema cannot be used: ${reasonOf(error)}` }]
      }
    },
  }
}

type Engines = Readonly<Record<Dialect, Ajv>>

type Limit = <T>(milliseconds: number, task: () => T) => T

const options: Options = {
  strict: false,
  logger: false,
  allErrors: true,
  verbose: true,
  ownProperties: true,
  validateFormats: false,
  addUsedSchema: false,
  inlineRefs: false,
  code: { regExp: Object.assign((pattern: string) => createPattern(pattern), { code: 'createPattern' }) },
}

function compileWithin(limit: Limit, engines: Engines, schema: JsonObject): Validate {
  try {
    const validate = limit(compileLimit, () => compile(engines, schema))
    return (value) => (validate(value) ? [] : issuesOf(validate.errors ?? []))
  } catch (error) {
    return unusable(reasonOf(error))
  }
}

/** The engine must not keep the schema: it would never be let go, and a second one with its `$id` would be refused. */
function compile(engines: Engines, schema: JsonObject): ValidateFunction {
  const engine = engines[dialectOf(schema)]
  const plain = withoutDialect(schema)
  try {
    return engine.compile(plain)
  } finally {
    engine.removeSchema(plain)
  }
}

/** The dialect chose the engine; the engine would refuse the name of any other. */
function withoutDialect({ $schema: _, ...schema }: JsonObject): JsonObject {
  return schema
}

function unusable(reason: string): Validate {
  return () => [{ pointer: '', message: `the schema cannot be used: ${reason}` }]
}

function checkByEngine(engines: Engines, schema: JsonObject): readonly SchemaIssue[] {
  const engine = engines[dialectOf(schema)]
  if (engine.validateSchema(withoutDialect(schema)) !== true) return issuesOf(engine.errors ?? [])
  try {
    compile(engines, schema)
    return []
  } catch (error) {
    const reference = missingReference(error)
    if (reference === undefined) throw error
    const pointer = findReference(schema, reference)
    return [{ pointer, message: reasonOf(error) }]
  }
}

function reasonOf(error: unknown): string {
  const reference = missingReference(error)
  if (reference !== undefined) return `the reference "${reference}" leads nowhere; other documents are not fetched`
  if (error instanceof RangeError) return 'it is nested too deep, or refers to itself without end'
  if (error instanceof TimeLimitError) return `it ${error.message}`
  return error instanceof Error ? error.message : 'unknown error'
}

function missingReference(error: unknown): string | undefined {
  const reference = error instanceof Error && 'missingRef' in error ? error.missingRef : undefined
  return typeof reference === 'string' ? reference : undefined
}
