/** Paths as written in a spec or a module → paths relative to the root spec's folder. */
import { posix } from 'node:path'

export type ResolvedPath =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly why: string }

/** Resolves `written` against the file that names it. What leaves the folder, or is no relative path, is refused. */
export function resolvePath(from: string, written: string): ResolvedPath {
  if (written === '' || written.includes('\0')) return { ok: false, why: 'is not a path' }
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(written)) return { ok: false, why: 'is a URL, not a path' }
  if (written.startsWith('/') || written.startsWith('\\')) return { ok: false, why: 'is an absolute path' }
  const path = posix.join(posix.dirname(from), written)
  if (path === '..' || path.startsWith('../')) return { ok: false, why: "leads out of the spec's folder" }
  return { ok: true, path }
}
