/** Patterns over tool names: `*` stands for any characters but `/`, `**` for any, `?` for one; a lone `*` for every name. */

/** True when the whole name matches. `*` alone also matches names with a server, `server/tool`. */
export function matchesGlob(pattern: string, name: string): boolean {
  return pattern === '*' || globExpression(pattern).test(name)
}

function globExpression(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*|[*?]|[\\^$.|+()[\]{}/]/gu, (token) => {
    if (token === '**') return '.*'
    if (token === '*') return '[^/]*'
    return token === '?' ? '[^/]' : `\\${token}`
  })
  return new RegExp(`^${source}$`, 'su')
}
