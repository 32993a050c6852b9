/** The session store of docs/stores.md: a folder with a file of JSON lines for each session, for the processes of one machine. */
import * as fs from 'node:fs'
import { join } from 'node:path'
import type { SessionStore, SessionStoreOptions } from '../../src/index.ts'

/** What one append added, or that everything before it is hidden. */
interface Line {
  readonly at: string
  readonly operation: string | null
  readonly items: Parameters<SessionStore['append']>[0]['items']
  readonly last_agent: string | null
}

/** Keeps sessions in the folder `sessions` beside the spec, or in that of `SESSIONS_FOLDER`. */
export function folderSessions({ folder, environment }: SessionStoreOptions): SessionStore {
  const place = environment['SESSIONS_FOLDER'] ?? join(folder, 'sessions')
  fs.mkdirSync(place, { recursive: true })
  const fileOf = (id: string): string => join(place, `${encodeURIComponent(id)}.jsonl`)

  /** A line that was cut off by a crash was never acknowledged; it is the last one. */
  const read = (id: string): { readonly lines: readonly Line[]; readonly bytes: number } => {
    const text = fs.existsSync(fileOf(id)) ? fs.readFileSync(fileOf(id), 'utf8') : ''
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    const lines = whole
      .split('\n')
      .slice(0, -1)
      .map((line): Line => JSON.parse(line))
    return { lines, bytes: Buffer.byteLength(whole) }
  }
  const write = (id: string, after: number, line: Line): void => {
    const file = fs.openSync(fileOf(id), 'a')
    fs.truncateSync(fileOf(id), after)
    fs.writeSync(file, `${JSON.stringify(line)}\n`)
    fs.fsyncSync(file)
    fs.closeSync(file)
  }
  const pageOf = (lines: readonly Line[]) => {
    const visible = lines.slice(lines.findLastIndex((line) => line.operation === null) + 1)
    return {
      items: visible.flatMap((line) => line.items),
      last_agent: visible.at(-1)?.last_agent ?? null,
    }
  }
  const now = (): string => new Date().toISOString()

  return {
    async append({ session_id, operation, items, last_agent }) {
      const { lines, bytes } = read(session_id)
      if (lines.some((line) => line.operation === operation)) return
      write(session_id, bytes, { at: now(), operation, items, last_agent })
    },
    async read(id, limit) {
      const { items, last_agent } = pageOf(read(id).lines)
      return {
        items: limit === undefined ? items : items.slice(Math.max(0, items.length - limit)),
        last_agent,
      }
    },
    async list() {
      const ids = fs.readdirSync(place).map((file) => decodeURIComponent(file.replace(/\.jsonl$/, '')))
      const sessions = ids.map((session_id) => {
        const { lines } = read(session_id)
        const { items, last_agent } = pageOf(lines)
        return { session_id, last_agent, items: items.length, updated_at: lines.at(-1)?.at ?? now() }
      })
      return sessions.toSorted((a, b) => b.updated_at.localeCompare(a.updated_at))
    },
    async clear(id) {
      const { lines, bytes } = read(id)
      if (lines.length === 0) return false
      write(id, bytes, { at: now(), operation: null, items: [], last_agent: null })
      return true
    },
    async remove(id) {
      if (!fs.existsSync(fileOf(id))) return false
      fs.rmSync(fileOf(id))
      return true
    },
  }
}
