/** Follows what a spec names on disk: files are inlined, and handlers named from the root spec's folder. */
import type { SpecDocument } from '../../spec/document.ts'
import type { Source } from '../../spec/source.ts'
import type { Reading } from '../reading.ts'
import { resolveFiles } from './resolve-files.ts'
import { resolveHandlers } from './resolve-handlers.ts'
import { resolveTraceFile } from './resolve-trace-file.ts'
import type { HandlerUse } from './resolve-handlers.ts'
import { rewrite } from './rewrite.ts'

export interface ResolvedSpec {
  /** The spec with files inlined, and with handlers relative to the root spec's folder. */
  readonly document: SpecDocument
  /** The functions it names; their modules are still to be read. */
  readonly handlers: readonly HandlerUse[]
  /** What was read on the way. */
  readonly sources: readonly Source[]
}

/** What cannot be followed is reported where it is named, and stays as it is. */
export async function resolveReferences(document: SpecDocument, reading: Reading): Promise<ResolvedSpec> {
  const handlers = resolveHandlers(document, reading.report)
  const traceFile = resolveTraceFile(document, reading.report)
  const files = await resolveFiles(document, reading)
  return {
    document: rewrite(document, [...handlers.replacements, ...traceFile, ...files.replacements]),
    handlers: handlers.uses,
    sources: files.sources,
  }
}
