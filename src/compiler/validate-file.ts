/** Validates one YAML file against the schema of the language, and gives every finding its place. */
import type { Fix, RelatedPlace } from '../spec/diagnostic.ts'
import type { Part, SpecDocument } from '../spec/document.ts'
import { fromPointer } from '../spec/path.ts'
import type { Reporter } from '../spec/reporter.ts'
import { aliasesOf } from './aliases.ts'
import { replaceText } from './replace-text.ts'
import type { SpecFile } from './spec-files.ts'
import type { FindingPart, SchemaFinding } from './validate/schema-finding.ts'
import { validateSpec } from './validate/validate-spec.ts'
import type { FileKind } from './validate/validate-spec.ts'

const parts: Readonly<Record<FindingPart, Part>> = { key: 'key', value: 'value', 'parent-key': 'owner' }

/** Reports unknown keys at the key, bad values at the value, missing keys at the key of the map they are missing in. */
export function validateFile({ document }: SpecFile, kind: FileKind, reporter: Reporter): void {
  reportFindings(document, validateSpec(document.value, kind), reporter)
}

/** Gives findings of the validate stage their places in a document. */
export function reportFindings(
  document: SpecDocument,
  findings: readonly SchemaFinding[],
  reporter: Reporter,
): void {
  for (const finding of findings) {
    const { code, severity, message, hint, pointer } = finding
    const fix = fixOf(document, finding)
    const related = [...relatedOf(document, finding), ...aliasesOf(document, fromPointer(pointer))]
    reporter.add({
      code,
      severity,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...document.rangeAt(fromPointer(pointer), parts[finding.at]),
      pointer,
      ...(fix === undefined ? {} : { fix }),
      ...(related.length === 0 ? {} : { related }),
    })
  }
}

function fixOf(document: SpecDocument, { fix, pointer }: SchemaFinding): Fix | undefined {
  if (fix === undefined) return undefined
  const entry = document.entryAt(fromPointer(pointer))
  return 'replaceKeyWith' in fix
    ? replaceText(entry?.key, fix.replaceKeyWith)
    : replaceText(entry?.node, fix.replaceValueWith)
}

function relatedOf(document: SpecDocument, { related }: SchemaFinding): readonly RelatedPlace[] {
  if (related === undefined) return []
  return [{ ...document.rangeAt(fromPointer(related.pointer), parts[related.at]), message: related.message }]
}
