/** Guesses the right form of a text that was written another way. */

const UNITS: Readonly<Record<string, readonly [unit: string, times: number]>> = {
  '': ['s', 1],
  ms: ['ms', 1],
  msec: ['ms', 1],
  millisecond: ['ms', 1],
  s: ['s', 1],
  sec: ['s', 1],
  second: ['s', 1],
  m: ['m', 1],
  min: ['m', 1],
  minute: ['m', 1],
  h: ['h', 1],
  hr: ['h', 1],
  hour: ['h', 1],
  d: ['h', 24],
  day: ['h', 24],
  w: ['h', 168],
  week: ['h', 168],
}

/** `90s` for `90 seconds`, `72h` for `3d`, `10s` for `10`. */
export function nearestDuration(text: string): string | undefined {
  const [, number, word = ''] = /^ *(\d{1,9}(?:\.\d{1,6})?) *([a-z]*?) *$/i.exec(text) ?? []
  const lower = word.toLowerCase()
  const unit = Object.hasOwn(UNITS, lower) ? lower : lower.replace(/s$/, '')
  const [name, times] = (Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined) ?? []
  if (number === undefined || name === undefined || times === undefined) return undefined
  return `${Number((Number(number) * times).toFixed(6))}${name}`
}

/** `support-desk` for `Support Desk!`. */
export function nearestSlug(text: string): string | undefined {
  const words = text
    .slice(0, 200)
    .toLowerCase()
    .match(/[a-z0-9]+/g)
  return words?.join('-')
}

/** `1.2.0` for `v1.2`. */
export function nearestVersion(text: string): string | undefined {
  const [, ...numbers] = /^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?$/.exec(text.trim()) ?? []
  if (numbers.length === 0) return undefined
  return numbers.map((number) => Number(number ?? 0)).join('.')
}

/** The name without the white space that it may not have. */
export function nearestName(text: string): string | undefined {
  const words = text.trim().replaceAll(/\s+/g, ' ')
  return words === '' || words === text ? undefined : words
}
