/** The archive of specs in SQLite. */
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
  const sql = (text: string) => database.statement(text)
  return {
    async archive(spec) {
      const { hash, name, version, program } = spec
      // Asked first because it costs no transaction, and most runs start on a spec that is archived already.
      if (await database.read(() => sql(EXISTS).get(hash) !== undefined)) return
      const sources = JSON.stringify(spec.sources)
      await database.write(() => {
        sql(ADD).run(hash, name, version, new Date(database.now()).toISOString(), program, sources)
      })
    },
    read: (hash) =>
      database.read(() => {
        const row = sql('SELECT hash, name, version, program, sources FROM specs WHERE hash = ?').get(hash)
        return row === undefined ? null : readArchivedSpec(row)
      }),
    list: () => database.read(() => sql(LIST).all().map(readListedSpec)),
    collect: () =>
      database.write(() =>
        sql(COLLECT)
          .all()
          .map((row) => text(row, 'hash')),
      ),
  }
}

const EXISTS = 'SELECT 1 FROM specs WHERE hash = ?'
const ADD = `
  INSERT INTO specs (hash, name, version, first_seen, program, sources) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING`
const LIST = `
  SELECT hash, name, version, first_seen, coalesce(runs, 0) AS runs
  FROM specs LEFT JOIN (SELECT spec_hash, count(*) AS runs FROM run_specs GROUP BY spec_hash) ON spec_hash = hash
  ORDER BY first_seen DESC, id DESC`
const COLLECT = 'DELETE FROM specs WHERE hash NOT IN (SELECT spec_hash FROM run_specs) RETURNING hash'
