/** Reads a text into the tokens of the `yaml` library, and stops before nesting becomes a danger. */
import { Lexer, Parser } from 'yaml'
import type { CST } from 'yaml'
import { maxDepth } from './limits.ts'

export interface TokensRead {
  readonly tokens: readonly CST.Token[]
  /** Where the text is nested more deeply than is allowed; reading stopped there. */
  readonly tooDeepAt: number | undefined
}

/** Never recurses and never throws: the depth is known before anything recursive sees the tokens. */
export function readTokens(text: string): TokensRead {
  const parser = new Parser()
  const tokens: CST.Token[] = []
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    const tooDeep = collectionBeyond(parser.stack)
    if (tooDeep !== undefined) return { tokens, tooDeepAt: tooDeep.offset }
  }
  for (const token of parser.end()) tokens.push(token)
  return { tokens, tooDeepAt: undefined }
}

/** The innermost collection, when there are too many around it. */
function collectionBeyond(stack: readonly CST.Token[]): CST.Token | undefined {
  if (stack.length <= maxDepth) return undefined
  return stack.filter((token) => isCollection(token))[maxDepth]
}

function isCollection(token: CST.Token): boolean {
  return token.type === 'block-map' || token.type === 'block-seq' || token.type === 'flow-collection'
}
