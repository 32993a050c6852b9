/** Imports an ES module by its address, through the platform's own loader and the hooks installed in it. */
export async function importModule(address: string): Promise<Readonly<Record<string, unknown>>> {
  const exports: Readonly<Record<string, unknown>> = await import(address)
  return exports
}
