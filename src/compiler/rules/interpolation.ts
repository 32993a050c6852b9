/** `${VAR}` is written right, and required variables are set. */
import type { Path } from '../../spec/path.ts'
import { hasInterpolation, interpolate, literalKeys, parseInterpolation } from '../../spec/interpolation.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { findPlaces, patterns } from '../resolve/places.ts'
import type { RuleContext } from './rule-context.ts'

/** Where strings are interpolated when a run is linked. */
const places = patterns(
  'models.*',
  'agents.*.model',
  'agents.*.model_settings',
  'agents.*.instructions',
  'agents.*.prompt',
  'defaults.model',
  'defaults.model_settings',
  'TOOL',
  'mcp_servers.*',
  'run.conversation',
  'session',
  'tracing',
)

export function interpolation(context: RuleContext): void {
  for (const { path, value } of findPlaces(context.document.value, places)) {
    const isFunctionTool = isJsonObject(value) && value['type'] === 'function'
    if (!isFunctionTool) visitStrings(value, path, (text, place) => checkText(context, text, place))
  }
}

function visitStrings(value: Json, path: Path, visit: (text: string, path: Path) => void): void {
  if (typeof value === 'string') visit(value, path)
  if (Array.isArray(value)) value.forEach((item: Json, index) => visitStrings(item, [...path, index], visit))
  if (!isJsonObject(value)) return
  for (const [key, item] of Object.entries(value)) {
    if (!literalKeys.has(key) && !key.startsWith('x-')) visitStrings(item, [...path, key], visit)
  }
}

function checkText(context: RuleContext, text: string, path: Path): void {
  if (!hasInterpolation(text)) return
  const parsed = parseInterpolation(text)
  if ('error' in parsed) {
    context.report('AS4017', { detail: parsed.error }, { path, within: [parsed.offset, parsed.offset + 2] })
    return
  }
  if (context.environment === undefined) return
  for (const { name, message, offset } of interpolate(parsed.parts, context.environment).missing) {
    const end = text.indexOf('}', offset) + 1
    context.report('AS4018', { name, message: message ?? undefined }, { path, within: [offset, end] })
  }
}
