/** Finds where the path of a URL begins that is a Liquid template. */
import { parseInterpolation } from '../../spec/interpolation.ts'

/**
 * The offset in the template at which scheme, host and port are over, whatever the template becomes: the length of the
 * text when that is not certain. A slash counts only outside of blocks: what stands in an `{% if %}` may be left out.
 */
export function authorityEnd(template: string): number {
  const literal = withoutVariables(fixedText(template), template)
  return /^(?:[^/\\?#]*(?::[/\\]*|[/\\]{2,}))?[^/\\?#]*/.exec(literal)?.[0].length ?? literal.length
}

/** Takes the place of what is not known, and is no part of the grammar of URLs. */
const filler = '\0'

/** The text that every rendering has, at the same offsets; the rest filled up. */
function fixedText(template: string): string {
  const opening = /\{\{|\{%-?\s*(\w*)/g
  let fixed = ''
  let depth = 0
  for (let at = 0; at < template.length;) {
    opening.lastIndex = at
    const found = opening.exec(template)
    const start = found?.index ?? template.length
    fixed += depth === 0 ? template.slice(at, start) : filler.repeat(start - at)
    if (found === null) break
    const tag = found[1] ?? ''
    at = endOfTag(template, start, found[1] === undefined ? '}}' : '%}')
    if (verbatim.has(tag)) at = endOfVerbatim(template, at, tag)
    else if (blocks.has(tag)) depth += 1
    else if (tag.startsWith('end')) depth -= 1
    fixed += filler.repeat(at - start)
  }
  return fixed
}

const blocks: ReadonlySet<string> = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'capture'])

/** What is between them is not read. */
const verbatim: ReadonlySet<string> = new Set(['raw', 'comment'])

/** After the closing mark, one in quotes not counted. A tag that is never closed goes on to the end. */
function endOfTag(template: string, start: number, closing: string): number {
  let quote = ''
  for (let at = start + 2; at < template.length; at += 1) {
    const character = template.charAt(at)
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else if (template.startsWith(closing, at)) return at + closing.length
  }
  return template.length
}

function endOfVerbatim(template: string, from: number, tag: string): number {
  const closing = new RegExp(`\\{%-?\\s*end${tag}\\s*-?%\\}`, 'g')
  closing.lastIndex = from
  const found = closing.exec(template)
  return found === null ? template.length : found.index + found[0].length
}

/** `${BASE_URL:-https://x}` has a value of its own, too. */
function withoutVariables(literal: string, template: string): string {
  const parsed = parseInterpolation(template)
  if ('error' in parsed) return literal
  let text = ''
  for (const part of parsed.parts) {
    if (part.kind === 'text') continue
    text += literal.slice(text.length, part.start) + filler.repeat(part.end - part.start)
  }
  return text + literal.slice(text.length)
}
