/** Checks a file against a schema of ours, by the validator that was generated from it. */
import type { Json } from '../../util/json.ts'
import type { Validator } from '../generated/validate-spec.generated.js'
import { memberPointer } from './mistake.ts'
import type { DocumentKind, Mistake } from './mistake.ts'
import { readError } from './read-error.ts'
import { relevantErrors } from './relevant-errors.ts'
import type { SchemaFinding } from './schema-finding.ts'

/** Everything that does not fit its schema, one finding for each mistake, in no particular order. Never throws. */
export function validateDocument(
  value: Json,
  validate: Validator,
  kind: DocumentKind,
): readonly SchemaFinding[] {
  if (validate(value)) return []
  const mistakes = relevantErrors(validate.errors ?? []).map((error) => ({ error, value, kind }))
  const found = mistakes.map((mistake) => ({ mistake, finding: readError(mistake) }))
  const meant = new Set(found.flatMap(({ finding }) => meantKey(finding)))
  const findings = new Map<string, SchemaFinding>()
  for (const { mistake, finding } of found) {
    if (!isMissingKey(mistake, meant))
      findings.set(`${finding.pointer} ${finding.at} ${finding.message}`, finding)
  }
  return [...findings.values()]
}

/** The key that a misspelt one stands for, as a pointer. */
function meantKey({ fix, pointer }: SchemaFinding): readonly string[] {
  if (fix === undefined || !('replaceKeyWith' in fix)) return []
  return [memberPointer(pointer.slice(0, pointer.lastIndexOf('/')), fix.replaceKeyWith)]
}

/** A key that is missing because it is misspelt: one mistake, which is told at the misspelt key. */
function isMissingKey({ error }: Mistake, meant: ReadonlySet<string>): boolean {
  const { missingProperty } = error.params
  return typeof missingProperty === 'string' && meant.has(memberPointer(error.instancePath, missingProperty))
}
