/** What can be said of a module by its name alone. */
import { posix } from 'node:path'

const extensions: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs'])

/** True for the endings that are loaded as ES modules, whatever a package.json says. */
export function isModulePath(path: string): boolean {
  return extensions.has(posix.extname(path))
}

/** Packages, `node:` modules and `#internal` names are resolved when the module is loaded; the rest names a file. */
export function isOnDisk(specifier: string): boolean {
  return /^(?:\.{1,2}(?:\/|$)|\/|(?!node:)[A-Za-z][A-Za-z0-9+.-]*:)/.test(specifier)
}
