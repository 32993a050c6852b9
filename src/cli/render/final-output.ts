/** The answer of a run as text. */
import { canonicalJson } from '../../util/canonical-json.ts'
import type { Json } from '../../util/json.ts'
import { parseStrictJson } from '../../util/strict-json.ts'

/** Text as it is, anything else as JSON. */
export function finalOutputText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}

/** True when a text says the same as the final output: then it need not be shown again. */
export function saysTheSame(text: string, value: Json): boolean {
  if (typeof value === 'string') return text.trim() === value.trim()
  const parsed = parseStrictJson(text)
  return parsed.ok && canonicalJson(parsed.value) === canonicalJson(value)
}
