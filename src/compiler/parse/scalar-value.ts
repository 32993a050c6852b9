/** The JSON value of a YAML scalar, or what keeps it from having one. */
import type { Json } from '../../util/json.ts'

export interface ScalarValue {
  readonly value: Json
  readonly mistake?:
    | { readonly code: 'AS1023'; readonly args: { readonly text: string } }
    | { readonly code: 'AS1024'; readonly args: { readonly text: string } }
    | { readonly code: 'AS1026'; readonly args: Record<never, never> }
}

/** Integers come in as `bigint`, so that none loses digits unseen. `text` is the scalar as written. */
export function toScalarValue(value: unknown, text: string): ScalarValue {
  if (typeof value === 'string') {
    return value.isWellFormed()
      ? { value }
      : { value: value.toWellFormed(), mistake: { code: 'AS1026', args: {} } }
  }
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number)
      ? { value: number }
      : { value: 0, mistake: { code: 'AS1023', args: { text: shorten(text) } } }
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? { value } : { value: 0, mistake: { code: 'AS1024', args: { text } } }
  }
  return { value: typeof value === 'boolean' ? value : null }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
