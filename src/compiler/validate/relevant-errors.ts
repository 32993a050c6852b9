/** Keeps those of the validator's errors that say something new: one for each mistake. */
import type { SchemaError } from '../generated/validate-spec.generated.js'

/** About the shape of a schema, not of a value: other errors say what is wrong. */
const STRUCTURAL = /\/if$|\/oneOf\/\d+\/|^def:name\//
const CONDITIONAL = /\/(?:then|else)\/properties\/[^/]+\/(?:enum|false schema)$/

/**
 * Leaves out what follows from another error: whatever else is said of a value of the wrong type, of values and keys
 * under a condition where it is the conditions that clash, and of one value by two lists of allowed values.
 */
export function relevantErrors(errors: readonly SchemaError[]): readonly SchemaError[] {
  const candidates = errors.filter(({ schemaPath }) => !STRUCTURAL.test(schemaPath))
  const wrongTypes = new Map<string, SchemaError>()
  const unknownValues = new Set<string>()
  const clashes = new Set<string>()
  for (const error of candidates) {
    const { instancePath, schemaPath, keyword } = error
    if (keyword === 'type' && !wrongTypes.has(instancePath)) wrongTypes.set(instancePath, error)
    if (keyword === 'enum' && !CONDITIONAL.test(schemaPath)) unknownValues.add(instancePath)
    if (keyword === 'oneOf') clashes.add(instancePath)
  }
  return candidates.filter((error) => {
    const { instancePath, schemaPath } = error
    const wrongType = wrongTypes.get(instancePath)
    if (wrongType !== undefined) return wrongType === error
    if (!CONDITIONAL.test(schemaPath)) return true
    return !clashes.has(parentOf(instancePath)) && !unknownValues.has(instancePath)
  })
}

function parentOf(pointer: string): string {
  return pointer.slice(0, pointer.lastIndexOf('/'))
}
