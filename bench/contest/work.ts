/** What a worker is asked for, and what it measured: the messages between the bench and its processes. */
import type { Arena } from './contestant.ts'

export type Work =
  /** Set a contestant up. */
  | { readonly type: 'load'; readonly module: string; readonly arena: Arena }
  /** So many runs, so many at once. */
  | { readonly type: 'runs'; readonly model: string; readonly count: number; readonly atOnce: number }
  /** So many streamed runs, one after the other. */
  | { readonly type: 'streams'; readonly model: string; readonly count: number }
  /** So many turns in a session that has `items` before. */
  | { readonly type: 'session'; readonly model: string; readonly count: number; readonly items: number }
  /** A pause, written and read back `count` times. */
  | { readonly type: 'pause'; readonly model: string; readonly count: number }
  | { readonly type: 'stored'; readonly model: string }

/** What a contestant did, in names of figures; times in milliseconds, sizes in bytes. Empty: it cannot do that. */
export type Figures = Readonly<Record<string, number>>
