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
