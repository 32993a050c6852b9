/** The archive of specs in PostgreSQL. */
import type { ArchivedSpec, ListedSpec } from '../run-store.ts'
import { text } from '../columns.ts'
import { readArchivedSpec, readListedSpec } from '../rows.ts'
import type { Database } from './database.ts'

export interface Specs {
  archive(spec: ArchivedSpec): Promise<void>
  read(hash: string): Promise<ArchivedSpec | null>
  list(): Promise<readonly ListedSpec[]>
  collect(): Promise<readonly string[]>
}

export function createSpecs(database: Database): Specs {
  return {
    archive: async ({ hash, name, version, program, sources }) => {
      // Asked first: most runs start on a spec that is archived already, and need not send it again.
      const known = await database.read((query) => query('SELECT 1 FROM specs WHERE hash = $1', [hash]))
      if (known.length > 0) return
      await database.write((query) =>
        query(ADD, [hash, name, version, new Date().toISOString(), program, JSON.stringify(sources)]),
      )
    },
    read: async (hash) => {
      const [row] = await database.read((query) => query(READ, [hash]))
      return row === undefined ? null : readArchivedSpec(row)
    },
    list: async () => (await database.read((query) => query(LIST))).map(readListedSpec),
    collect: async () => (await database.write((query) => query(COLLECT))).map((row) => text(row, 'hash')),
  }
}

const ADD = `
  INSERT INTO specs (hash, name, version, first_seen, program, sources) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT DO NOTHING`
const READ = 'SELECT hash, name, version, program, sources FROM specs WHERE hash = $1'
const LIST = `
  SELECT hash, name, version, first_seen, coalesce(runs, 0)::integer AS runs
  FROM specs LEFT JOIN (SELECT spec_hash, count(*) AS runs FROM run_specs GROUP BY spec_hash) AS used
    ON spec_hash = hash
  ORDER BY first_seen DESC, id DESC`
const COLLECT = 'DELETE FROM specs WHERE hash NOT IN (SELECT spec_hash FROM run_specs) RETURNING hash'
