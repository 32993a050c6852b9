/** The conformance suite of run stores: what the port promises, for every implementation. */
import type { ConformanceCheck } from './check.ts'
import { JOURNAL_CHECKS } from './journal-checks.ts'
import { LEASE_CHECKS } from './lease-checks.ts'
import { LIST_CHECKS } from './list-checks.ts'
import type { OpenedRunStore } from './run-store-suite.ts'
import { SESSION_CHECKS } from './session-checks.ts'
import { sessionStoreConformance } from './session-store-conformance.ts'
import { SPEC_CHECKS } from './spec-checks.ts'

/**
 * The checks that a run store must pass, its sessions included. `open` gives each check a fresh, empty store.
 *
 * @example
 * for (const { name, run } of runStoreConformance(async () => openMine())) test(name, run)
 */
export function runStoreConformance(open: () => Promise<OpenedRunStore>): readonly ConformanceCheck[] {
  const checks = { ...JOURNAL_CHECKS, ...LIST_CHECKS, ...LEASE_CHECKS, ...SPEC_CHECKS, ...SESSION_CHECKS }
  const ofRuns = Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => {
      const opened = await open()
      try {
        await check(opened)
      } finally {
        await opened.store.close()
        await opened.close()
      }
    },
  }))
  const ofSessions = sessionStoreConformance(async () => {
    const opened = await open()
    return {
      store: opened.store.sessions,
      close: async () => {
        await opened.store.close()
        await opened.close()
      },
    }
  })
  return [...ofRuns, ...ofSessions]
}
