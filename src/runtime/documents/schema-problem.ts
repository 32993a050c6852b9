/** Says in words where and how a document violates its schema. */
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { SchemaError } from './generated/validate-state.generated.js'

export interface DocumentProblem {
  /** JSON pointer into the document. */
  readonly pointer: string
  readonly problem: string
}

/** The first violation; those that only repeat another one (`if` of a branch that failed) are left out. */
export function schemaProblem(errors: readonly SchemaError[], document: unknown): DocumentProblem {
  const [first] = errors.filter((error) => error.keyword !== 'if')
  if (first === undefined) return { pointer: '', problem: 'it does not fit the schema' }
  return { pointer: first.instancePath, problem: describe(first, valueAt(document, first.instancePath)) }
}

function describe({ keyword, params, schemaPath }: SchemaError, value: unknown): string {
  switch (keyword) {
    case 'required':
      return `"${String(params['missingProperty'])}" is missing`
    case 'additionalProperties':
      return `unknown key "${String(params['additionalProperty'])}"`
    case 'dependentRequired':
      return `"${String(params['property'])}" comes only together with "${String(params['missingProperty'])}"`
    case 'type':
      return `must be ${listed(params['type'])}, not ${show(value)}`
    case 'const':
      return `must be ${show(params['allowedValue'])}, not ${show(value)}`
    case 'enum':
      return `must be one of ${listed(params['allowedValues'])}, not ${show(value)}`
    case 'pattern':
      return `${show(value)} is not a valid ${partName(schemaPath)}`
    case 'minimum':
      return `must be at least ${String(params['limit'])}, not ${show(value)}`
    case 'minItems':
      return 'must not be empty'
    case 'false schema':
      return 'does not belong into a document'
    default:
      return `does not fit the schema (${keyword})`
  }
}

/** `timestamp` for `def:timestamp/pattern`, `mac` for `def:seal/properties/mac/pattern`. */
function partName(schemaPath: string): string {
  const name = /(?:properties\/|def:)(\w+)\/pattern$/.exec(schemaPath)?.[1] ?? 'value'
  return name.replaceAll('_', ' ')
}

function listed(value: unknown): string {
  return isJsonArray(value) ? value.map(String).join(', ') : String(value)
}

const LONGEST_SHOWN = 60

function show(value: unknown): string {
  if (isJsonArray(value)) return 'an array'
  if (isJsonObject(value)) return 'an object'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN).toWellFormed()}…` : text
}

function valueAt(document: unknown, pointer: string): unknown {
  let value = document
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (isJsonArray(value)) value = value[Number(key)]
    else if (isJsonObject(value) && Object.hasOwn(value, key)) value = value[key]
    else return undefined
  }
  return value
}
