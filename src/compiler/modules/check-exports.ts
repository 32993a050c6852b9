/** Checks that every function a spec names is exported by its module. */
import type { Report } from '../../spec/reporter.ts'
import { suggest } from '../../util/suggest.ts'
import { resolvePath } from '../resolve/paths.ts'
import type { HandlerUse } from '../resolve/resolve-handlers.ts'
import { isOnDisk } from './module-path.ts'
import type { Modules } from './load-modules.ts'

/** A module that passes on all exports of a package may export anything; nothing is said about it. */
export function checkExports(uses: readonly HandlerUse[], modules: Modules, report: Report): void {
  for (const use of uses) {
    const module = modules.get(use.path)
    if (module === undefined) continue
    const known = exportsOf(use.path, modules, new Set())
    if (known === 'anything' || known.has(use.exportName)) continue
    const from = use.written.length + 1
    const location = use.locationWithin(from, from + use.exportName.length)
    const suggestion = suggest(use.exportName, known)
    const fix = suggestion === undefined ? undefined : replaceText(location, suggestion)
    const args = { path: use.written, name: use.exportName, suggestion, known: [...known] }
    report('AS3014', args, location, { pointer: use.pointer, fix })
  }
}

function replaceText(
  location: { readonly start: { readonly offset: number }; readonly end: { readonly offset: number } },
  text: string,
): { description: string; edits: { start: number; end: number; text: string }[] } {
  const edit = { start: location.start.offset, end: location.end.offset, text }
  return { description: `Replace with "${text}"`, edits: [edit] }
}

function exportsOf(path: string, modules: Modules, seen: Set<string>): ReadonlySet<string> | 'anything' {
  const module = modules.get(path)
  if (module === undefined || module.shape.opaque) return 'anything'
  seen.add(path)
  const names = new Set(module.shape.exports)
  for (const specifier of module.shape.starExports) {
    if (!isOnDisk(specifier)) return 'anything'
    const target = resolvePath(path, specifier)
    if (!target.ok || seen.has(target.path)) continue
    const more = exportsOf(target.path, modules, seen)
    if (more === 'anything') return 'anything'
    for (const name of more) if (name !== 'default') names.add(name)
  }
  return names
}
