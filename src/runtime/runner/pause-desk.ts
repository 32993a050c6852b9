/** What is done about requests before a run says that it waits for a person: each is asked about and told of once. */
import type { EventDraft } from '../state/event-draft.ts'
import type { RequestState } from '../state/run-state.ts'
import { decideByHandlers } from './automatic-approval.ts'
import type { RunContext } from './run-context.ts'
import { tellOfRequests } from './tell-of-requests.ts'

export interface PauseDesk {
  /** Decisions of functions about requests that no pause has reported yet. */
  decide(requests: readonly RequestState[]): Promise<readonly EventDraft[]>
  /** Tells of requests that no pause has reported yet. */
  tell(requests: readonly RequestState[]): Promise<void>
}

/** One for each segment. `warn` is told of what failed: no run fails for it. */
export function createPauseDesk(run: RunContext, warn: (message: string) => void): PauseDesk {
  const asked = new Map<number, Promise<readonly EventDraft[]>>()
  const told = new Map<number, Promise<void>>()
  const fresh = (requests: readonly RequestState[]): readonly RequestState[] =>
    requests.filter(({ reported }) => !reported)
  return {
    async decide(requests) {
      const drafts = fresh(requests).map((request) =>
        once(asked, request, () => decideByHandlers(run, [request], warn)),
      )
      return (await Promise.all(drafts)).flat()
    },
    async tell(requests) {
      await Promise.all(
        fresh(requests).map((request) => once(told, request, () => tellOfRequests(run, [request], warn))),
      )
    },
  }
}

/** Others may change the run before what was done about a request lands: it is not done again. */
function once<T>(
  done: Map<number, Promise<T>>,
  { interruption }: RequestState,
  work: () => Promise<T>,
): Promise<T> {
  const known = done.get(interruption.request)
  if (known !== undefined) return known
  const started = work()
  done.set(interruption.request, started)
  return started
}
