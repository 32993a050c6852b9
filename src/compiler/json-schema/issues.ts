/** Says in plain words where a value does not fit a JSON Schema. */
import type { ErrorObject } from 'ajv'
import { suggest } from '../../util/suggest.ts'
import { isJsonObject } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'
import { failedForms, withoutDistantForms } from './choices.ts'
import type { SchemaIssue } from './schema-issue.ts'

/** More are counted, not listed. */
const maxIssues = 50
const maxErrors = 1000

/** They only repeat an error that is reported for itself. */
const echoes: ReadonlySet<string> = new Set(['if', 'propertyNames'])

/**
 * The issues behind ajv's errors, in its order, each once. Where a value fits none of several forms there is one
 * issue for it, not one for each form.
 */
export function issuesOf(errors: readonly ErrorObject[], schema: JsonSchema): readonly SchemaIssue[] {
  const issues = new Map<string, SchemaIssue>()
  const own = errors.slice(0, maxErrors).filter((error) => !echoes.has(error.keyword))
  for (const error of withoutDistantForms(own, schema)) {
    const pointer = pointerOf(error)
    const place = placeOf(pointer)
    const reason = reasonOf(error, own, schema)
    const message = place === '' ? reason : `${place}: ${reason}`
    issues.set(`${pointer} ${message}`, { pointer, message })
  }
  const all = [...issues.values()]
  if (all.length <= maxIssues) return all
  const rest: SchemaIssue = { pointer: '', message: `and ${all.length - maxIssues} more` }
  return [...all.slice(0, maxIssues), rest]
}

function pointerOf(error: ErrorObject): string {
  const property = newProperty(error)
  return property === undefined ? error.instancePath : `${error.instancePath}/${escapePart(property)}`
}

/** The property an error is about, where ajv names the object around it. */
function newProperty(error: ErrorObject): string | undefined {
  const { missingProperty, additionalProperty, unevaluatedProperty } = error.params
  const property: unknown = missingProperty ?? additionalProperty ?? unevaluatedProperty ?? error.propertyName
  return typeof property === 'string' ? property : undefined
}

function escapePart(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** `/lines/0/sku` → `lines[0].sku`. */
function placeOf(pointer: string): string {
  const parts = pointer.split('/').slice(1)
  return parts
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) =>
      /^\d+$/.test(part) ? `[${part}]` : /^[\w-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
    )
    .join('')
    .replace(/^\./, '')
}

function reasonOf(error: ErrorObject, all: readonly ErrorObject[], schema: JsonSchema): string {
  const { params, data } = error
  switch (error.keyword) {
    case 'required':
      return 'is missing'
    case 'dependentRequired':
    case 'dependencies':
      return `is missing; ${JSON.stringify(params['property'])} needs it`
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `is not a known property${nearestProperty(error)}`
    case 'type':
      return `expected ${typesOf([params['type']].flat())}, got ${describeValue(data)}`
    case 'enum':
      return `expected ${alternatives(params['allowedValues'])}, got ${describeValue(data)}${nearestValue(error)}`
    case 'const':
      return `expected ${JSON.stringify(params['allowedValue'])}, got ${describeValue(data)}`
    case 'anyOf':
    case 'oneOf':
      return choiceReason(error, all, schema)
    case 'false schema':
      return 'is not allowed'
    case 'pattern':
      return `expected text that matches ${params['pattern']}, got ${describeValue(data)}`
    default:
      return limitReason(error)
  }
}

function limitReason(error: ErrorObject): string {
  const { params, data } = error
  const limit = String(params['limit'])
  switch (error.keyword) {
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `expected ${comparisons.get(String(params['comparison']))} ${limit}, got ${describeValue(data)}`
    case 'multipleOf':
      return `expected a multiple of ${params['multipleOf']}, got ${describeValue(data)}`
    case 'minLength':
    case 'maxLength':
      return `expected ${bound(error)} ${count(limit, 'character')}, got ${Array.from(String(data)).length}`
    case 'minItems':
    case 'maxItems':
      return `expected ${bound(error)} ${count(limit, 'item')}, got ${Array.isArray(data) ? data.length : 0}`
    case 'minProperties':
    case 'maxProperties':
      return `expected ${bound(error)} ${limit === '1' ? '1 property' : `${limit} properties`}`
    case 'uniqueItems':
      return `expected no item twice; items ${params['j']} and ${params['i']} are equal`
    default:
      return error.message ?? `does not fit "${error.keyword}"`
  }
}

const comparisons = new Map([
  ['>=', 'at least'],
  ['<=', 'at most'],
  ['>', 'more than'],
  ['<', 'less than'],
])

function bound(error: ErrorObject): string {
  return error.keyword.startsWith('min') ? 'at least' : 'at most'
}

function count(number: string, what: string): string {
  return `${number} ${what}${number === '1' ? '' : 's'}`
}

function choiceReason(choice: ErrorObject, all: readonly ErrorObject[], schema: JsonSchema): string {
  const passing: unknown = choice.params['passingSchemas']
  if (Array.isArray(passing)) return 'fits more than one of the forms of which it must fit exactly one'
  const inside = failedForms(choice, all, schema).flatMap((form) => form.errors)
  const types = inside.filter(
    (error) => error.instancePath === choice.instancePath && error.keyword === 'type',
  )
  if (types.length === 0 || types.length < inside.length) {
    const forms = Array.isArray(choice.schema) ? choice.schema.length : 0
    return `fits none of the ${forms} allowed forms; got ${describeValue(choice.data)}`
  }
  return `expected ${typesOf(types.flatMap((error): unknown => error.params['type']))}, got ${describeValue(choice.data)}`
}

const typeWords = new Map([
  ['string', 'text'],
  ['integer', 'an integer'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['null', 'null'],
  ['array', 'a list'],
  ['object', 'an object'],
])

function typesOf(types: readonly unknown[]): string {
  const words = types.flatMap((type) => String(type).split(',')).map((type) => typeWords.get(type) ?? type)
  return [...new Set(words)].join(' or ')
}

function alternatives(values: unknown): string {
  if (!Array.isArray(values)) return 'another value'
  const shown = values.slice(0, 10).map((value) => JSON.stringify(value))
  const rest = values.length > 10 ? `, or ${values.length - 10} more` : ''
  return values.length === 1 ? shown.join('') : `one of ${shown.join(', ')}${rest}`
}

function nearestValue(error: ErrorObject): string {
  const values: unknown = error.params['allowedValues']
  if (typeof error.data !== 'string' || !Array.isArray(values)) return ''
  const near = suggest(
    error.data,
    values.filter((value) => typeof value === 'string'),
  )
  return near === undefined ? '' : `. Did you mean ${JSON.stringify(near)}?`
}

function nearestProperty(error: ErrorObject): string {
  const property = newProperty(error)
  const known: unknown = error.parentSchema?.['properties']
  if (property === undefined || !isJsonObject(known)) return ''
  const near = suggest(property, Object.keys(known))
  return near === undefined ? '' : `. Did you mean "${near}"?`
}

/** A value as a person says it, cut short. */
function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)}`
    case 'number':
      return `the number ${value}`
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object'
    default:
      return String(value)
  }
}
