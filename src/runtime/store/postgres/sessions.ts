/** Sessions in PostgreSQL, beside the runs that append to them. */
import type { Item } from '../../state/item.ts'
import { encodeSessionAppend } from '../../sessions/session-append.ts'
import type { EncodedSessionAppend } from '../../sessions/session-append.ts'
import type { SessionStretch, RunSessions } from '../../sessions/session-store.ts'
import { parseItem } from '../stored-json.ts'
import { integer, text } from '../columns.ts'
import { readListedSession } from '../rows.ts'
import type { Database, Query } from './database.ts'
import { lockSession } from './locks.ts'

export function createSessions(database: Database): RunSessions {
  return {
    async append(append) {
      const encoded = encodeSessionAppend(append)
      await database.write(async (query) => {
        await lockSession(query, encoded.session_id)
        await appendItems(query, encoded)
      })
    },
    read: (sessionId, limit) => database.read((query) => readPage(query, sessionId, limit)),
    readRange: (sessionId, from, upto) => database.read((query) => readItems(query, sessionId, from, upto)),
    list: () => database.read(async (query) => (await query(LIST)).map(readListedSession)),
    clear: (sessionId) =>
      database.write(async (query) => {
        await lockSession(query, sessionId)
        return (await query(HIDE_ALL, [new Date().toISOString(), sessionId])).length > 0
      }),
    remove: (sessionId) =>
      database.write(async (query) => {
        await lockSession(query, sessionId)
        await query('DELETE FROM session_items WHERE session_id = $1', [sessionId])
        await query('DELETE FROM session_operations WHERE session_id = $1', [sessionId])
        return (await query(REMOVE, [sessionId])).length > 0
      }),
  }
}

/** Appends once for each operation id. Inside a transaction that has the session's lock. */
export async function appendItems(query: Query, append: EncodedSessionAppend): Promise<void> {
  const { session_id, operation, last_agent, items, replaces } = append
  if ((await query(NOTE_OPERATION, [session_id, operation])).length === 0) return
  if (replaces !== null) {
    const hidden = await query(HIDE, [replaces.upto, session_id, replaces.from])
    if (hidden.length === 0) return
  }
  const [known] = await query('SELECT last_sequence FROM sessions WHERE session_id = $1', [session_id])
  const last = known === undefined ? 0 : integer(known, 'last_sequence')
  await query(ADD_ITEMS, [session_id, last, items])
  await query(ADVANCE, [session_id, last + items.length, last_agent, new Date().toISOString()])
}

/** What is appended between the two queries is behind the end that the first one saw. */
async function readPage(query: Query, sessionId: string, limit?: number): Promise<SessionStretch> {
  const [session] = await query(FIND, [sessionId])
  if (session === undefined) return { items: [], from: 0, upto: 0, last_agent: null }
  const upto = integer(session, 'last_sequence')
  const visibleFrom = integer(session, 'hidden_upto')
  const from = limit === undefined ? visibleFrom : Math.max(visibleFrom, upto - limit)
  const last_agent = visibleFrom === upto ? null : text(session, 'last_agent')
  return { items: await readItems(query, sessionId, from, upto), from, upto, last_agent }
}

async function readItems(
  query: Query,
  sessionId: string,
  from: number,
  upto: number,
): Promise<readonly Item[]> {
  const rows = await query(READ_ITEMS, [sessionId, from, upto])
  return rows.map((row) => parseItem(text(row, 'json'), sessionId))
}

const NOTE_OPERATION = `
  INSERT INTO session_operations (session_id, operation) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1`
const ADD_ITEMS = `
  INSERT INTO session_items (session_id, sequence, json)
  SELECT $1, $2::integer + place, json FROM unnest($3::text[]) WITH ORDINALITY AS given (json, place)`
const ADVANCE = `
  INSERT INTO sessions (session_id, last_sequence, hidden_upto, last_agent, updated_at, removed)
  VALUES ($1, $2, 0, $3, $4, FALSE)
  ON CONFLICT (session_id) DO UPDATE SET
    last_sequence = excluded.last_sequence, last_agent = excluded.last_agent,
    updated_at = excluded.updated_at, removed = FALSE`
const HIDE = `
  UPDATE sessions SET hidden_upto = least($1::integer, last_sequence)
  WHERE session_id = $2 AND hidden_upto <= $3 AND NOT removed RETURNING 1`
const READ_ITEMS = `
  SELECT json FROM session_items WHERE session_id = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence`
const FIND = 'SELECT last_sequence, hidden_upto, last_agent FROM sessions WHERE session_id = $1'
const LIST = `
  SELECT session_id, last_agent, last_sequence - hidden_upto AS items, updated_at
  FROM sessions WHERE NOT removed ORDER BY updated_at DESC, session_id`
const HIDE_ALL = `
  UPDATE sessions SET hidden_upto = last_sequence, updated_at = $1
  WHERE session_id = $2 AND NOT removed RETURNING 1`
const REMOVE = `
  UPDATE sessions SET hidden_upto = last_sequence, removed = TRUE
  WHERE session_id = $1 AND NOT removed RETURNING 1`
