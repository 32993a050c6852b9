/**
 * Loads tool code from a Program's bytes, never from the files on disk: what runs is what was hashed and approved, also
 * when the files were changed or are gone. Modules are served under the address they have in the spec's folder, with the
 * spec hash in it, so that npm packages resolve from there and two versions live side by side.
 */
import { registerHooks } from 'node:module'
import type { LoadHookSync, ResolveHookSync } from 'node:module'
import { resolve as resolvePath } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ModuleSource } from '../../compiler/program.ts'
import { RunFailure } from '../failures.ts'
import { importModule } from './import-module.ts'
import { loadFailure } from './load-failure.ts'

/** The modules of one spec, and the folder their npm packages are resolved from. */
export interface ModuleSet {
  /** The spec hash. */
  readonly hash: string
  readonly modules: Readonly<Record<string, ModuleSource>>
  readonly baseDir: string
}

export interface ModuleLoader {
  /**
   * The exports of a module, by its path in the spec's folder; loaded once for each spec hash and folder.
   *
   * @throws RunFailure `module_load_failed`: it throws on import, or something it imports is not there.
   */
  load(set: ModuleSet, path: string): Promise<Readonly<Record<string, unknown>>>
  /** Removes the hook. Modules already loaded keep working. */
  dispose(): void
}

/** The query that marks an address as a module of a Program. */
const MARK = 'agentspec'

/** Installs one module hook for this loader; other imports pass through it untouched. */
export function createModuleLoader(): ModuleLoader {
  const served = new Map<string, ServedModule>()
  const sets = new Set<string>()

  const resolve: ResolveHookSync = (specifier, context, nextResolve) => {
    if (served.has(specifier)) return { url: specifier, shortCircuit: true }
    const parent = context.parentURL === undefined ? undefined : served.get(context.parentURL)
    const target = parent?.module.imports[specifier]
    if (parent !== undefined && target !== undefined) return { url: addressOf(parent.set, target), shortCircuit: true }
    try {
      return nextResolve(specifier, context)
    } catch (error) {
      if (parent === undefined || specifier !== 'agentspec') throw error
      return nextResolve(specifier, { ...context, parentURL: import.meta.url })
    }
  }

  const load: LoadHookSync = (url, context, nextLoad) => {
    const module = served.get(url)
    if (module === undefined) return nextLoad(url, context)
    return { format: formatOf(module.path), source: module.module.source, shortCircuit: true }
  }

  const hooks = registerHooks({ resolve, load })
  return {
    async load(set, path) {
      serve(set, served, sets)
      try {
        return await importModule(addressOf(set, path))
      } catch (error) {
        throw loadFailure(error, path, set.baseDir)
      }
    },
    dispose: () => hooks.deregister(),
  }
}

/**
 * A function exported by a module of a spec: `tools.ts#lookupOrder`.
 *
 * @throws RunFailure `module_load_failed`: the module cannot be loaded, or exports no such function.
 */
export async function resolveHandler(
  loader: ModuleLoader,
  set: ModuleSet,
  reference: string,
): Promise<(...args: readonly unknown[]) => unknown> {
  const mark = reference.lastIndexOf('#')
  const [path, name] = [reference.slice(0, mark), reference.slice(mark + 1)]
  const exports = await loader.load(set, path)
  const handler = Object.hasOwn(exports, name) ? exports[name] : undefined
  if (isFunction(handler)) return handler
  const what = handler === undefined ? 'does not export' : 'exports something that is not a function as'
  throw new RunFailure({ code: 'module_load_failed', message: `${path} ${what} ${name}` })
}

function isFunction(value: unknown): value is (...args: readonly unknown[]) => unknown {
  return typeof value === 'function'
}

interface ServedModule {
  readonly set: ModuleSet
  readonly path: string
  readonly module: ModuleSource
}

function serve(set: ModuleSet, served: Map<string, ServedModule>, sets: Set<string>): void {
  const key = `${set.hash} ${set.baseDir}`
  if (sets.has(key)) return
  sets.add(key)
  for (const [path, module] of Object.entries(set.modules)) served.set(addressOf(set, path), { set, path, module })
}

function addressOf(set: ModuleSet, path: string): string {
  const url = pathToFileURL(resolvePath(set.baseDir, path))
  url.searchParams.set(MARK, set.hash)
  return url.href
}

/** ES modules whatever a package.json beside them says. */
function formatOf(path: string): 'module' | 'module-typescript' {
  return /\.m?ts$/u.test(path) ? 'module-typescript' : 'module'
}
