/** What is part of the contract and not built yet is refused, never ignored. */
import { UsageFailure } from '../runtime/failures.ts'
import type { Flags } from './flags.ts'

/** `"agentspec graph" is` → `"agentspec graph" is not supported yet`. */
export function notSupportedYet(what: string, hint?: string): UsageFailure {
  return new UsageFailure('not_supported', `${what} not supported yet`, hint)
}

/**
 * @param names Flags that are accepted to be refused, by the names they are read with.
 * @throws UsageFailure when one of them is given.
 */
export function refuseFlags(flags: Flags, names: readonly string[]): void {
  for (const name of names) {
    if (!flags.has(name) && flags.text(name) === undefined) continue
    throw notSupportedYet(`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is`)
  }
}
