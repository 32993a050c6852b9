/** What went wrong when a tool module was loaded, in words for its author. */
import { RunFailure } from '../failures.ts'
import { messageOf } from '../../util/message-of.ts'

/**
 * Names the module, what it threw, and where in which module that was, as far as it is known. `addresses` are the
 * paths of the spec's modules by the addresses they are loaded from.
 */
export function loadFailure(
  error: unknown,
  path: string,
  addresses: ReadonlyMap<string, string>,
): RunFailure {
  if (error instanceof RunFailure) return error
  const message = messageOf(error)
  const place = error instanceof Error ? placeIn(error.stack ?? '', addresses) : undefined
  const where = place === undefined || place.path === path ? path : `${path} (in ${place.path})`
  const line = place === undefined ? '' : `, line ${place.line}`
  const what = `${where} failed while it was loaded${line}: ${withoutAddresses(firstLine(message), addresses)}`
  return new RunFailure({ code: 'module_load_failed', message: what }, { cause: error })
}

/** A package that `path` imports is not installed where the spec's packages are looked for. */
export function missingPackage(path: string, specifier: string, baseDir: string, cause: unknown): RunFailure {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const message = `${path} imports the package ${name}, which is not installed in ${baseDir}: run npm install ${name} there`
  return new RunFailure({ code: 'module_load_failed', message }, { cause })
}

/** A module imports something that is neither a package nor part of the spec. */
export function forbiddenImport(path: string, specifier: string): RunFailure {
  const message =
    `${path} imports "${specifier}", which is not part of the spec: ` +
    'only packages, node: modules and files that the spec was compiled with can be imported'
  return new RunFailure({ code: 'module_load_failed', message })
}

/** The first line of a stack that is in one of the modules. */
function placeIn(
  stack: string,
  addresses: ReadonlyMap<string, string>,
): { path: string; line: string } | undefined {
  for (const text of stack.split('\n')) {
    for (const [address, path] of addresses) {
      const at = text.indexOf(`${address}:`)
      const line = at === -1 ? undefined : /^\d+/u.exec(text.slice(at + address.length + 1))?.[0]
      if (line !== undefined) return { path, line }
    }
  }
  return undefined
}

function withoutAddresses(text: string, addresses: ReadonlyMap<string, string>): string {
  return [...addresses].reduce((rest, [address, path]) => rest.replaceAll(address, path), text)
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
