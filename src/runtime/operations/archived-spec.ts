/** A compiled spec as the archive keeps it. */
import { canonicalJson } from '../../util/canonical-json.ts'
import type { CompiledSpec } from '../link/compiled-spec.ts'
import type { ArchivedSpec } from '../store/run-store.ts'

/** The canonical bytes of the Program, and the texts it was compiled from. */
export function archivedSpec({ program, hash, sources }: CompiledSpec): ArchivedSpec {
  return { hash, name: program.name, version: program.version, program: canonicalJson(program), sources }
}
