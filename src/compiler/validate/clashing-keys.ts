/** Words for keys that exclude or need each other. */
import { invariant } from '../../util/invariant.ts'
import type { Json } from '../../util/json.ts'
import { describeValue } from './describe-value.ts'
import type { Mistake } from './mistake.ts'
import { memberPointer, nameAt, schemaPart, textParam, wrongValue } from './mistake.ts'
import { schemaFinding } from './schema-finding.ts'
import type { FindingDetails, SchemaFinding } from './schema-finding.ts'

/** Exactly one of some keys must be there, and none or several are. */
export function clashingChoice(mistake: Mistake): SchemaFinding {
  const { instancePath: owner, params } = mistake.error
  const keys = mistake.kind.choices[schemaPart(mistake)] ?? []
  const [first, second] = [params['passingSchemas']].flat().map((index) => keys[Number(index)])
  if (first === undefined || second === undefined) {
    return schemaFinding(
      'AS2004',
      { owner: nameAt(mistake, owner), keys },
      { pointer: owner, at: 'parent-key' },
    )
  }
  return schemaFinding('AS2005', { key: second, other: first, onlyWith: false }, clash(owner, second, first))
}

/** A key that what else is in the map forbids. */
export function unfittingKey(mistake: Mistake): SchemaFinding {
  const [, part, key] = /^(.*)\/properties\/([^/]+)\/false schema$/.exec(mistake.error.schemaPath) ?? []
  const condition = part === undefined ? undefined : mistake.kind.conditions[part]
  invariant(condition !== undefined && key !== undefined, `no condition at ${mistake.error.schemaPath}`)
  const other = condition.value === undefined ? condition.key : `${condition.key}: ${condition.value}`
  const owner = mistake.error.instancePath.slice(0, mistake.error.instancePath.lastIndexOf('/'))
  return schemaFinding(
    'AS2005',
    { key, other, onlyWith: condition.negated === true },
    clash(owner, key, condition.key),
  )
}

/** A value that another key of the map forbids; `undefined` when the value is never allowed there. */
export function clashingValue(mistake: Mistake): SchemaFinding | undefined {
  const [, part, key] = /^(.*)\/properties\/([^/]+)$/.exec(schemaPart(mistake)) ?? []
  const condition = part === undefined ? undefined : mistake.kind.conditions[part]
  if (condition === undefined || key === undefined) return undefined
  const pointer = mistake.error.instancePath
  const owner = pointer.slice(0, pointer.lastIndexOf('/'))
  return schemaFinding(
    'AS2005',
    { key: `${key}: ${textOf(wrongValue(mistake))}`, other: condition.key, onlyWith: false },
    { ...clash(owner, key, condition.key), at: 'value' },
  )
}

/** A key that needs another one beside it. */
export function missingCompanion(mistake: Mistake): SchemaFinding {
  const key = textParam(mistake, 'property')
  return schemaFinding(
    'AS2005',
    { key, other: textParam(mistake, 'missingProperty'), onlyWith: true },
    { pointer: memberPointer(mistake.error.instancePath, key), at: 'key' },
  )
}

function clash(owner: string, key: string, other: string): FindingDetails {
  return {
    pointer: memberPointer(owner, key),
    at: 'key',
    related: { pointer: memberPointer(owner, other), at: 'key', message: `"${other}" is here` },
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : describeValue(value)
}
