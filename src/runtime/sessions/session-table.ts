/** Sessions in memory without promises, so that a store can append to them together with its journal. */
import type { Item } from '../state/item.ts'
import { parseItem } from '../store/stored-json.ts'
import type { EncodedSessionAppend } from './session-append.ts'
import type { ListedSession, SessionStretch } from './session-store.ts'

export interface SessionTable {
  /** Appends once for each operation id. */
  append(append: EncodedSessionAppend): void
  read(sessionId: string, limit?: number): SessionStretch
  readRange(sessionId: string, from: number, upto: number): readonly Item[]
  list(): readonly ListedSession[]
  clear(sessionId: string): boolean
  remove(sessionId: string): boolean
}

interface StoredSession {
  readonly session_id: string
  /** The last sequence of a removed session of this id: a sequence is never given out twice. */
  readonly offset: number
  /** As JSON, so that nobody can change them. */
  readonly items: string[]
  readonly operations: Set<string>
  hiddenUpto: number
  lastAgent: string
  updatedAt: string
}

export function createSessionTable(now: () => number): SessionTable {
  const sessions = new Map<string, StoredSession>()
  /** The last sequences of removed sessions. */
  const removed = new Map<string, number>()
  const timestamp = (): string => new Date(now()).toISOString()

  return {
    append({ session_id, operation, items, last_agent, replaces }) {
      const session = sessions.get(session_id) ?? createSession(session_id, removed.get(session_id) ?? 0)
      if (session.operations.has(operation)) return
      session.operations.add(operation)
      if (replaces !== null) {
        if (session.hiddenUpto > replaces.from) return
        session.hiddenUpto = Math.min(replaces.upto, lastSequence(session))
      }
      for (const item of items) session.items.push(item)
      session.lastAgent = last_agent
      session.updatedAt = timestamp()
      sessions.set(session_id, session)
    },
    read(sessionId, limit) {
      const session = sessions.get(sessionId) ?? createSession(sessionId, removed.get(sessionId) ?? 0)
      const { hiddenUpto } = session
      const upto = lastSequence(session)
      const from = limit === undefined ? hiddenUpto : Math.max(hiddenUpto, upto - limit)
      const last_agent = hiddenUpto === upto ? null : session.lastAgent
      return { items: itemsBetween(session, from, upto), from, upto, last_agent }
    },
    readRange(sessionId, from, upto) {
      const session = sessions.get(sessionId)
      return session === undefined ? [] : itemsBetween(session, from, upto)
    },
    list: () => [...sessions.values()].map(listed).sort(newestFirst),
    clear(sessionId) {
      const session = sessions.get(sessionId)
      if (session === undefined) return false
      session.hiddenUpto = lastSequence(session)
      session.updatedAt = timestamp()
      return true
    },
    remove(sessionId) {
      const session = sessions.get(sessionId)
      if (session === undefined) return false
      removed.set(sessionId, lastSequence(session))
      return sessions.delete(sessionId)
    },
  }
}

function createSession(session_id: string, offset: number): StoredSession {
  return {
    session_id,
    offset,
    items: [],
    operations: new Set(),
    hiddenUpto: offset,
    lastAgent: '',
    updatedAt: '',
  }
}

function lastSequence(session: StoredSession): number {
  return session.offset + session.items.length
}

function itemsBetween(session: StoredSession, from: number, upto: number): readonly Item[] {
  const { offset, items, session_id } = session
  const start = Math.max(0, from - offset)
  const end = Math.max(start, upto - offset)
  return items.slice(start, end).map((json) => parseItem(json, session_id))
}

function listed(session: StoredSession): ListedSession {
  const items = lastSequence(session) - session.hiddenUpto
  return {
    session_id: session.session_id,
    last_agent: items === 0 ? null : session.lastAgent,
    items,
    updated_at: session.updatedAt,
  }
}

function newestFirst(a: ListedSession, b: ListedSession): number {
  if (a.updated_at !== b.updated_at) return a.updated_at < b.updated_at ? 1 : -1
  return a.session_id < b.session_id ? -1 : 1
}
