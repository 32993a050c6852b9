/** Reads the modules of a spec's handlers and checks what they export. */
import type { Source } from '../../spec/source.ts'
import type { ModuleSource } from '../program.ts'
import type { Reading } from '../reading.ts'
import type { HandlerUse } from '../resolve/resolve-handlers.ts'
import { checkExports } from './check-exports.ts'
import { loadModules, toModuleSources } from './load-modules.ts'

export interface ReadModules {
  /** As a Program holds them, by path. */
  readonly modules: Readonly<Record<string, ModuleSource>>
  readonly sources: readonly Source[]
}

/** What is wrong with the modules, or with what handlers want of them, is reported. */
export async function readModules(handlers: readonly HandlerUse[], reading: Reading): Promise<ReadModules> {
  const loaded = await loadModules(handlers, reading)
  checkExports(handlers, loaded, reading.report)
  return {
    modules: toModuleSources(loaded),
    sources: [...loaded.values()].map(({ shape }) => shape.source),
  }
}
