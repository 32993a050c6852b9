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
import { stripTypes } from '../../util/strip-types.ts'
import { lazy } from '../../util/lazy.ts'
import { suggest } from '../../util/suggest.ts'
import { RunFailure } from '../failures.ts'
import { importModule } from './import-module.ts'
import { forbiddenImport, loadFailure, missingPackage } from './load-failure.ts'

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
  /** Removes the hook. Modules already loaded keep working; no other can be loaded. */
  dispose(): void
}

/** The query that marks an address as a module of a Program. */
const mark = 'agentspec'

/** Installs one module hook, with the first module that is loaded; imports of other modules pass through it untouched. */
export function createModuleLoader(): ModuleLoader {
  const served = new Map<string, ServedModule>()
  const sets = new Set<string>()
  // Each hook is a step of every import of the process.
  const hooks = lazy(() =>
    registerHooks({ resolve: createResolveHook(served), load: createLoadHook(served) }),
  )
  let disposed = false
  return {
    async load(set, path) {
      if (disposed || !Object.hasOwn(set.modules, path)) {
        const why = disposed ? 'the module loader was closed' : 'it is not part of the spec'
        throw new RunFailure({ code: 'module_load_failed', message: `${path} cannot be loaded: ${why}` })
      }
      serve(set, served, sets)
      hooks()
      try {
        return await importModule(addressOf(set, path))
      } catch (error) {
        throw loadFailure(error, path, addressesOf(set))
      }
    },
    dispose: () => {
      disposed = true
      if (sets.size > 0) hooks().deregister()
    },
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
  const hash = reference.lastIndexOf('#')
  const [path, name] = [reference.slice(0, hash), reference.slice(hash + 1)]
  const exports = await loader.load(set, path)
  const handler = Object.hasOwn(exports, name) ? exports[name] : undefined
  if (isFunction(handler)) return handler
  throw new RunFailure({ code: 'module_load_failed', message: exportMessage(path, name, exports) })
}

function exportMessage(path: string, name: string, exports: Readonly<Record<string, unknown>>): string {
  if (Object.hasOwn(exports, name)) return `${path} exports ${name}, but it is not a function`
  const functions = Object.keys(exports).filter((key) => isFunction(exports[key]))
  const near = suggest(name, functions)
  if (near !== undefined) return `${path} does not export ${name}. Did you mean ${near}?`
  const known =
    functions.length === 0 ? 'It exports no function.' : `Its functions are ${functions.join(', ')}.`
  return `${path} does not export ${name}. ${known}`
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
  for (const [path, module] of Object.entries(set.modules))
    served.set(addressOf(set, path), { set, path, module })
}

function createResolveHook(served: ReadonlyMap<string, ServedModule>): ResolveHookSync {
  return (specifier, context, nextResolve) => {
    const parent = context.parentURL === undefined ? undefined : served.get(context.parentURL)
    if (parent === undefined) {
      return served.has(specifier) ? { url: specifier, shortCircuit: true } : nextResolve(specifier, context)
    }
    const { imports } = parent.module
    const target = Object.hasOwn(imports, specifier) ? imports[specifier] : undefined
    if (target !== undefined) return { url: addressOf(parent.set, target), shortCircuit: true }
    if (isPlace(specifier)) throw forbiddenImport(parent.path, specifier)
    return resolvePackage(parent, specifier, (from) =>
      nextResolve(specifier, { ...context, parentURL: from }),
    )
  }
}

type Resolve = (from: string) => ReturnType<ResolveHookSync>

/** From the spec's folder; our own package also when it is not installed there. */
function resolvePackage(
  parent: ServedModule,
  specifier: string,
  resolve: Resolve,
): ReturnType<ResolveHookSync> {
  try {
    return resolve(addressOf(parent.set, parent.path))
  } catch (error) {
    if (!isNotFound(error)) throw error
    if (!/^agentspec(?:\/|$)/u.test(specifier))
      throw missingPackage(parent.path, specifier, parent.set.baseDir, error)
    return resolve(import.meta.url)
  }
}

/** Names a place on disk or in the network, or an alias of a package.json, rather than a package. */
function isPlace(specifier: string): boolean {
  return /^(?:\.{0,2}\/|\.{1,2}$|#|(?!node:)[a-z][a-z\d+.-]*:)/iu.test(specifier)
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}

function createLoadHook(served: ReadonlyMap<string, ServedModule>): LoadHookSync {
  return (url, context, nextLoad) => {
    const module = served.get(url)
    if (module === undefined) return nextLoad(url, context)
    const { source } = module.module
    // Whatever a package.json beside them says, these are ES modules.
    if (!/\.m?ts$/u.test(module.path)) return { format: 'module', source, shortCircuit: true }
    // Node refuses to erase types below a node_modules folder, where a spec may well live.
    const stripped = url.includes('/node_modules/') ? stripTypes(source) : undefined
    if (stripped?.ok === true) return { format: 'module', source: stripped.code, shortCircuit: true }
    return { format: 'module-typescript', source, shortCircuit: true }
  }
}

function addressOf(set: ModuleSet, path: string): string {
  const url = pathToFileURL(resolvePath(set.baseDir, path))
  url.searchParams.set(mark, set.hash)
  return url.href
}

/** The path of each module by its address. */
function addressesOf(set: ModuleSet): ReadonlyMap<string, string> {
  return new Map(Object.keys(set.modules).map((path) => [addressOf(set, path), path]))
}
