/** Words for texts that do not have the form they should. */
import { invariant } from '../../util/invariant.ts'
import { describeValue } from './describe-value.ts'
import type { Mistake } from './mistake.ts'
import { memberPointer, nameAt, schemaPart, textParam, wrongValue } from './mistake.ts'
import { nearestDuration, nearestName, nearestSlug, nearestVersion } from './nearest-form.ts'
import { schemaFinding } from './schema-finding.ts'
import type { SchemaFinding } from './schema-finding.ts'
import { notAllowed } from './unknown-value.ts'

interface FormCode {
  readonly code: 'AS2009' | 'AS2010' | 'AS2011' | 'AS2012' | 'AS2013' | 'AS2015' | 'AS2016' | 'AS2017'
  /** What the text was probably meant to be. */
  readonly nearest?: (text: string) => string | undefined
}

/** By definition of the schema. */
const FORMS: Readonly<Record<string, FormCode>> = {
  'def:duration': { code: 'AS2009', nearest: nearestDuration },
  'def:slug': { code: 'AS2010', nearest: nearestSlug },
  'def:semver': { code: 'AS2011', nearest: nearestVersion },
  'def:semver_range': { code: 'AS2012' },
  'def:handler': { code: 'AS2013' },
  'def:model_id': { code: 'AS2015' },
  'def:provider': { code: 'AS2016' },
  'def:variable_name': { code: 'AS2017' },
}

/** A text that does not match its pattern. */
export function wrongForm(mistake: Mistake): SchemaFinding {
  const part = schemaPart(mistake)
  if (part === 'def:negotiation')
    return notAllowed(mistake, ['auto', 'legacy', 'a revision such as 2025-11-25'])
  const form = FORMS[part]
  invariant(form !== undefined, `no code for the pattern of ${part}`)
  const value = wrongValue(mistake)
  const suggestion = typeof value === 'string' ? form.nearest?.(value) : undefined
  const pointer = mistake.error.instancePath
  return schemaFinding(
    form.code,
    {
      name: nameAt(mistake, pointer),
      seen: describeValue(value),
      suggestion,
      help: mistake.kind.forms[part]?.help,
    },
    { pointer, at: 'value', fix: suggestion === undefined ? undefined : { replaceValueWith: suggestion } },
  )
}

/** A key of a map by name that is not a name. */
export function wrongName(mistake: Mistake): SchemaFinding {
  const key = textParam(mistake, 'propertyName')
  const owner = mistake.error.instancePath
  const suggestion = nearestName(key)
  return schemaFinding(
    'AS2014',
    {
      name: nameAt(mistake, owner),
      seen: describeValue(key),
      suggestion,
      help: mistake.kind.forms['def:name']?.help,
    },
    {
      pointer: memberPointer(owner, key),
      at: 'key',
      fix: suggestion === undefined ? undefined : { replaceKeyWith: suggestion },
    },
  )
}

/** A text of no length where one is needed. */
export function emptyText(mistake: Mistake): SchemaFinding {
  const pointer = mistake.error.instancePath
  return schemaFinding('AS2019', { name: nameAt(mistake, pointer) }, { pointer, at: 'value' })
}
