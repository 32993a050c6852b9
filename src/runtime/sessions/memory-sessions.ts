/** A session store in memory, gone with the process: for tests, and for temporary conversations. */
import { encodeSessionAppend } from './session-append.ts'
import type { RunSessions } from './session-store.ts'
import { createSessionTable } from './session-table.ts'
import type { SessionTable } from './session-table.ts'

/** A session store that keeps nothing on disk. `now` is its clock, in milliseconds since the epoch. */
export function memorySessions(options: { readonly now?: () => number } = {}): RunSessions {
  return overTable(createSessionTable(options.now ?? Date.now), async (work) => work())
}

/** The port over a table; `use` runs every access to it. */
export function overTable(table: SessionTable, use: <T>(work: () => T) => Promise<T>): RunSessions {
  return {
    append: (append) => use(() => table.append(encodeSessionAppend(append))),
    read: (sessionId, limit) => use(() => table.read(sessionId, limit)),
    readRange: (sessionId, from, upto) => use(() => table.readRange(sessionId, from, upto)),
    list: () => use(() => table.list()),
    clear: (sessionId) => use(() => table.clear(sessionId)),
    remove: (sessionId) => use(() => table.remove(sessionId)),
  }
}
