/** A queue between tasks that push and one consumer that iterates. */

export interface Channel<T> extends AsyncIterable<T> {
  /** Never waits: for the few values that must not be held back. */
  readonly push: (value: T) => void
  /** Resolves once the consumer keeps up, so that a slow one slows the task instead of filling memory. */
  readonly offer: (value: T) => Promise<void>
  /** Ends the iteration after what was pushed; with an error, the iteration then throws it. Nobody is held back any more. */
  readonly close: (error?: unknown) => void
}

/** Values that may wait before `offer` holds a task back. */
const MOST_WAITING = 64

export function createChannel<T>(): Channel<T> {
  const values: T[] = []
  let heldBack: (() => void)[] = []
  let closed = false
  let failure: { readonly error: unknown } | null = null
  let wake: (() => void) | null = null
  const signal = (): void => {
    wake?.()
    wake = null
  }
  const letGo = (): void => {
    const waiting = heldBack
    heldBack = []
    waiting.forEach((resume) => resume())
  }
  const push = (value: T): void => {
    values.push(value)
    signal()
  }
  async function* read(): AsyncGenerator<T, void> {
    for (;;) {
      for (let value = values.shift(); value !== undefined; value = values.shift()) {
        yield value
        if (values.length < MOST_WAITING) letGo()
      }
      if (closed) break
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    if (failure !== null) throw failure.error
  }
  return {
    push,
    async offer(value) {
      push(value)
      if (values.length < MOST_WAITING || closed) return
      await new Promise<void>((resume) => heldBack.push(resume))
    },
    close(error) {
      closed = true
      if (error !== undefined) failure = { error }
      letGo()
      signal()
    },
    [Symbol.asyncIterator]: read,
  }
}
