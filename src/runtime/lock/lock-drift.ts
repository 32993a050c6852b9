/** The end of a run whose MCP servers offer other tools than the lock has. */
import type { LockedTool } from '../../compiler/lock/spec-lock.ts'
import { RunFailure } from '../failures.ts'

/** A tool as its server describes it now. */
export interface DescribedTool {
  readonly server: string
  /** Its name in a lock. */
  readonly tool: string
  readonly now: LockedTool
}

/** A tool that is not what was locked. */
export interface DriftedTool extends DescribedTool {
  readonly change: 'added' | 'changed'
}

/** Names in a message; the rest is counted. */
const MOST_NAMED = 8

/** Nothing of these tools has reached the model, and nothing of them has run. */
export class LockDrift extends RunFailure {
  override readonly name = 'LockDrift'
  readonly drift: readonly DriftedTool[]

  constructor(drift: readonly DriftedTool[]) {
    super({ code: 'lock_drift', message: messageFor(drift) })
    this.drift = drift
  }
}

function messageFor(drift: readonly DriftedTool[]): string {
  const named = drift.slice(0, MOST_NAMED).map(({ server, tool, change }) => {
    const name = `${server}/${tool}`
    return change === 'added' ? `${name} is new` : `${name} has changed`
  })
  const rest = drift.length - named.length
  const list = [...named, ...(rest === 0 ? [] : [`${rest} more`])].join(', ')
  return `The tools of MCP servers are not those of the lock file: ${list}. "agentspec lock SPEC --check" shows how; --accept-drift takes them for this run`
}
