/**
 * Replaces secrets by `[redacted:NAME]`, once, where text enters a run: what is journaled is what is shown, digested and
 * sent on.
 */
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import type { Secret } from './secrets.ts'

export interface Redactor {
  text(text: string): string
  /** Redacts every string and key; what holds no secret is the same object. */
  json<T>(value: T): T
  stream(): RedactingStream
}

/** Redacts a text that comes in pieces, holding back only what could be the beginning of a secret. */
export interface RedactingStream {
  /** What can be shown now. */
  push(delta: string): string
  /** The rest, at the end. */
  flush(): string
}

export function createRedactor(secrets: readonly Secret[]): Redactor {
  const forms = formsOf(secrets)
  const [longest] = forms
  if (longest === undefined) return NOTHING_SECRET
  const names = new Map(forms.map((form) => [form.text, form.name]))
  const pattern = new RegExp(forms.map((form) => RegExp.escape(form.text)).join('|'), 'gu')
  const text = (value: string): string =>
    value.replace(pattern, (found) => `[redacted:${names.get(found) ?? 'secret'}]`)
  return {
    text,
    json: (value) => redactValue(value, text),
    stream: () => createStream(forms, text, pattern),
  }
}

interface SecretForm {
  readonly text: string
  readonly name: string
}

/** Each secret as it is and as it stands inside a JSON string; longest first, so that the longest match wins. */
function formsOf(secrets: readonly Secret[]): readonly SecretForm[] {
  const forms = secrets.flatMap(({ name, value }) => {
    const escaped = JSON.stringify(value).slice(1, -1)
    return escaped === value ? [{ text: value, name }] : [{ text: value, name }, { text: escaped, name }]
  })
  return forms.sort((a, b) => b.text.length - a.text.length)
}

const NOTHING_SECRET: Redactor = Object.freeze({
  text: (text: string) => text,
  json: <T>(value: T): T => value,
  stream: () => ({ push: (delta: string) => delta, flush: () => '' }),
})

function redactValue<T>(value: T, text: (value: string) => string): T
function redactValue(value: unknown, text: (value: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) {
    const members = value.map((member: Json) => redactValue(member, text))
    return members.some((member, index) => member !== value[index]) ? members : value
  }
  if (!isJsonObject(value)) return value
  let changed = false
  const members = Object.entries(value).map(([key, member]) => {
    const redacted = [text(key), redactValue(member, text)] as const
    changed ||= redacted[0] !== key || redacted[1] !== member
    return redacted
  })
  return changed ? Object.fromEntries(members) : value
}

function createStream(forms: readonly SecretForm[], text: (value: string) => string, pattern: RegExp): RedactingStream {
  let held = ''
  return {
    push(delta) {
      const all = held + delta
      const end = showableEnd(all, forms, pattern)
      held = all.slice(end)
      return text(all.slice(0, end))
    },
    flush() {
      const rest = held
      held = ''
      return text(rest)
    },
  }
}

/**
 * Up to where a text can be shown: before the first tail that could be the beginning of a secret, unless a complete secret
 * reaches into that tail. The leftmost secret wins, as it does in the whole text.
 */
function showableEnd(all: string, forms: readonly SecretForm[], pattern: RegExp): number {
  let end = firstOpenTail(all, 0, forms)
  for (const match of all.matchAll(pattern)) {
    if (match.index >= end) break
    const matchEnd = match.index + match[0].length
    if (matchEnd > end) end = firstOpenTail(all, matchEnd, forms)
  }
  return end
}

/** The first place from `from` on whose rest is the beginning of a longer secret; else the end of the text. */
function firstOpenTail(all: string, from: number, forms: readonly SecretForm[]): number {
  const [longest] = forms
  for (let start = Math.max(from, all.length - (longest?.text.length ?? 1) + 1); start < all.length; start++) {
    const tail = all.slice(start)
    if (forms.some((form) => form.text.length > tail.length && form.text.startsWith(tail))) return start
  }
  return all.length
}
