/** The end of a message about an unknown name. */

/** ` Did you mean "billing"?`, or nothing when there is no likely name. */
export function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`
}

/** `a, b and 3 more`: a list short enough for a message. */
export function listNames(names: readonly string[], most = 8): string {
  if (names.length <= most) return names.map((name) => `"${name}"`).join(', ')
  const shown = names.slice(0, most).map((name) => `"${name}"`)
  return `${shown.join(', ')} and ${names.length - most} more`
}
