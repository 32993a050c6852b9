/** A server's answer that is not the one asked for: what it said, before anybody has judged it. */

/** @see failures.ts, which makes a ModelFailure of it. */
export class StatusError extends Error {
  readonly status: number
  readonly headers: Headers
  /** The body as a JSON value, where it is one: the `error` in it, or the whole. */
  readonly error: unknown

  /** @param text the body, or its beginning */
  constructor(status: number, headers: Headers, text: string) {
    super(text)
    this.status = status
    this.headers = headers
    this.error = errorIn(text)
  }
}

function errorIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null
    return isObject && 'error' in value && value.error !== null ? value.error : value
  } catch {
    return undefined
  }
}
