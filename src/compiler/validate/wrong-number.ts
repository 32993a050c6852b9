/** Words for numbers that are too small or too large. */
import { describeValue } from './describe-value.ts'
import type { Mistake } from './mistake.ts'
import { nameAt, textParam, wrongValue } from './mistake.ts'
import { schemaFinding } from './schema-finding.ts'
import type { SchemaFinding } from './schema-finding.ts'

/** Names the bound that the number goes beyond. */
export function wrongNumber(mistake: Mistake): SchemaFinding {
  const pointer = mistake.error.instancePath
  const bound = mistake.error.keyword === 'minimum' ? 'at least' : 'at most'
  return schemaFinding(
    'AS2018',
    {
      name: nameAt(mistake, pointer),
      seen: describeValue(wrongValue(mistake)),
      limit: `${bound} ${textParam(mistake, 'limit')}`,
    },
    { pointer, at: 'value' },
  )
}
