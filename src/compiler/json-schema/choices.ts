/** `anyOf` and `oneOf`: finds the form a value was meant to have among those it does not fit. */
import type { ErrorObject } from 'ajv'
import { isJsonObject, type Json } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'
import { resolvePointer } from './resolve-pointer.ts'

/** The errors that led to a failed choice, form by form. */
export interface FailedForm {
  readonly errors: readonly ErrorObject[]
}

/**
 * Drops the errors behind each failed choice; or, when exactly one of its forms is near (its type and constants fit),
 * drops the choice and the errors of the other forms.
 */
export function withoutDistantForms(
  errors: readonly ErrorObject[],
  root: JsonSchema,
): readonly ErrorObject[] {
  let kept = errors
  for (const choice of errors.filter(isChoice)) {
    const forms = failedForms(choice, kept, root)
    const near = forms.filter((form) => !form.errors.some((error) => isMismatch(choice, error)))
    const [only] = near.length === 1 ? near : []
    const dropped = new Set(forms.flatMap((form) => form.errors))
    only?.errors.forEach((error) => dropped.delete(error))
    if (only !== undefined) dropped.add(choice)
    kept = kept.filter((error) => !dropped.has(error))
  }
  return kept
}

/** The errors of each form of a choice that did not fit; a form without errors is left out. */
export function failedForms(
  choice: ErrorObject,
  errors: readonly ErrorObject[],
  root: JsonSchema,
): readonly FailedForm[] {
  const forms: readonly Json[] = Array.isArray(choice.schema) ? choice.schema : []
  const below = errors.filter(
    ({ instancePath }) =>
      instancePath === choice.instancePath || instancePath.startsWith(`${choice.instancePath}/`),
  )
  return forms
    .map((form, index) => {
      const parts = partsOf(form, root)
      const prefix = `${choice.schemaPath}/${index}/`
      const belongs = (error: ErrorObject): boolean =>
        error !== choice && (error.schemaPath.startsWith(prefix) || parts.has(error.parentSchema))
      return { errors: below.filter(belongs) }
    })
    .filter((form) => form.errors.length > 0)
}

function isChoice(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' || error.keyword === 'oneOf'
}

/** The value is of another kind altogether: another type, or another value of a property that tells kinds apart. */
function isMismatch(choice: ErrorObject, error: ErrorObject): boolean {
  if (error.keyword === 'type') return error.instancePath === choice.instancePath
  return error.keyword === 'const' || error.keyword === 'enum'
}

/** Every object of a schema, through its references: errors behind a reference do not say which one it was. */
function partsOf(schema: Json, root: JsonSchema): ReadonlySet<unknown> {
  const parts = new Set<unknown>()
  const pending: (Json | undefined)[] = [schema]
  while (pending.length > 0) {
    const next = pending.pop()
    if (typeof next !== 'object' || next === null || parts.has(next)) continue
    parts.add(next)
    for (const part of Object.values(next)) pending.push(part)
    const reference = isJsonObject(next) ? next['$ref'] : undefined
    if (typeof reference === 'string') pending.push(resolvePointer(root, reference))
  }
  return parts
}
