/** Lets a person edit a text in their own editor. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../context.ts'

/**
 * The text after VISUAL or EDITOR has been at it, in a file that nobody else can read; `null` when there is no editor or
 * it failed. The editor has the terminal of this process.
 */
export function editText(text: string, env: Environment): string | null {
  const editor = env['VISUAL'] || env['EDITOR']
  if (editor === undefined || editor === '') return null
  const folder = mkdtempSync(join(tmpdir(), 'agentspec-edit-'))
  try {
    const file = join(folder, 'arguments.json')
    writeFileSync(file, `${text}\n`, { mode: 0o600 })
    // Through a shell, as git does it: an editor may come with arguments.
    const { status } = spawnSync(`${editor} "${file}"`, { shell: true, stdio: 'inherit', env: { ...env } })
    return status === 0 ? readFileSync(file, 'utf8') : null
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
