/** Turns an error of the validator into a finding. */
import { clashingChoice, clashingValue, missingCompanion, unfittingKey } from './clashing-keys.ts'
import type { Mistake } from './mistake.ts'
import { missingKey } from './missing-key.ts'
import { repeatedItem, shortList } from './wrong-list.ts'
import type { SchemaFinding } from './schema-finding.ts'
import { unknownKey } from './unknown-key.ts'
import { unknownValue, wrongFormatVersion } from './unknown-value.ts'
import { emptyText, wrongForm, wrongName } from './wrong-form.ts'
import { wrongNumber } from './wrong-number.ts'
import { wrongType } from './wrong-type.ts'
import { InternalError } from '../../util/invariant.ts'

/** The finding for one error. Every keyword that the schema of specs uses is known here. */
export function readError(mistake: Mistake): SchemaFinding {
  const read = READERS[mistake.error.keyword]
  if (read === undefined) throw new InternalError(`no words for the keyword "${mistake.error.keyword}"`)
  return read(mistake)
}

const READERS: Readonly<Record<string, (mistake: Mistake) => SchemaFinding>> = {
  additionalProperties: unknownKey,
  required: missingKey,
  oneOf: clashingChoice,
  'false schema': unfittingKey,
  dependentRequired: missingCompanion,
  type: wrongType,
  enum: (mistake) => clashingValue(mistake) ?? unknownValue(mistake),
  const: wrongFormatVersion,
  pattern: wrongForm,
  propertyNames: wrongName,
  minLength: emptyText,
  minimum: wrongNumber,
  maximum: wrongNumber,
  minItems: shortList,
  uniqueItems: repeatedItem,
}
