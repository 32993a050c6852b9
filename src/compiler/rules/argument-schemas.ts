/** What a spec says about the shape of values that expressions and templates see. */
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { patchOperation, shellParameters } from '../local-tools.ts'
import { noParameters } from '../lower/lower-tool.ts'
import type { JsonSchema } from '../program.ts'
import type { Definition } from './scope.ts'

/** The schema of a tool's arguments, as far as the spec says it. */
export function argumentsOf(tool: Definition): JsonSchema {
  const { type, parameters } = tool.value
  if (parameters !== undefined) return schemaOf(parameters)
  if (type === 'function' || type === 'http') return noParameters
  if (type === 'shell') return shellParameters
  if (type === 'apply_patch') return patchOperation
  if (type !== 'agent') return true
  return {
    type: 'object',
    properties: { input: { type: 'string' } },
    required: ['input'],
    additionalProperties: false,
  }
}

/** Any value where there is no schema, or one that could not be read. */
export function schemaOf(value: Json | undefined): JsonSchema {
  if (typeof value === 'boolean') return value
  return isJsonObject(value) && typeof value['file'] !== 'string' ? value : true
}
