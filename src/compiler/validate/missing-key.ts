/** Words for keys that a map must have. */
import type { Mistake } from './mistake.ts'
import { nameAt, schemaPart, textParam } from './mistake.ts'
import { schemaFinding } from './schema-finding.ts'
import type { SchemaFinding } from './schema-finding.ts'

/** Points at the map that lacks the key. */
export function missingKey(mistake: Mistake): SchemaFinding {
  const { instancePath } = mistake.error
  const key = textParam(mistake, 'missingProperty')
  const help = mistake.kind.forms[withoutConditions(schemaPart(mistake))]?.help
  return schemaFinding(
    'AS2003',
    { owner: nameAt(mistake, instancePath), key, help: help?.includes(`${key}: `) ? help : undefined },
    { pointer: instancePath, at: 'parent-key' },
  )
}

function withoutConditions(schemaPath: string): string {
  return schemaPath.replace(/(?:\/allOf\/\d+)?\/(?:then|else)$/, '')
}
