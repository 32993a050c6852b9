/** SQLite stores in folders that are removed after the test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import type { OpenedRunStore } from '../../../src/testing/conformance/run-store-suite.ts'

/** A folder of its own for a test, removed when the test is over. */
export interface TemporaryFolder extends Disposable {
  readonly path: string
  file(...parts: readonly string[]): string
}

export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'agentspec-'))
  return {
    path,
    file: (...parts) => join(path, ...parts),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

export async function openTemporaryStore(): Promise<OpenedRunStore> {
  const folder = temporaryFolder()
  const file = folder.file('runs.db')
  return {
    store: sqliteStore(file),
    reopen: async () => sqliteStore(file),
    close: async () => folder[Symbol.dispose](),
  }
}
