/**
 * Validation against JSON Schemas of specs and of MCP servers. Nothing is coerced, no default is filled in, no
 * reference is fetched; `format` is an annotation and never checked.
 */
import type { Ajv, Options } from 'ajv'
import { createTimeLimit, TimeLimitError } from '../../util/time-limit.ts'
import { isJsonObject, type JsonObject } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'
import { createPattern, dialectOf, findReference, surveySchema, type Dialect } from './dialect.ts'
import { issuesOf } from './issues.ts'
import type { SchemaIssue } from './schema-issue.ts'
import { isPlainSchema } from './plain-schema.ts'

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
  const engines = createEngines(await loadAjv())
  const limit = createTimeLimit()
  const cache = new WeakMap<object, Validate>()

  const prepare = (schema: JsonSchema): Validate => {
    if (!isJsonObject(schema)) return () => (schema ? [] : [{ pointer: '', message: 'is not allowed' }])
    const known = cache.get(schema)
    if (known !== undefined) return known
    const created = prepareObject(schema)
    cache.set(schema, created)
    return created
  }

  const prepareObject = (schema: JsonObject): Validate => {
    const { issues, slow } = surveySchema(schema)
    const fatal = issues.find((issue) => issue.pointer !== '/$schema')
    if (fatal !== undefined) return unusable(fatal.message)
    try {
      const validate = engines.use(schema, (engine, plain) =>
        limit(compileLimit, () => {
          // Throws for a schema that is not valid. Preparing the schema of schemas is slow, so it is not always asked.
          if (!isPlainSchema(plain)) void engine.validateSchema(plain, true)
          return engine.compile(plain)
        }),
      )
      const run: Validate = (value) => (validate(value) ? [] : issuesOf(validate.errors ?? [], schema))
      return slow ? (value) => limit(validateLimit, () => run(value)) : run
    } catch (error) {
      return unusable(reasonOf(error))
    }
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
      if (!isJsonObject(schema) || isPlainSchema(schema)) return []
      const { issues } = surveySchema(schema)
      const compiles = issues.every((issue) => issue.pointer === '/$schema')
      const check = (engine: Ajv, plain: JsonObject): readonly SchemaIssue[] =>
        limit(compileLimit, () => checkByEngine(engine, plain, compiles))
      try {
        return [...issues, ...engines.use(schema, check)]
      } catch (error) {
        return [...issues, { pointer: '', message: `the schema cannot be used: ${reasonOf(error)}` }]
      }
    },
  }
}

interface Engines {
  /**
   * Works with the engine for a schema's dialect. The engine does not keep the schema: it would never be let go, and
   * a second one with its `$id` would be refused.
   */
  use<T>(schema: JsonObject, work: (engine: Ajv, schema: JsonObject) => T): T
}

function createEngines(create: Readonly<Record<Dialect, () => Ajv>>): Engines {
  const engines = new Map<Dialect, Ajv>()
  return {
    use: (schema, work) => {
      const dialect = dialectOf(schema)
      const engine = engines.get(dialect) ?? create[dialect]()
      engines.set(dialect, engine)
      const plain = withoutDialect(schema)
      try {
        return work(engine, plain)
      } catch (error) {
        // Work that was ended may have left the engine in the middle of something.
        if (error instanceof TimeLimitError || error instanceof RangeError) engines.delete(dialect)
        throw error
      } finally {
        engine.removeSchema(plain)
      }
    },
  }
}

async function loadAjv(): Promise<Readonly<Record<Dialect, () => Ajv>>> {
  const [{ Ajv2020 }, { Ajv }] = await Promise.all([import('ajv/dist/2020.js'), import('ajv')])
  return { '2020-12': () => new Ajv2020(options), 'draft-07': () => new Ajv(options) }
}

const options: Options = {
  strict: false,
  logger: false,
  validateSchema: false,
  allErrors: true,
  verbose: true,
  ownProperties: true,
  validateFormats: false,
  inlineRefs: false,
  code: { regExp: Object.assign((pattern: string) => createPattern(pattern), { code: 'createPattern' }) },
}

/** The dialect chose the engine; the engine would refuse the name of any other. */
function withoutDialect(schema: JsonObject): JsonObject {
  const { $schema: _, ...plain } = schema
  return plain
}

function unusable(reason: string): Validate {
  return () => [{ pointer: '', message: `the schema cannot be used: ${reason}` }]
}

function checkByEngine(engine: Ajv, schema: JsonObject, compiles: boolean): readonly SchemaIssue[] {
  if (engine.validateSchema(schema) !== true) return issuesOf(engine.errors ?? [], true)
  if (!compiles) return []
  try {
    engine.compile(schema)
    return []
  } catch (error) {
    const reference = missingReference(error)
    if (reference === undefined) throw error
    return [{ pointer: findReference(schema, reference), message: reasonOf(error) }]
  }
}

function reasonOf(error: unknown): string {
  const reference = missingReference(error)
  if (reference !== undefined)
    return `the reference "${reference}" leads nowhere; other documents are not fetched`
  if (error instanceof RangeError) return 'it is nested too deep, or refers to itself without end'
  if (error instanceof TimeLimitError) return `it ${error.message}`
  return error instanceof Error ? error.message : 'unknown error'
}

function missingReference(error: unknown): string | undefined {
  const reference = error instanceof Error && 'missingRef' in error ? error.missingRef : undefined
  return typeof reference === 'string' ? reference : undefined
}
