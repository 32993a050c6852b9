/** Which requests of a run a person means: by call id, `outer/inner` ids, `#REQUEST`, or the only pending one. */
import { ConflictFailure, UsageFailure } from '../failures.ts'
import type { RequestState, RunState } from '../state/run-state.ts'

/** `all`: every pending one. An empty list: the only pending one. */
export type CallSelection = 'all' | readonly string[]

/**
 * The requests to decide, each with the name it was selected by. With `all` and nothing pending, the decided but
 * unconsumed ones, so that the same decision again is a no-op.
 *
 * @throws UsageFailure for an unknown call and for an ambiguous choice; ConflictFailure when nothing is pending.
 */
export function selectRequests(state: RunState, selection: CallSelection): readonly RequestState[] {
  const requests = [...state.requests.values()]
  if (selection !== 'all' && selection.length > 0) {
    return selection.map((name) => requestNamed(state, requests, name))
  }
  const pending = requests.filter((request) => request.status === 'pending')
  const open = pending.length > 0 ? pending : requests.filter((request) => request.status === 'decided')
  if (open.length === 0) throw nothingPending(state)
  if (selection !== 'all' && open.length > 1) {
    throw new UsageFailure(
      'ambiguous_call',
      `${open.length} calls of run ${state.run_id} are waiting: ${open.map(describe).join(', ')}`,
      'Name one of them, or use --all',
    )
  }
  return open
}

function requestNamed(state: RunState, requests: readonly RequestState[], name: string): RequestState {
  const found = requests.filter((request) => answersTo(request, name))
  const current = found.filter((request) => request.status !== 'closed')
  const [only, ...others] = current.length > 0 ? current : found.slice(-1)
  if (only === undefined) throw unknownCall(state, name)
  if (others.length > 0) {
    throw new UsageFailure(
      'ambiguous_call',
      `Call ${name} is ambiguous in run ${state.run_id}: ${current.map(describe).join(', ')}`,
      'Name it by its outer call ids (outer/inner) or by its request (#N)',
    )
  }
  return only
}

function answersTo({ interruption }: RequestState, name: string): boolean {
  if (name.startsWith('#')) return name === `#${interruption.request}`
  return name === interruption.call_id || name === [...interruption.path, interruption.call_id].join('/')
}

function unknownCall(state: RunState, name: string): UsageFailure | ConflictFailure {
  const ran = [...state.frames.values()].some((frame) => frame.calls.some((call) => call.call_id === name))
  if (ran)
    return new ConflictFailure(
      'not_pending',
      `Call ${name} of run ${state.run_id} is not waiting for approval`,
    )
  const pending = [...state.requests.values()].filter((request) => request.status === 'pending')
  return new UsageFailure(
    'unknown_call',
    `Run ${state.run_id} has no call ${name}`,
    pending.length === 0 ? undefined : `Waiting: ${pending.map(describe).join(', ')}`,
  )
}

export function nothingPending(state: RunState): ConflictFailure {
  return new ConflictFailure(
    'nothing_pending',
    `Nothing is waiting for approval in run ${state.run_id} (it is ${state.phase === 'active' ? 'under way' : state.phase})`,
  )
}

function describe({ interruption }: RequestState): string {
  return `${interruption.call_id} (#${interruption.request}, ${interruption.tool})`
}
