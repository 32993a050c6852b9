/** The time a call may take, by its tool. */
import { ToolTimeout } from './body-outcome.ts'
import { timeoutText } from './tool-failure.ts'

/** Longest delay of `setTimeout`; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

export interface ToolTimer {
  /** Aborted with a `ToolTimeout` when the time is up; never for a tool without a limit. */
  readonly signal: AbortSignal
  readonly stop: () => void
}

export function startToolTimer(tool: { readonly name: string; readonly timeout?: number }): ToolTimer {
  const controller = new AbortController()
  const { timeout } = tool
  if (timeout === undefined) return { signal: controller.signal, stop: () => {} }
  const late = (): void => controller.abort(new ToolTimeout(timeoutText(tool.name, timeout)))
  const timer = setTimeout(late, Math.min(timeout, LONGEST_TIMER))
  return { signal: controller.signal, stop: () => clearTimeout(timer) }
}

/** What the work gives; rejects when the time is up, whatever the work still does then. */
export async function withinTime<T>(work: Promise<T>, { signal, stop }: ToolTimer): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  try {
    return await Promise.race([work, late])
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    stop()
  }
}
