/** Words for values of another type than the schema asks for. */
import type { Json, JsonPrimitive } from '../../util/json.ts'
import { describeTypes, describeValue } from './describe-value.ts'
import type { Mistake } from './mistake.ts'
import { listParam, nameAt, schemaPart, wrongValue } from './mistake.ts'
import { schemaFinding } from './schema-finding.ts'
import type { SchemaFinding } from './schema-finding.ts'

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
])

/** Says what was expected and what is there; a number or boolean written as text comes with its fix. */
export function wrongType(mistake: Mistake): SchemaFinding {
  const value = wrongValue(mistake)
  const types = listParam(mistake, 'type')
  const form = mistake.kind.forms[schemaPart(mistake)]
  const meant = meantBy(value, types)
  const pointer = mistake.error.instancePath
  return schemaFinding(
    'AS2006',
    {
      name: nameAt(mistake, pointer),
      expected: form?.title ?? describeTypes(types),
      seen: describeValue(value),
      help: meant === undefined ? helpFor(value, types, form?.help) : `Write ${String(meant)}.`,
    },
    { pointer, at: 'value', fix: meant === undefined ? undefined : { replaceValueWith: meant } },
  )
}

function meantBy(value: Json | undefined, types: readonly string[]): JsonPrimitive | undefined {
  if (typeof value !== 'string') return undefined
  if (types.includes('boolean')) {
    const meant = BOOLEANS.get(value.toLowerCase())
    if (meant !== undefined) return meant
  }
  if (/^-?\d+$/.test(value) && (types.includes('integer') || types.includes('number')))
    return safe(Number(value))
  if (/^-?\d+\.\d+$/.test(value) && types.includes('number')) return Number(value)
  return undefined
}

function safe(number: number): number | undefined {
  return Number.isSafeInteger(number) ? number : undefined
}

function helpFor(
  value: Json | undefined,
  types: readonly string[],
  help: string | undefined,
): string | undefined {
  if (value === null) return help ?? 'Write a value, or leave the key out.'
  if (types.includes('string')) {
    return typeof value === 'object' ? help : 'Put it in quotes if it is meant as text.'
  }
  if (typeof value === 'string') {
    if (types.includes('array')) return `Write a list: [${value}].`
    if (types.includes('object') && value.includes('#')) return `Write { handler: ${value} }.`
  }
  return help
}
