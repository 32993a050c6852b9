/**
 * agentspec: compile specs, run agents, and go on after a person has decided.
 *
 * @module
 */
export { compileFile } from './compiler/compile.ts'
export type { CompileOptions } from './compiler/compile.ts'
export type { CompileResult } from './compiler/compile-result.ts'
export type { Program } from './compiler/program.ts'
export type { Diagnostic } from './spec/diagnostic.ts'
export { createRunner } from './runtime/create-runner.ts'
export type { Runner, RunnerOptions, RunnerResult, RunnerStream } from './runtime/create-runner.ts'
export { createRuntime } from './runtime/create-runtime.ts'
export type { RuntimeOptions } from './runtime/create-runtime.ts'
export { RunState } from './runtime/documents/run-state-handle.ts'
export type { StateDocument } from './runtime/documents/state-document.ts'
export { ConflictFailure, ModelFailure, RunFailure, StoreFailure, UsageFailure } from './runtime/failures.ts'
export type { DecisionOrder, DecisionOutcome } from './runtime/approvals/decide.ts'
export type {
  FunctionSpec,
  Model,
  ModelCallOptions,
  ModelEmission,
  ModelEvent,
  ModelRequest,
  ModelResponse,
} from './runtime/models/model.ts'
export type { RunResult, RunStatus } from './runtime/run-result.ts'
export type { ToolContext } from './runtime/tools/tool-context.ts'
export type { CompiledSpec } from './runtime/link/compiled-spec.ts'
export type { ResumeOptions, Runtime, RunStream, StartOptions } from './runtime/runtime.ts'
export type { Interruption, JournalEvent } from './runtime/state/events.ts'
export type { RunEvent, StreamedEvent } from './runtime/state/stream-events.ts'
export type { Item } from './runtime/state/item.ts'
export type { Usage } from './runtime/state/usage.ts'
export type { RunStore } from './runtime/store/run-store.ts'
export type { SessionStore } from './runtime/sessions/session-store.ts'
export type { SessionStoreFactory, SessionStoreOptions } from './runtime/sessions/session-places.ts'
export { redisSessions } from './runtime/sessions/redis/redis-sessions.ts'
export { memoryStore } from './runtime/store/memory/memory-store.ts'
export { openStore } from './runtime/store/open-store.ts'
export { postgresStore } from './runtime/store/postgres/postgres-store.ts'
export { sqliteStore } from './runtime/store/sqlite/sqlite-store.ts'
