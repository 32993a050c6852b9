/** Finds the spec that an imported run is pinned to: archived here, or bundled with the document. */
import { canonicalJson } from '../../util/canonical-json.ts'
import { sha256 } from '../../util/sha256.ts'
import { UsageFailure } from '../failures.ts'
import { readProgram } from '../link/link-spec.ts'
import type { RunState } from '../state/run-state.ts'
import type { ArchivedSpec, RunStore } from '../store/run-store.ts'
import { isProgram, programProblem } from './check-program.ts'
import { invalidDocument } from './read-document.ts'
import type { ReadDocument } from './read-document.ts'
import type { StateDocument } from './state-document.ts'

/**
 * The spec to archive; `null` when it is archived already. A Program whose code nobody vouches for is taken only when the
 * user says so, and none without the agents that the run is at.
 *
 * @throws UsageFailure `unknown_spec`, `untrusted_spec`, `invalid_document`.
 */
export async function specToArchive(
  store: RunStore,
  { document, state, trusted }: ReadDocument,
  trustSpec: boolean,
): Promise<ArchivedSpec | null> {
  const { spec } = document
  const bundled = bundledSpec(document)
  const archived = await store.readSpec(spec.hash)
  const known = archived ?? bundled
  if (known === null) {
    throw new UsageFailure(
      'unknown_spec',
      `Spec ${spec.name} ${spec.version} (${spec.hash}) is neither archived in ${store.url} nor part of the document`,
      'Export the run with its spec: agentspec state export --bundle',
    )
  }
  if (known.name !== spec.name || known.version !== spec.version) {
    throw invalidDocument(
      '/spec',
      `${spec.hash} is ${known.name} ${known.version}, not ${spec.name} ${spec.version}`,
    )
  }
  const stranger = unknownAgent(
    state,
    archived === null ? JSON.parse(known.program) : await readProgram(store, spec.hash),
  )
  if (stranger !== null)
    throw invalidDocument('/journal', `spec ${spec.name} ${spec.version} has no agent ${stranger}`)
  if (archived !== null) return null
  if (!trusted && !trustSpec) {
    throw new UsageFailure(
      'untrusted_spec',
      `The document brings the code of spec ${spec.name} ${spec.version} along, and nobody vouches for it: it is not sealed with this key`,
      'Look at its program, then import it with --trust-spec',
    )
  }
  return bundled
}

/** An agent of an unfinished run that its Program does not have. */
function unknownAgent(state: RunState, program: unknown): string | null {
  if (state.phase === 'completed' || state.phase === 'cancelled' || !isProgram(program)) return null
  const frames = [...state.frames.values()]
  const names = frames.flatMap((frame) => [frame.agent, ...frame.calls.map((call) => call.agent)])
  return names.find((name) => !Object.hasOwn(program.agents, name)) ?? null
}

/** The bundled Program, if it is what the hash says. */
function bundledSpec({ spec, program, sources }: StateDocument): ArchivedSpec | null {
  if (!isProgram(program)) return null
  const bytes = canonicalJson(program)
  if (sha256(bytes) !== spec.hash)
    throw invalidDocument('/program', `its hash is ${sha256(bytes)}, not ${spec.hash}`)
  const { name, version } = program
  const problem = programProblem(program)
  if (problem !== null) throw invalidDocument(`/program${problem.pointer}`, problem.problem)
  return { hash: spec.hash, name, version, program: bytes, sources: sources ?? {} }
}
