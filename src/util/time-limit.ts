/** Ends synchronous work that takes too long: an endless regular expression, a validation that multiplies. */
import vm from 'node:vm'
import { invariant } from './invariant.ts'

/** The work was ended because its time was up. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError'
}

/**
 * Creates a guard: `limit(milliseconds, task)` runs a synchronous task and gives its result. A call costs about
 * 0.2 ms more than the task alone, so it is for work that someone else's text can make endless, not for all work. Work that is ended
 * stops where it is: no `finally` of it runs.
 *
 * @throws TimeLimitError when the time is up, and whatever the task throws.
 */
export function createTimeLimit(): <T>(milliseconds: number, task: () => T) => T {
  const box: { task: () => void } = { task: () => {} }
  const context = vm.createContext(box)
  const script = new vm.Script('task()')
  return <T>(milliseconds: number, task: () => T): T => {
    const outcome: { done?: { readonly value: T } } = {}
    box.task = () => {
      outcome.done = { value: task() }
    }
    try {
      script.runInContext(context, { timeout: milliseconds })
    } catch (error) {
      if (!isTimeout(error)) throw error
      throw new TimeLimitError(`took longer than ${milliseconds} ms`, { cause: error })
    } finally {
      box.task = () => {}
    }
    invariant(outcome.done !== undefined, 'a task that ended has a result')
    return outcome.done.value
  }
}

/** The error belongs to the context of the script: it is no instance of our `Error`. */
function isTimeout(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  return error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}
