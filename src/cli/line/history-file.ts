/** Lines that a person typed, kept for the next time: `$XDG_STATE_HOME/agentspec/history`, for nobody else to read. */
import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { Environment } from '../context.ts'
import { MOST_REMEMBERED } from './line-reader.ts'

/** Where the file is, or would be; `null` when nothing says where a home is. */
export function historyPath(env: Environment): string | null {
  const base = env['XDG_STATE_HOME']
  // The specification of these folders ignores relative ones.
  if (base !== undefined && isAbsolute(base)) return join(base, 'agentspec', 'history')
  const home = env['HOME'] || env['USERPROFILE']
  return home === undefined || home === '' ? null : join(home, '.local', 'state', 'agentspec', 'history')
}

/** The lines, the newest first and each once. A file that has grown long is cut; none is none. */
export function readHistory(path: string): readonly string[] {
  let lines: readonly string[]
  try {
    lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
  const kept = [...new Set(lines.toReversed())].slice(0, MOST_REMEMBERED)
  if (lines.length > MOST_REMEMBERED * 4) replace(path, kept.toReversed())
  return kept
}

/**
 * Adds lines. One that begins with a space is not for keeping, as in a shell.
 *
 * @throws what the file system says.
 */
export function addToHistory(path: string, lines: readonly string[]): void {
  const kept = lines.filter((line) => !line.startsWith(' '))
  if (kept.length === 0) return
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  appendFileSync(path, `${kept.join('\n')}\n`, { mode: 0o600 })
  chmodSync(path, 0o600)
}

/** Another process may add a line meanwhile, which is lost then. */
function replace(path: string, lines: readonly string[]): void {
  const next = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(next, `${lines.join('\n')}\n`, { mode: 0o600 })
    renameSync(next, path)
  } catch {
    // It is cut the next time.
  }
}
