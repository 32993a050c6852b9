/** Finds `# agentspec: ignore AS4007` comments. */
import type { CST } from 'yaml'
import type { Source } from '../../spec/source.ts'

/** Warnings of `codes` are silenced on `line`: that of the comment, or the next when the comment stands alone. */
export interface IgnoreComment {
  readonly source: Source
  readonly line: number
  readonly codes: readonly string[]
}

/** Reads the comments among tokens; text in quotes or blocks that looks like one is not taken for one. */
export function findIgnoreComments(source: Source, tokens: readonly CST.Token[]): readonly IgnoreComment[] {
  if (!/#\s*agentspec:/.test(source.text)) return []
  const found: IgnoreComment[] = []
  for (const token of tokens) visitComments(token, (comment) => addIgnore(source, comment, found))
  return found
}

function addIgnore(source: Source, comment: CST.SourceToken, found: IgnoreComment[]): void {
  const match = /^#\s*agentspec:\s*ignore\s+(AS\d{4}(?:[\s,]+AS\d{4})*)/.exec(comment.source)
  if (match?.[1] === undefined) return
  const codes = match[1].split(/[\s,]+/)
  const { line, column, offset } = source.positionAt(comment.offset)
  const before = source.text.slice(offset - column + 1, offset)
  found.push({ source, line: before.trim() === '' ? lineBelow(source, line, offset) : line, codes })
}

/** The next line that is not itself a comment: several comments may stand above one line. */
function lineBelow(source: Source, line: number, offset: number): number {
  const below = source.text.slice(offset).split('\n', 50).slice(1)
  const comments = below.findIndex((text) => !text.trimStart().startsWith('#'))
  return line + 1 + Math.max(0, comments)
}

function visitComments(token: CST.Token, visit: (comment: CST.SourceToken) => void): void {
  if (token.type === 'comment') visit(token)
  for (const part of parts(token)) visitComments(part, visit)
}

function* parts(token: CST.Token): Iterable<CST.Token> {
  if ('start' in token && Array.isArray(token.start)) yield* token.start
  if ('props' in token) yield* token.props
  if ('items' in token) {
    for (const item of token.items) {
      yield* item.start
      if (item.key) yield item.key
      yield* item.sep ?? []
      if (item.value) yield item.value
    }
  }
  if ('value' in token && token.value) yield token.value
  if ('end' in token && token.end) yield* token.end
}
