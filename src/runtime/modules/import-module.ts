/** The one place where tool modules are imported: what runs it must be the platform's own loader. */
import { invariant } from '../../util/invariant.ts'

/** Imports an ES module by its address, through the platform's own loader and the hooks installed in it. */
export async function importModule(address: string): Promise<Readonly<Record<string, unknown>>> {
  const exports: unknown = await import(address)
  invariant(isNamespace(exports), 'an import gives an object')
  return exports
}

function isNamespace(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
