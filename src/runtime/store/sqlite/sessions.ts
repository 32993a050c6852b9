/** Sessions in SQLite, beside the runs that append to them. */
import type { Item } from '../../state/item.ts'
import { encodeSessionAppend } from '../../sessions/session-append.ts'
import type { EncodedSessionAppend } from '../../sessions/session-append.ts'
import type { SessionStretch, RunSessions } from '../../sessions/session-store.ts'
import { parseItem } from '../stored-json.ts'
import { integer, text } from '../columns.ts'
import { readListedSession } from '../rows.ts'
import type { Database } from './database.ts'

export interface Sessions {
  readonly store: RunSessions
  /** Appends once for each operation id. Call inside a write. */
  append(append: EncodedSessionAppend): void
}

export function createSessions(database: Database): Sessions {
  const sql = (text: string) => database.statement(text)
  const timestamp = () => new Date(database.now()).toISOString()

  function append(append: EncodedSessionAppend): void {
    const { session_id, operation, last_agent, items, replaces } = append
    if (sql(NOTE_OPERATION).run(session_id, operation).changes === 0) return
    if (replaces !== null && sql(HIDE).run(replaces.upto, session_id, replaces.from).changes === 0) return
    const known = sql('SELECT last_sequence FROM sessions WHERE session_id = ?').get(session_id)
    let sequence = known === undefined ? 0 : integer(known, 'last_sequence')
    for (const item of items) sql(ADD_ITEM).run(session_id, ++sequence, item)
    sql(ADVANCE).run(session_id, sequence, last_agent, timestamp())
  }

  function readItems(sessionId: string, from: number, upto: number): readonly Item[] {
    return sql(READ_ITEMS)
      .all(sessionId, from, upto)
      .map((row) => parseItem(text(row, 'json'), sessionId))
  }

  function read(sessionId: string, limit?: number): SessionStretch {
    const session = sql(FIND).get(sessionId)
    if (session === undefined) return { items: [], from: 0, upto: 0, last_agent: null }
    const upto = integer(session, 'last_sequence')
    const visibleFrom = integer(session, 'hidden_upto')
    const from = limit === undefined ? visibleFrom : Math.max(visibleFrom, upto - limit)
    const last_agent = visibleFrom === upto ? null : text(session, 'last_agent')
    return { items: readItems(sessionId, from, upto), from, upto, last_agent }
  }

  return {
    append,
    store: {
      async append(items) {
        const encoded = encodeSessionAppend(items)
        await database.write(() => append(encoded))
      },
      read: (sessionId, limit) => database.read(() => read(sessionId, limit)),
      readRange: (sessionId, from, upto) => database.read(() => readItems(sessionId, from, upto)),
      list: () => database.read(() => sql(LIST).all().map(readListedSession)),
      clear: (sessionId) => database.write(() => sql(HIDE_ALL).run(timestamp(), sessionId).changes !== 0),
      remove: (sessionId) =>
        database.write(() => {
          sql('DELETE FROM session_items WHERE session_id = ?').run(sessionId)
          sql('DELETE FROM session_operations WHERE session_id = ?').run(sessionId)
          return sql(REMOVE).run(sessionId).changes !== 0
        }),
    },
  }
}

const NOTE_OPERATION =
  'INSERT INTO session_operations (session_id, operation) VALUES (?, ?) ON CONFLICT DO NOTHING'
const ADD_ITEM = 'INSERT INTO session_items (session_id, sequence, json) VALUES (?, ?, ?)'
const ADVANCE = `
  INSERT INTO sessions (session_id, last_sequence, hidden_upto, last_agent, updated_at, removed)
  VALUES (?, ?, 0, ?, ?, 0)
  ON CONFLICT DO UPDATE SET
    last_sequence = excluded.last_sequence, last_agent = excluded.last_agent,
    updated_at = excluded.updated_at, removed = 0`
const HIDE =
  'UPDATE sessions SET hidden_upto = min(?, last_sequence) WHERE session_id = ? AND hidden_upto <= ? AND NOT removed'
const READ_ITEMS = `
  SELECT json FROM session_items WHERE session_id = ? AND sequence > ? AND sequence <= ? ORDER BY sequence`
const FIND = 'SELECT last_sequence, hidden_upto, last_agent FROM sessions WHERE session_id = ?'
const LIST = `
  SELECT session_id, last_agent, last_sequence - hidden_upto AS items, updated_at
  FROM sessions WHERE NOT removed ORDER BY updated_at DESC, session_id`
const HIDE_ALL =
  'UPDATE sessions SET hidden_upto = last_sequence, updated_at = ? WHERE session_id = ? AND NOT removed'
const REMOVE =
  'UPDATE sessions SET hidden_upto = last_sequence, removed = 1 WHERE session_id = ? AND NOT removed'
