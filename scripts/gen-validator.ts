/** Generates validators: plain code that needs no schema compiler, and no library, when it runs. */
import { createRequire } from 'node:module'
import type { CodeKeywordDefinition } from 'ajv'
import { minifySync } from 'rolldown/utils'
import { definitionName, definitions, ROOT, type Schema } from './gen-schema.ts'

const require = createRequire(import.meta.url)
const { _, Ajv2020 }: typeof import('ajv/dist/2020.js') = require('ajv/dist/2020')
const {
  default: standaloneCode,
}: typeof import('ajv/dist/standalone/index.js') = require('ajv/dist/standalone')
const { SchemaEnv }: typeof import('ajv/dist/compile/index.js') = require('ajv/dist/compile')

export interface ValidatorOptions {
  /** The path of the schema, for the comment at the top. */
  readonly source: string
  /** By name of the exported function: the part that it validates, `root` or one of `$defs`. */
  readonly validators: Readonly<Record<string, string>>
}

/** The declarations beside the generated code. */
export function generateValidatorTypes(options: ValidatorOptions): string {
  const functions = Object.entries(options.validators).map(
    ([name, part]) =>
      `/** For ${part === ROOT ? 'the whole schema' : `\`${part}\``}. */\nexport const ${name}: Validator\n`,
  )
  return `${headerOf(options)}
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

${functions.join('')}`
}

/** The code of the validators. Each part of the schema becomes a function, and errors name the part they come from. */
export function generateValidator(schema: Schema, options: ValidatorOptions): string {
  const ajv = new Ajv2020({
    allErrors: true,
    messages: false,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    inlineRefs: false,
    code: { source: true, esm: true },
  })
  ajv.removeKeyword('minLength').addKeyword(notShorter)
  const defs = definitions(schema)
  for (const [name, definition] of defs) {
    const id = partId(name)
    ajv.schemas[id] = new SchemaEnv({ schema: bare(definition), schemaId: '$id', baseId: id, schemaPath: id })
  }
  for (const name of defs.keys()) ajv.getSchema(partId(name))
  const exported = Object.entries(options.validators).map(([name, part]) => [name, partId(part)])
  const code = standaloneCode(ajv, Object.fromEntries(exported))
  if (/\brequire\(|\bimport\b/.test(code)) throw new Error('the generated validator imports a library')
  return `${headerOf(options)}${shorter(code)}\n`
}

function headerOf({ source }: ValidatorOptions): string {
  return `/** Validators generated from ${source} by \`npm run gen\`. */\n`
}

/** Only "not empty" is ever asked of a length; counting characters, as ajv's own keyword does, takes a library. */
const notShorter: CodeKeywordDefinition = {
  keyword: 'minLength',
  type: 'string',
  schemaType: 'number',
  error: { message: '', params: ({ schemaCode }) => _`{limit: ${schemaCode}}` },
  code: (context) => context.fail(_`${context.data}.length < ${context.schemaCode}`),
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

/** What the code repeats hundreds of times, and shorter ways to say it. None of our schemas uses what is left out. */
const SHORTHANDS: readonly (readonly [RegExp, string])[] = [
  [
    /if\(vErrors === null\)\{vErrors = \[(\w+)\];\}else \{vErrors\.push\(\1\);\}/g,
    'vErrors = add(vErrors, $1);',
  ],
  [
    /\{instancePath,schemaPath:("[^"]*"),keyword:("[^"]*"),params:(\{[^{}]*\})\}/g,
    'fault(instancePath, $1, $2, $3)',
  ],
  [
    /\{instancePath:([^,]+),schemaPath:("[^"]*"),keyword:("[^"]*"),params:(\{[^{}]*\})\}/g,
    'fault($1, $2, $3, $4)',
  ],
  [
    /\{instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors=\{\}\}=\{\}/g,
    '{instancePath=""}={}',
  ],
  [/,parentData(?::\w+)?,parentDataProperty(?::[^,]+)?,rootData,dynamicAnchors\}/g, '}'],
]

const HELPERS = `
function add(errors, error) { if (errors === null) return [error]; errors.push(error); return errors }
function fault(instancePath, schemaPath, keyword, params) { return { instancePath, schemaPath, keyword, params } }`

/** One statement a line; the rest is the minifier's. */
function shorter(code: string): string {
  const short = SHORTHANDS.reduce((text, [long, shorthand]) => text.replaceAll(long, shorthand), code)
  const result = minifySync('validator.js', `${short}${HELPERS}`, {
    module: true,
    compress: true,
    mangle: true,
  })
  if (result.errors.length > 0) throw new Error(result.errors.map(({ message }) => message).join('\n'))
  return result.code.replaceAll(/(?<=[};])(?=(?:const|function|export) )/g, '\n')
}
