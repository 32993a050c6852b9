/** Durations as people write them. */

/**
 * `500ms`, `10s`, `1.5m`, `72h`, `30d`, or a bare number of seconds → whole milliseconds. Undefined for anything else:
 * signs, spaces, other units, and what no timer could count.
 */
export function parseDuration(written: unknown): number | undefined {
  if (typeof written !== 'number' && typeof written !== 'string') return undefined
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(String(written))
  const [, count = '', unit = 's'] = match ?? []
  const duration = Math.round(Number(count) * (milliseconds.get(unit) ?? 0))
  return match !== null && Number.isSafeInteger(duration) ? duration : undefined
}

const milliseconds = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** Whole milliseconds as a person would write them: `5s`, `1500ms`, `72h`. */
export function formatDuration(duration: number): string {
  // A day is written as hours up to three of them, as people do.
  const units = [...milliseconds].toReversed().filter(([unit]) => unit !== 'd' || duration > 3 * 86_400_000)
  const [unit, size] = units.find(([, size]) => duration >= size && duration % size === 0) ?? ['ms', 1]
  return `${duration / size}${unit}`
}
