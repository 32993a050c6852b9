/** The fix for a typo: puts the right word where the wrong one is written. */
import type { Fix } from '../spec/diagnostic.ts'
import type { Span } from '../spec/document.ts'
import type { JsonPrimitive } from '../util/json.ts'

/** Keeps the quotes that are there, and adds some where YAML needs them. `undefined` for a text written as a block. */
export function replaceText(span: Span | undefined, replacement: JsonPrimitive | undefined): Fix | undefined {
  if (span === undefined || replacement === undefined || span.start === span.end) return undefined
  const first = span.source.text.charAt(span.start)
  if (first === '|' || first === '>') return undefined
  const text = typeof replacement === 'string' ? quoteAs(first, replacement) : JSON.stringify(replacement)
  return {
    description: `Replace with ${typeof replacement === 'string' ? `"${replacement}"` : text}`,
    edits: [{ start: span.start, end: span.end, text }],
  }
}

function quoteAs(first: string, text: string): string {
  if (first === "'") return `'${text.replaceAll("'", "''")}'`
  if (first === '"') return JSON.stringify(text)
  return isPlain(text) ? text : JSON.stringify(text)
}

/** True for a text that YAML reads as that text without quotes, in a list or map in brackets too. */
function isPlain(text: string): boolean {
  return /^[A-Za-z0-9_./][\w./#-]*$/.test(text) && !OTHER_VALUES.test(text)
}

/** What is no text without quotes: null, booleans, whole numbers, numbers. */
const OTHER_VALUES =
  /^(?:null|true|false|\d+|0o[0-7]+|0x[\da-f]+|(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?|\.inf|\.nan)$/i
