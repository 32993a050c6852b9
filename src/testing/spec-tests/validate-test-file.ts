/** Checks a test file against its schema. */
import type { DocumentKind } from '../../compiler/validate/mistake.ts'
import type { SchemaFinding } from '../../compiler/validate/schema-finding.ts'
import { validateDocument } from '../../compiler/validate/validate-document.ts'
import type { Json } from '../../util/json.ts'
import { testChoices, testConditions, testForms, testPlaces } from './generated/test-places.generated.ts'
import { validateTests } from './generated/validate-tests.generated.js'

const TEST_FILE: DocumentKind = {
  name: 'the test file',
  whole: 'the test file',
  topLevel: 'at the top level',
  places: testPlaces,
  forms: testForms,
  choices: testChoices,
  conditions: testConditions,
}

/** Everything that does not fit, one finding for each mistake. Never throws. */
export function validateTestFile(value: Json): readonly SchemaFinding[] {
  return validateDocument(value, validateTests, TEST_FILE)
}
