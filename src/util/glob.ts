/** Patterns over tool names: `*` stands for any characters but `/`, `**` for any, `?` for one; a lone `*` for every name. */

/**
 * True when the whole name matches. `*` alone also matches names with a server, `server/tool`. Everything else is
 * itself, case included. The time taken grows with the product of the two lengths, whatever the pattern.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  if (pattern === '*') return true
  const tokens = tokensOf(pattern)
  return reach(tokens, name).has(tokens.length)
}

/** True when some name that begins with `prefix` matches: `files/` and `*_file` do not, `files/` and `files/*` do. */
export function canMatchPrefix(pattern: string, prefix: string): boolean {
  // Whatever is left of a pattern matches some text, so it is enough that the prefix leads somewhere.
  return pattern === '*' || reach(tokensOf(pattern), prefix).size > 0
}

function tokensOf(pattern: string): readonly string[] {
  return pattern.match(/\*\*+|[^]/gu) ?? []
}

/** The positions between tokens that a text leads to. */
function reach(tokens: readonly string[], text: string): ReadonlySet<number> {
  let reached = skipStars(tokens, new Set([0]))
  for (const character of text) {
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
    reached = skipStars(tokens, next)
    if (reached.size === 0) break
  }
  return reached
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
