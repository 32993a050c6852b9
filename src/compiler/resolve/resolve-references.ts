/** Follows everything a spec names on disk: files are inlined, handlers and their modules are read. */
import type { SpecDocument } from '../../spec/document.ts'
import type { Source } from '../../spec/source.ts'
import { checkExports } from '../modules/check-exports.ts'
import { loadModules, toModuleSources } from '../modules/load-modules.ts'
import type { ModuleSource } from '../program.ts'
import type { Reading } from '../reading.ts'
import { resolveFiles } from './resolve-files.ts'
import { resolveHandlers } from './resolve-handlers.ts'
import { resolveTraceFile } from './resolve-trace-file.ts'
import { rewrite } from './rewrite.ts'

export interface ResolvedSpec {
  /** The spec with files inlined, and with handlers relative to the root spec's folder. */
  readonly document: SpecDocument
  readonly modules: Readonly<Record<string, ModuleSource>>
  /** What was read on the way. */
  readonly sources: readonly Source[]
}

/** What cannot be followed is reported where it is named, and stays as it is. */
export async function resolveReferences(document: SpecDocument, reading: Reading): Promise<ResolvedSpec> {
  const handlers = resolveHandlers(document, reading.report)
  const traceFile = resolveTraceFile(document, reading.report)
  const files = await resolveFiles(document, reading)
  const modules = await loadModules(handlers.uses, reading)
  checkExports(handlers.uses, modules, reading.report)
  return {
    document: rewrite(document, [...handlers.replacements, ...traceFile, ...files.replacements]),
    modules: toModuleSources(modules),
    sources: [...files.sources, ...[...modules.values()].map(({ shape }) => shape.source)],
  }
}
