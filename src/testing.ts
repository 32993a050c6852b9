/** `agentspec/testing`: what authors of stores test theirs with, and stores for the tests of everybody else. */
export type { ConformanceCheck } from './testing/conformance/check.ts'
export type { OpenedRunStore } from './testing/conformance/run-store-suite.ts'
export { runStoreConformance } from './testing/conformance/run-store-conformance.ts'
export type { OpenedSessionStore } from './testing/conformance/session-store-conformance.ts'
export { sessionStoreConformance } from './testing/conformance/session-store-conformance.ts'
export { memorySessions } from './runtime/sessions/memory-sessions.ts'
export { memoryStore } from './runtime/store/memory/memory-store.ts'
