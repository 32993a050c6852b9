/** Checks a spec against the schema of the language. */
import type { Json } from '../../util/json.ts'
import { validateIncluded, validateRoot } from '../generated/validate-spec.generated.js'
import { memberPointer } from './mistake.ts'
import type { Mistake } from './mistake.ts'
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
  const mistakes = relevantErrors(validate.errors ?? []).map((error) => ({ error, value, isRoot }))
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
