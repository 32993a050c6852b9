/** Words for lists with too few items, or one of them twice. */
import { quoteValue } from './describe-value.ts'
import type { Mistake } from './mistake.ts'
import { memberPointer, nameAt, wrongValue } from './mistake.ts'
import { schemaFinding } from './schema-finding.ts'
import type { SchemaFinding } from './schema-finding.ts'

/** The lists that may not be empty. */
export function shortList(mistake: Mistake): SchemaFinding {
  const pointer = mistake.error.instancePath
  return schemaFinding('AS2020', { name: nameAt(mistake, pointer) }, { pointer, at: 'value' })
}

/** Points at the later of two equal items. */
export function repeatedItem(mistake: Mistake): SchemaFinding {
  const { instancePath: list, params } = mistake.error
  const [first, second] = [Number(params['i']), Number(params['j'])].sort((a, b) => a - b)
  const value = wrongValue(mistake)
  const seen = Array.isArray(value) ? quoteValue(value[second ?? 0]) : ''
  return schemaFinding(
    'AS2021',
    { name: nameAt(mistake, list), seen },
    {
      pointer: memberPointer(list, second ?? 0),
      at: 'value',
      related: { pointer: memberPointer(list, first ?? 0), at: 'value', message: 'first listed here' },
    },
  )
}
