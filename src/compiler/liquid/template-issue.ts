/** Says in plain words what liquidjs found wrong with a template. */
import type { Liquid } from 'liquidjs'
import { suggest } from '../../util/suggest.ts'

/** One mistake. Offsets are UTF-16 code units of the template, `end` exclusive. */
export interface TemplateIssue {
  readonly message: string
  readonly start: number
  readonly end: number
}

interface Range {
  readonly start: number
  readonly end: number
}

/** The issue behind an error, and what may be blanked out to find the next one. */
export function issueOf(
  error: unknown,
  text: string,
  liquid: Liquid,
): { readonly issue: TemplateIssue; readonly blank?: Range } {
  const range = rangeOf(error, text)
  const reason = reasonOf(error)
  const filter = /^undefined filter: (.+)$/.exec(reason)?.[1]
  if (filter !== undefined) {
    const message = `Unknown filter "${filter}".${didYouMean(filter, Object.keys(liquid.filters))}`
    return { issue: { message, ...narrow(text, range, filter) }, blank: range }
  }
  const tag = /^tag "(.+)" not found$/.exec(reason)?.[1]
  if (tag !== undefined) return { issue: { message: unknownTag(tag, liquid), ...narrow(text, range, tag) } }
  return { issue: { message: plainReason(reason), ...range } }
}

function unknownTag(tag: string, liquid: Liquid): string {
  if (['include', 'render', 'layout', 'block'].includes(tag)) {
    return `"${tag}" is not available: a template cannot read other files.`
  }
  if (innerTags.some((inner) => tag.startsWith(inner))) return `"${tag}" has no beginning.`
  return `Unknown tag "${tag}".${didYouMean(tag, Object.keys(liquid.tags))}`
}

/** What only stands inside or at the end of another tag. */
const innerTags = ['end', 'else', 'elsif', 'when']

function plainReason(reason: string): string {
  const unclosed = /^(?:tag|output) (.+) not closed$/s.exec(reason)?.[1]
  if (unclosed !== undefined) return `${JSON.stringify(cut(unclosed.replace(/^"|"$/g, '')))} is never closed.`
  if (reason === 'Maximum call stack size exceeded') return 'The template is nested too deep.'
  if (reason === 'memory alloc limit exceeded') return 'The result is too large.'
  if (reason === 'template render limit exceeded') return 'Rendering takes too long.'
  if (reason === 'parse length limit exceeded') return 'The template is too large.'
  if (reason.startsWith('invalid value expression')) return 'A value is missing or cannot be read.'
  const sentence = cut(reason)
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${/[.?!]$/.test(sentence) ? '' : '.'}`
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

function didYouMean(name: string, known: readonly string[]): string {
  const near = suggest(name, known)
  return near === undefined ? '' : ` Did you mean "${near}"?`
}

/** The library wraps errors of its own and of filters, and appends the place to the message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const original = 'originalError' in error ? error.originalError : undefined
  const message = original instanceof Error ? original.message : error.message
  return (message.split('\n')[0] ?? '').replace(/(?:, file:.*)?, line:\d+, col:\d+$/, '')
}

function rangeOf(error: unknown, text: string): Range {
  const token = error instanceof Error && 'token' in error ? error.token : undefined
  const begin = numberAt(token, 'begin') ?? 0
  const end = numberAt(token, 'end') ?? text.length
  const start = Math.max(0, Math.min(begin, text.length - 1))
  return { start, end: Math.min(Math.max(end, start + 1), text.length) }
}

function numberAt(token: unknown, key: string): number | undefined {
  const value: unknown = typeof token === 'object' && token !== null ? Reflect.get(token, key) : undefined
  return typeof value === 'number' ? value : undefined
}

/** The name inside a tag or output. */
function narrow(text: string, range: Range, name: string): Range {
  const at = text.slice(range.start, range.end).search(new RegExp(`(?<!\\w)${RegExp.escape(name)}(?!\\w)`))
  return at < 0 ? range : { start: range.start + at, end: range.start + at + name.length }
}
