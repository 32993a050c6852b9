/** The part of the fold that is about going on with another spec: names that change, calls that are mapped or asked anew. */
import type { SpecReference } from './events.ts'
import type { RunLock } from './mcp-tools.ts'
import type { AppliedMigration, MigratedCall, SpecChange } from './spec-change.ts'
import { closeNested, settle, withdrawSticky } from './apply-calls.ts'
import { findCall } from './mutable-state.ts'
import type { MutableFrame, MutableState } from './mutable-state.ts'
import { frameKey } from './run-state.ts'

/** What `run.resumed` and `run.migrated` say of a spec. */
export interface SpecStep {
  readonly spec?: SpecReference
  readonly base_dir?: string
  readonly spec_file?: string
  readonly change?: SpecChange
  readonly lock?: RunLock | null
}

/** From here on the run is pinned to the spec that the event names, if it names one. */
export function changeSpec(state: MutableState, event: SpecStep): void {
  if (event.spec !== undefined) state.spec = event.spec
  if (event.base_dir !== undefined) state.base_dir = event.base_dir
  if (event.spec_file !== undefined) state.spec_file = event.spec_file
  if (event.lock !== undefined) state.lock = event.lock
  const { change } = event
  if (change === undefined) return
  if (change.migration !== undefined) migrate(state, change.migration)
  for (const seq of change.ask_again) askAgain(state, seq)
  const withdrawn = new Set(change.withdrawn)
  for (const [identity, { seq }] of state.sticky) if (withdrawn.has(seq)) state.sticky.delete(identity)
}

/** The call waits again; a decision that came meanwhile does not count either. */
function askAgain(state: MutableState, seq: number): void {
  const request = state.requests.get(seq)
  if (request === undefined || request.status === 'closed') return
  withdrawSticky(state, request)
  request.status = 'pending'
  request.decision = null
  request.stale = true
  const { path, call_id } = request.interruption
  const call = findCall(state, path, call_id)
  if (call?.request === seq && call.status === 'decided') call.status = 'pending'
}

function migrate(state: MutableState, { agents, tools, calls, context }: AppliedMigration): void {
  const agentNow = (name: string): string => lookUp(agents, name)
  for (const frame of state.frames.values()) {
    renameInFrame(frame, agentNow)
    frame.disabled = new Set([...frame.disabled].map((name) => lookUp(tools, name)))
  }
  for (const call of calls) migrateCall(state, call)
  renameInRun(state, agentNow)
  if (context !== undefined) state.context = { ...context, ...state.context }
}

type Rename = (name: string) => string

function lookUp(names: Readonly<Record<string, string>>, name: string): string {
  return (Object.hasOwn(names, name) ? names[name] : undefined) ?? name
}

function renameInFrame(frame: MutableFrame, agentNow: Rename): void {
  frame.agent = agentNow(frame.agent)
  frame.tool_users = new Set([...frame.tool_users].map(agentNow))
  if (frame.handoff !== null) frame.handoff = { ...frame.handoff, to: agentNow(frame.handoff.to) }
  for (const call of frame.calls) call.agent = agentNow(call.agent)
}

function renameInRun(state: MutableState, agentNow: Rename): void {
  const byAgent = new Map<string, number>()
  for (const [name, attempts] of state.attempts.by_agent) {
    byAgent.set(agentNow(name), (byAgent.get(agentNow(name)) ?? 0) + attempts)
  }
  state.attempts.by_agent = byAgent
  const { agent_models: models } = state.options
  if (models === undefined) return
  const renamed = Object.entries(models).map(([name, model]) => [agentNow(name), model] as const)
  state.options = { ...state.options, agent_models: Object.fromEntries(renamed) }
}

function migrateCall(state: MutableState, { path, call_id, ...changed }: MigratedCall): void {
  const call = findCall(state, path, call_id)
  if (call === undefined) return
  if (changed.name !== undefined) call.name = changed.name
  if (changed.arguments !== undefined) call.edited_arguments = changed.arguments
  if (changed.dropped === undefined || call.status === 'completed') return
  const request = call.request === null ? undefined : state.requests.get(call.request)
  if (request !== undefined) request.status = 'closed'
  call.status = 'completed'
  call.output = changed.dropped
  call.is_error = true
  call.reason = 'rejected'
  closeNested(state, call)
  const frame = state.frames.get(frameKey(path))
  if (frame !== undefined && frame.calls.every(({ status }) => status === 'completed')) settle(frame)
}
