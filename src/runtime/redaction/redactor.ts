/**
 * Replaces secrets by `[redacted:NAME]`, once, where text enters a run: what is journaled is what is shown, digested and
 * sent on.
 */
import { isJsonObject } from '../../util/json.ts'
import type { Secret } from './secrets.ts'

export interface Redactor {
  text(text: string): string
  /**
   * Redacts every string, key and number; what holds no secret is the same object. A number that is a secret becomes
   * the text that stands for it.
   */
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

/** Creates the redactor of one run. Where secrets overlap the leftmost is replaced, of several there the longest. */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  const forms = formsOf(secrets)
  if (forms.length === 0) return nothingSecret
  const names = new Map(forms.map((form) => [form.text, form.name]))
  const pattern = new RegExp(forms.map((form) => RegExp.escape(form.text)).join('|'), 'g')
  const redact = (value: string): string =>
    value.replace(pattern, (found) => `[redacted:${names.get(found)}]`)
  const holds = createSearch(forms)
  const text = (value: string): string => (holds(value) ? redact(value) : value)
  return {
    text,
    // Nearly nothing holds a secret, and everything comes by here: looking makes nothing new.
    json: (value) => (isAnywhere(value, holds) ? redactValue(value, redact) : value),
    stream: () => createStream(text, { forms, pattern, holds }),
  }
}

/** Both, the first one first. */
export function inTurn(first: Redactor, second: Redactor): Redactor {
  return {
    text: (text) => second.text(first.text(text)),
    json: (value) => second.json(first.json(value)),
    stream() {
      const [one, other] = [first.stream(), second.stream()]
      return {
        push: (delta) => other.push(one.push(delta)),
        flush: () => other.push(one.flush()) + other.flush(),
      }
    },
  }
}

const nothingSecret: Redactor = {
  text: (text) => text,
  json: (value) => value,
  stream: () => ({ push: (delta) => delta, flush: () => '' }),
}

interface SecretForm {
  readonly text: string
  readonly name: string
}

/**
 * Each secret as it is, as it stands inside a JSON string (and inside a JSON string within one), and as it stands in an
 * address; longest first, so that the longest match wins. Of two names for one value the first is shown.
 */
function formsOf(secrets: readonly Secret[]): readonly SecretForm[] {
  const forms = new Map<string, SecretForm>()
  for (const { name, value } of secrets) {
    const escaped = escapeJson(value)
    for (const text of [value, escaped, escapeJson(escaped), encodeURIComponent(value.toWellFormed())]) {
      if (text !== '' && !forms.has(text)) forms.set(text, { text, name })
    }
  }
  return [...forms.values()].sort((a, b) => b.text.length - a.text.length)
}

/** Whether a text holds a secret. Most texts are names and words shorter than any secret. */
function createSearch(forms: readonly SecretForm[]): (text: string) => boolean {
  const shortest = Math.min(...forms.map((form) => form.text.length))
  return (text) => text.length >= shortest && forms.some((form) => text.includes(form.text))
}

function isAnywhere(value: unknown, holds: (text: string) => boolean): boolean {
  if (typeof value === 'string') return holds(value)
  if (typeof value === 'number') return holds(String(value))
  if (Array.isArray(value)) return value.some((member) => isAnywhere(member, holds))
  if (!isJsonObject(value)) return false
  for (const key in value) if (holds(key) || isAnywhere(value[key], holds)) return true
  return false
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function redactValue<T>(value: T, text: (value: string) => string): T
function redactValue(value: unknown, text: (value: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return redactNumber(value, text)
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value
    const members = list.map((member) => redactValue(member, text))
    return members.some((member, index) => member !== list[index]) ? members : list
  }
  if (!isJsonObject(value)) return value
  let changed = false
  const members = Object.entries(value).map(([key, member]) => {
    const redacted = [text(key), redactValue<unknown>(member, text)] as const
    changed ||= redacted[0] !== key || redacted[1] !== member
    return redacted
  })
  return changed ? Object.fromEntries(members) : value
}

function redactNumber(value: number, text: (value: string) => string): number | string {
  const written = String(value)
  const redacted = text(written)
  return redacted === written ? value : redacted
}

/** How secrets are found in a text. */
interface Search {
  readonly forms: readonly SecretForm[]
  readonly pattern: RegExp
  readonly holds: (text: string) => boolean
}

function createStream(text: (value: string) => string, search: Search): RedactingStream {
  let held = ''
  return {
    push(delta) {
      const all = held + delta
      const end = showableEnd(all, search)
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
function showableEnd(all: string, { forms, pattern, holds }: Search): number {
  let end = firstOpenTail(all, 0, forms)
  if (!holds(all)) return end
  for (const match of all.matchAll(pattern)) {
    if (match.index >= end) break
    const matchEnd = match.index + match[0].length
    if (matchEnd > end) end = firstOpenTail(all, matchEnd, forms)
  }
  return end
}

/** Asked of every letter that is streamed: most are told by the first one. */
function isTailStart(all: string, start: number, text: string): boolean {
  return text.charCodeAt(0) === all.charCodeAt(start) && text.startsWith(all.slice(start))
}

/** The first place from `from` on whose rest is the beginning of a longer secret; else the end of the text. */
function firstOpenTail(all: string, from: number, forms: readonly SecretForm[]): number {
  const longest = forms[0]?.text.length ?? 1
  for (let start = Math.max(from, all.length - longest + 1); start < all.length; start++) {
    if (forms.some(({ text }) => text.length > all.length - start && isTailStart(all, start, text)))
      return start
  }
  return all.length
}
