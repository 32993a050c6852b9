/** A queue between tasks that push and one consumer that iterates. */

export interface Channel<T> extends AsyncIterable<T> {
  push(value: T): void
  /** Ends the iteration after what was pushed; with an error, the iteration then throws it. */
  close(error?: unknown): void
}

/** Unbounded: the pushing side must be bounded by other means. */
export function createChannel<T>(): Channel<T> {
  const values: T[] = []
  let closed = false
  let failure: { readonly error: unknown } | null = null
  let wake: (() => void) | null = null
  const signal = (): void => {
    wake?.()
    wake = null
  }
  return {
    push(value) {
      values.push(value)
      signal()
    },
    close(error) {
      closed = true
      if (error !== undefined) failure = { error }
      signal()
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        let value = values.shift()
        while (value !== undefined) {
          yield value
          value = values.shift()
        }
        if (closed) break
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (failure !== null) throw failure.error
    },
  }
}
