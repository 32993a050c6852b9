/** Where a spec holds JSON Schemas. */
import { patterns } from './places.ts'
import type { Pattern } from './places.ts'

export const schemaPlaces: readonly Pattern[] = patterns(
  'context.schema',
  'agents.*.output.schema',
  'agents.*.handoffs.*.input_schema',
  'TOOL.parameters',
)
