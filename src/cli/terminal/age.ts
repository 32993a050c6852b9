/** Stretches of time for people. */

/** `12s`, `5m`, `3h`, `2d`: the whole of the largest unit; never negative. Milliseconds in. */
export function shortDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

/** How long ago an ISO 8601 time was. */
export function ageOf(time: string, now: Date): string {
  return shortDuration(now.getTime() - Date.parse(time))
}

/** `340ms`, `1.2s`, `2m`: how long something took. */
export function tookTime(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)}s` : shortDuration(ms)
}
