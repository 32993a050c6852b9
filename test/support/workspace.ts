/** A folder of its own for one test, with files in it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Workspace extends Disposable {
  readonly path: string
  write(file: string, text: string): void
}

export function createWorkspace(files: Readonly<Record<string, string>> = {}): Workspace {
  const path = mkdtempSync(join(tmpdir(), 'agentspec-test-'))
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(path, file)), { recursive: true })
    writeFileSync(join(path, file), text)
  }
  for (const [file, text] of Object.entries(files)) write(file, text)
  return { path, write, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
