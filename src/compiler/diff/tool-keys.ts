/** A tool's keys as the spec has them: those of its type stand among the others. */
import { isJsonObject } from '../../util/json.ts'
import type { JsonSchema, ToolDefinition } from '../program.ts'
import { membersOf } from './describe.ts'

/** Every key that is set; `settings` are taken apart. */
export function toolKeys(tool: ToolDefinition): { readonly [key: string]: unknown } {
  const { settings, ...keys } = Object.fromEntries(membersOf(tool))
  return isJsonObject(settings) ? { ...keys, ...settings } : keys
}

/** What the arguments of a tool must fit; `undefined` where its type decides that. */
export function parametersOf(tool: ToolDefinition): JsonSchema | undefined {
  const { parameters } = toolKeys(tool)
  return isJsonObject(parameters) || typeof parameters === 'boolean' ? parameters : undefined
}
