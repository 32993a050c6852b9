/** Words for values that are none of those the language has. */
import { suggest } from '../../util/suggest.ts'
import { describeValue, quoteValue } from './describe-value.ts'
import type { Mistake } from './mistake.ts'
import { listParam, nameAt, wrongValue } from './mistake.ts'
import { schemaFinding } from './schema-finding.ts'
import type { SchemaFinding } from './schema-finding.ts'

/** A value that is not in the list of allowed ones. */
export function unknownValue(mistake: Mistake): SchemaFinding {
  return notAllowed(mistake, listParam(mistake, 'allowedValues'))
}

/** The same, with the words for what is allowed. */
export function notAllowed(mistake: Mistake, allowed: readonly string[]): SchemaFinding {
  const value = wrongValue(mistake)
  const pointer = mistake.error.instancePath
  const suggestion = typeof value === 'string' ? suggest(value, allowed) : undefined
  return schemaFinding(
    'AS2007',
    { name: nameAt(mistake, pointer), seen: quoteValue(value), suggestion, allowed },
    {
      pointer,
      at: 'value',
      fix: suggestion === undefined ? undefined : { replaceValueWith: allowedAs(mistake, suggestion) },
    },
  )
}

/** `true` and `false` are among the allowed values of some keys, where the texts of that spelling are not. */
function allowedAs({ error }: Mistake, word: string): string | boolean {
  const values = [error.params['allowedValues']].flat()
  return [true, false].find((value) => String(value) === word && values.includes(value)) ?? word
}

/** `agentspec` is the only constant of the language: the version of its format. */
export function wrongFormatVersion(mistake: Mistake): SchemaFinding {
  const value = wrongValue(mistake)
  return schemaFinding(
    'AS2008',
    { seen: describeValue(value) },
    {
      pointer: mistake.error.instancePath,
      at: 'value',
      fix: value === '1' ? { replaceValueWith: 1 } : undefined,
    },
  )
}
