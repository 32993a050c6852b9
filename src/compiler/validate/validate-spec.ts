/** Checks a spec against the schema of the language. */
import type { Json } from '../../util/json.ts'
import { validateIncluded, validateRoot } from '../generated/validate-spec.generated.js'
import { readError } from './read-error.ts'
import { relevantErrors } from './relevant-errors.ts'
import type { SchemaFinding } from './schema-finding.ts'

/** A spec, or a file that one includes. */
export type FileKind = 'root' | 'included'

/** Everything that does not fit the schema, one finding for each mistake, in no particular order. Never throws. */
export function validateSpec(value: Json, kind: FileKind): readonly SchemaFinding[] {
  const isRoot = kind === 'root'
  const validate = isRoot ? validateRoot : validateIncluded
  if (validate(value)) return []
  const findings = new Map<string, SchemaFinding>()
  for (const error of relevantErrors(validate.errors ?? [])) {
    const finding = readError({ error, value, isRoot })
    findings.set(`${finding.pointer} ${finding.at} ${finding.message}`, finding)
  }
  return [...findings.values()]
}
