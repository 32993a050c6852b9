/** What differs between a lock and what the servers list now, for people and programs to read. */
import { memberOf } from '../../compiler/lock/spec-lock.ts'
import type { LockedServer, SpecLock, ToolDescription } from '../../compiler/lock/spec-lock.ts'
import { toPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'

/** A value of a tool that differs; absent where there is none on that side. */
export interface ToolChange {
  /** Into the tool as a lock holds it: `/description`, `/input_schema/properties/path/type`. */
  readonly pointer: string
  readonly locked?: Json
  readonly now?: Json
}

export interface LockDifference {
  readonly server: string
  /** `null` where it is about the server. */
  readonly tool: string | null
  readonly change: 'server_added' | 'server_removed' | 'tool_added' | 'tool_removed' | 'tool_changed'
  /** What of a changed tool. */
  readonly changes: readonly ToolChange[]
}

/**
 * Sorted by server and tool. Tools for which `counts` is false are of no interest. A server that has the same tools under
 * another version does not differ.
 */
export function compareLocks(
  locked: SpecLock,
  now: SpecLock,
  counts: (server: string, tool: string) => boolean,
): readonly LockDifference[] {
  return unionOf(locked.servers, now.servers).flatMap((server): readonly LockDifference[] => {
    const [before, after] = [memberOf(locked.servers, server), memberOf(now.servers, server)]
    if (before === undefined) return [{ server, tool: null, change: 'server_added', changes: [] }]
    if (after === undefined) return [{ server, tool: null, change: 'server_removed', changes: [] }]
    return compareServers(server, before, after).filter(({ tool }) => tool === null || counts(server, tool))
  })
}

function compareServers(
  server: string,
  before: LockedServer,
  after: LockedServer,
): readonly LockDifference[] {
  return unionOf(before.tools, after.tools).flatMap((tool): readonly LockDifference[] => {
    const [was, is] = [memberOf(before.tools, tool), memberOf(after.tools, tool)]
    if (was === undefined) return [{ server, tool, change: 'tool_added', changes: [] }]
    if (is === undefined) return [{ server, tool, change: 'tool_removed', changes: [] }]
    if (was.hash === is.hash) return []
    return [{ server, tool, change: 'tool_changed', changes: changesOf(was, is) }]
  })
}

function unionOf(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted()
}

/** Where two descriptions of a tool differ, as deep as can be said. */
export function changesOf(was: ToolDescription, is: ToolDescription): readonly ToolChange[] {
  return (['description', 'input_schema', 'output_schema', 'annotations'] as const).flatMap((part) =>
    differences(was[part], is[part], [part]),
  )
}

/** Lists are compared item by item only where they are equally long: else the whole list is what changed. */
function differences(locked: Json | undefined, now: Json | undefined, path: Path): readonly ToolChange[] {
  if (isJsonObject(locked) && isJsonObject(now)) {
    return unionOf(locked, now).flatMap((key) =>
      differences(memberOf(locked, key), memberOf(now, key), [...path, key]),
    )
  }
  if (isJsonArray(locked) && isJsonArray(now) && locked.length === now.length) {
    return locked.flatMap((item, index) => differences(item, now[index], [...path, index]))
  }
  if (locked === now) return []
  return [
    {
      pointer: toPointer(path),
      ...(locked === undefined ? {} : { locked }),
      ...(now === undefined ? {} : { now }),
    },
  ]
}
