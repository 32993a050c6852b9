/** Imports an npm package that a spec names, from where it is installed: beside the spec, or beside us. */
import { registerHooks } from 'node:module'
import type { ResolveHookSync } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { importModule } from '../../modules/import-module.ts'

/** No module is ever served under it: it only carries a name to the hook below. */
const SCHEME = 'agentspec-package:'

/**
 * The exports of a package, looked for from `baseDir`, then from the working directory, then where agentspec itself is
 * installed; `null` when it is in none of them. Whatever the package throws while it is loaded is thrown.
 *
 * @param name checked before: the name of a package, without a path
 */
export async function importPackage(
  name: string,
  baseDir: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  const parents = [placeIn(baseDir), placeIn('.'), import.meta.url]
  // The folder is part of the address: what an address resolves to is remembered by the platform.
  const address = `${SCHEME}${name}?from=${encodeURIComponent(placeIn(baseDir))}`
  const missing = new Error(`the package ${name} is not installed`)
  const hooks = registerHooks({
    resolve: (specifier, context, nextResolve) => {
      if (specifier !== address) return nextResolve(specifier, context)
      return fromFirst(parents, missing, (parentURL) => nextResolve(name, { ...context, parentURL }))
    },
  })
  try {
    return await importModule(address)
  } catch (error) {
    if (error === missing) return null
    throw error
  } finally {
    hooks.deregister()
  }
}

type Resolved = ReturnType<ResolveHookSync>

function fromFirst(
  parents: readonly string[],
  missing: Error,
  resolveFrom: (parent: string) => Resolved,
): Resolved {
  for (const parent of parents) {
    try {
      return resolveFrom(parent)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
  throw missing
}

/** The address of a file in a folder; it need not exist. */
function placeIn(folder: string): string {
  return pathToFileURL(resolve(folder, 'spec.yaml')).href
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}
