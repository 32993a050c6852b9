/** Checks a spec against the schema of the language. */
import type { Json } from '../../util/json.ts'
import { specChoices, specConditions, specForms, specPlaces } from '../generated/spec-places.generated.ts'
import { validateIncluded, validateRoot } from '../generated/validate-spec.generated.js'
import type { DocumentKind } from './mistake.ts'
import type { SchemaFinding } from './schema-finding.ts'
import { validateDocument } from './validate-document.ts'

/** A spec, or a file that one includes. */
export type FileKind = 'root' | 'included'

const tables = { places: specPlaces, forms: specForms, choices: specChoices, conditions: specConditions }

const KINDS: Readonly<Record<FileKind, DocumentKind>> = {
  root: { ...tables, name: 'the spec', whole: 'the spec', topLevel: 'at the top level' },
  included: { ...tables, name: 'the included file', whole: 'the spec', topLevel: 'in an included file' },
}

/** Everything that does not fit the schema, one finding for each mistake, in no particular order. Never throws. */
export function validateSpec(value: Json, kind: FileKind): readonly SchemaFinding[] {
  return validateDocument(value, kind === 'root' ? validateRoot : validateIncluded, KINDS[kind])
}
