/** Patterns over tool names: `*` stands for any characters but `/`, `**` for any, `?` for one; a lone `*` for every name. */

/**
 * True when the whole name matches. `*` alone also matches names with a server, `server/tool`. Everything else is
 * itself, case included. The time taken grows with the product of the two lengths, whatever the pattern.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  if (pattern === '*') return true
  const tokens = pattern.match(/\*\*+|[^]/gu) ?? []
  let reached = skipStars(tokens, new Set([0]))
  for (const character of name) {
    const next = new Set<number>()
    for (const position of reached) {
      const token = tokens[position]
      if (token === undefined) continue
      if (isStar(token)) {
        if (character !== '/' || token.length > 1) next.add(position)
      } else if (token === character || (token === '?' && character !== '/')) {
        next.add(position + 1)
      }
    }
    if (next.size === 0) return false
    reached = skipStars(tokens, next)
  }
  return reached.has(tokens.length)
}

/** A star may stand for nothing, so whatever follows it is reached too. */
function skipStars(tokens: readonly string[], positions: Set<number>): Set<number> {
  for (const position of positions) {
    const token = tokens[position]
    if (token !== undefined && isStar(token)) positions.add(position + 1)
  }
  return positions
}

function isStar(token: string): boolean {
  return token.startsWith('*')
}
