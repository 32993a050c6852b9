/** Words for keys that a map must have. */
import type { Mistake } from './mistake.ts'
import { nameAt, schemaPart, textParam } from './mistake.ts'
import { schemaFinding } from './schema-finding.ts'
import type { SchemaFinding } from './schema-finding.ts'

/** Only included files lack this key for a good reason. */
const INCLUDED = 'A file that another spec includes is checked together with that spec.'

/** Points at the map that lacks the key. */
export function missingKey(mistake: Mistake): SchemaFinding {
  const { instancePath } = mistake.error
  const key = textParam(mistake, 'missingProperty')
  const form = mistake.kind.forms[withoutConditions(schemaPart(mistake))]?.help
  const example = form?.includes(`${key}: `) ? form : undefined
  const help = key === 'agentspec' ? `${INCLUDED} ${example ?? ''}`.trim() : example
  return schemaFinding(
    'AS2003',
    { owner: nameAt(mistake, instancePath), key, help },
    { pointer: instancePath, at: 'parent-key' },
  )
}

function withoutConditions(schemaPath: string): string {
  return schemaPath.replace(/(?:\/allOf\/\d+)?\/(?:then|else)$/, '')
}
