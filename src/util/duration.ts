/** Durations as people write them. */

/** `500ms`, `10s`, `5m`, `72h`, or a number of seconds → whole milliseconds; `undefined` for anything else. */
export function parseDuration(written: unknown): number | undefined {
  if (typeof written === 'number') return written >= 0 && Number.isFinite(written) ? Math.round(written * 1000) : undefined
  if (typeof written !== 'string') return undefined
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(written)
  if (match === null) return undefined
  return Math.round(Number(match[1]) * (milliseconds[match[2] ?? 's'] ?? 1000))
}

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
