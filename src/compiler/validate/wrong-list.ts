/** Words for lists with too few items, or one of them twice. */
import type { Json } from '../../util/json.ts'
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
  const [first, later] = [Number(params['i']), Number(params['j'])]
  const items: readonly Json[] = [wrongValue(mistake) ?? []].flat()
  return schemaFinding(
    'AS2021',
    { name: nameAt(mistake, list), seen: quoteValue(items[later]) },
    {
      pointer: memberPointer(list, later),
      at: 'value',
      related: { pointer: memberPointer(list, first), at: 'value', message: 'first listed here' },
    },
  )
}
