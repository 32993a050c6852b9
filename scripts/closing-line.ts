/** A Vitest reporter whose last line is plain: `12 passed, 0 failed`, for tools that read logs. */
import type { Reporter } from 'vitest/node'

/** Counts tests; a file that could not be loaded and an error outside any test count as failed. Silent when nothing ran. */
export function closingLine(): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const states = modules
        .flatMap((module) => [...module.children.allTests()])
        .map((test) => test.result().state)
      const count = (state: string): number => states.filter((each) => each === state).length
      const outside = modules.flatMap((module) => module.errors()).length + unhandledErrors.length
      const [passed, failed, skipped] = [count('passed'), count('failed') + outside, count('skipped')]
      if (passed + failed === 0) return
      console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
    },
  }
}
