/** Holds what MCP servers list in a run against the lock that the run began with. */
import { memberOf } from '../../compiler/lock/spec-lock.ts'
import type { McpTool } from '../mcp/mcp-servers.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { EventDraft } from '../state/event-draft.ts'
import { acceptedKey } from '../state/mcp-tools.ts'
import type { RunLock } from '../state/mcp-tools.ts'
import type { RunState } from '../state/run-state.ts'
import { describeTool } from './describe-tool.ts'
import { LockDrift } from './lock-drift.ts'
import type { DescribedTool, DriftedTool } from './lock-drift.ts'

/** What one server lists, and what of it is to be given out. */
export interface Listing {
  readonly server: string
  readonly listed: readonly McpTool[]
  readonly given: readonly McpTool[]
}

/**
 * Called before a tool is offered to a model, sent to it, or called.
 *
 * @throws LockDrift where a tool to be given out is new or another than was locked, and nobody has accepted it.
 */
export type DriftJudge = (listings: readonly Listing[]) => void

/** Where drift is only looked at. */
export const judgesNothing: DriftJudge = () => {}

export interface JudgeOrder {
  readonly state: () => Pick<RunState, 'lock' | 'accepted_drift'>
  readonly redactor: Redactor
  /** Drift is accepted as a server first lists it here; what the server changes after that is drift again. */
  readonly accepts: boolean
  readonly record: (draft: EventDraft) => void
}

export function createDriftJudge({ state, redactor, accepts, record }: JudgeOrder): DriftJudge {
  const described = createDescriber(redactor)
  const first = new Map<string, ReadonlySet<string>>()
  return (listings) => {
    const { lock, accepted_drift: accepted } = state()
    if (lock === null) return
    const drift = listings.flatMap(({ server, listed, given }) => {
      if (accepts && !first.has(server)) first.set(server, new Set(listed.map(described).map(keyOf)))
      return given
        .flatMap((tool) => driftOf(lock, tool, () => described(tool)))
        .filter((tool) => !accepted.has(keyOf(tool)))
    })
    if (drift.length === 0) return
    const isExpected = drift.every((tool) => first.get(tool.server)?.has(keyOf(tool)) === true)
    if (!isExpected) throw new LockDrift(drift)
    record({
      type: 'drift.accepted',
      tools: drift.map(({ server, tool, now: { hash } }) => ({ server, tool, hash })),
    })
  }
}

/** A list that is kept is described once. */
function createDescriber(redactor: Redactor): (tool: McpTool) => DescribedTool {
  const known = new WeakMap<McpTool, DescribedTool>()
  return (tool) => {
    const described = known.get(tool) ?? describeTool(tool, redactor)
    known.set(tool, described)
    return described
  }
}

function keyOf({ server, tool, now: { hash } }: DescribedTool): string {
  return acceptedKey({ server, tool, hash })
}

/** How a tool differs from what was locked, if it does. Those that are made here of a server's resources are ours. */
export function driftOf(lock: RunLock, tool: McpTool, describe: () => DescribedTool): readonly DriftedTool[] {
  if (tool.isOurs === true) return []
  const described = describe()
  const locked = memberOf(memberOf(lock, tool.server) ?? {}, described.tool)
  if (locked === described.now.hash) return []
  return [{ ...described, change: locked === undefined ? 'added' : 'changed' }]
}
