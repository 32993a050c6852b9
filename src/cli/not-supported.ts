/** What is part of the contract and not built yet is refused, never ignored. */
import { UsageFailure } from '../runtime/failures.ts'

/** `"agentspec graph" is` → `"agentspec graph" is not supported yet`. */
export function notSupportedYet(what: string, hint?: string): UsageFailure {
  return new UsageFailure('not_supported', `${what} not supported yet`, hint)
}
