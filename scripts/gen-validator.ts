/** Generates the validators of specs: plain code that needs no schema compiler, and no library, when it runs. */
import { createRequire } from 'node:module'

import { minifySync } from 'rolldown/utils'
import { definitionName, definitions, ROOT, type Schema } from './gen-schema.ts'

const require = createRequire(import.meta.url)
const { Ajv2020 }: typeof import('ajv/dist/2020.js') = require('ajv/dist/2020')
const { default: standaloneCode }: typeof import('ajv/dist/standalone/index.js') = require('ajv/dist/standalone')
const { SchemaEnv }: typeof import('ajv/dist/compile/index.js') = require('ajv/dist/compile')

const header = '/** Validators of specs, generated from schemas/agentspec.v1.schema.json by `npm run gen`. */\n'

/** The declarations beside the generated code. */
export const validatorTypes: string = `${header}
export interface SchemaError {
  readonly keyword: string
  /** JSON pointer into the validated value. */
  readonly instancePath: string
  /** \`def:<name>/…\`: the keyword inside the named part of the schema (\`root\` or one of \`$defs\`). */
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

/** For the spec itself. */
export const validateRoot: Validator
/** For a file that a spec includes. */
export const validateIncluded: Validator
`

/** The code of both validators. Each part of the schema becomes a function, and errors name the part they come from. */
export function generateValidator(schema: Schema): string {
  const ajv = new Ajv2020({
    allErrors: true,
    messages: false,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    // Only "not empty" is ever asked of a length, which is the same in code units; so no helper has to be imported.
    unicode: false,
    inlineRefs: false,
    logger: false,
    code: { source: true, esm: true },
  })
  const defs = definitions(schema)
  for (const [name, definition] of defs) {
    const id = partId(name)
    ajv.schemas[id] = new SchemaEnv({ schema: bare(definition), schemaId: '$id', baseId: id, schemaPath: id })
  }
  for (const name of defs.keys()) ajv.getSchema(partId(name))
  const code = standaloneCode(ajv, { validateRoot: partId(ROOT), validateIncluded: partId('included_file') })
  if (/\brequire\(|\bimport\b/.test(code)) throw new Error('the generated validator imports a library')
  return `${header}${shorter(code)}\n`
}

function partId(name: string): string {
  return `def:${name}`
}

const ANNOTATIONS = new Set(['$schema', '$id', 'title', 'description', 'default', 'examples'])

const WITH_SCHEMAS_BY_KEY = new Set(['properties', 'patternProperties'])
const WITH_SCHEMAS = new Set(['allOf', 'anyOf', 'oneOf'])
const WITH_SCHEMA = new Set(['items', 'additionalProperties', 'propertyNames', 'not', 'if', 'then', 'else'])

/** The rules alone, with references to parts. */
function bare(schema: object | boolean): object | boolean {
  if (typeof schema === 'boolean') return schema
  const entries = Object.entries(schema).filter(([keyword]) => !ANNOTATIONS.has(keyword))
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, bareValue(keyword, value)]))
}

function bareValue(keyword: string, value: unknown): unknown {
  if (keyword === '$ref') return partId(definitionName(String(value)))
  if (WITH_SCHEMAS.has(keyword) && Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  if (WITH_SCHEMA.has(keyword)) return bare(value)
  if (!WITH_SCHEMAS_BY_KEY.has(keyword)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, bare(member)]))
}

/** Adding an error is most of the code, so it becomes a call; the rest is the minifier's. One statement a line. */
function shorter(code: string): string {
  const add = /if\(vErrors === null\)\{vErrors = \[(\w+)\];\}else \{vErrors\.push\(\1\);\}/g
  const called = `${code.replaceAll(add, 'vErrors = add(vErrors, $1);')}
    function add(errors, error) { if (errors === null) return [error]; errors.push(error); return errors }`
  const result = minifySync('validate-spec.js', called, { module: true, compress: true, mangle: true })
  if (result.errors.length > 0) throw new Error(result.errors.map(({ message }) => message).join('\n'))
  return result.code.replaceAll(/(?<=[};])(?=(?:const|function|export) )/g, '\n')
}
