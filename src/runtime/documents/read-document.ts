/** Reads a state document that came in from outside: nothing of it is believed before it is checked. */
import { isJsonObject } from '../../util/json.ts'
import { canonicalJson } from '../../util/canonical-json.ts'
import { UsageFailure } from '../failures.ts'
import { resultOf, statusOf } from '../run-result.ts'
import { restingPhase } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'
import { checkJournal } from './check-journal.ts'
import { validateState } from './generated/validate-state.generated.js'
import { plainProblem } from './plain-json.ts'
import { schemaProblem } from './schema-problem.ts'
import { verifySeal } from './seal.ts'
import type { StateDocument } from './state-document.ts'

export interface ReadDocument {
  readonly document: StateDocument
  /** The fold of its journal, as the document means it. */
  readonly state: RunState
  /** Sealed with our key: its decisions count. */
  readonly trusted: boolean
}

/** The format this release writes, and the newest it reads. */
const SCHEMA_VERSION = 1

/**
 * @param key That of seals; without it, or when the document is sealed with another one, nobody vouches for it.
 * @throws UsageFailure `invalid_document`, `unsupported_schema_version`, `broken_seal`; the message names the place.
 */
export function readDocument(value: unknown, key: string | null): ReadDocument {
  const unusable = plainProblem(value)
  if (unusable !== null) throw invalidDocument(unusable.pointer, unusable.problem)
  checkVersion(value)
  if (!isStateDocument(value)) {
    const { pointer, problem } = schemaProblem(validateState.errors ?? [], value)
    throw invalidDocument(
      pointer,
      problem,
      problem.startsWith('unknown key') ? 'Was it written by a newer release?' : undefined,
    )
  }
  const verdict = verifySeal(value, key)
  if (verdict === 'broken') {
    throw new UsageFailure(
      'broken_seal',
      'The document was changed after it was sealed',
      'Export it again where it came from',
    )
  }
  return { document: value, state: consistentState(value), trusted: verdict === 'sealed' }
}

/** The refusal of a document. */
export function invalidDocument(pointer: string, problem: string, hint?: string): UsageFailure {
  const place = pointer === '' ? '' : ` at ${pointer}`
  return new UsageFailure('invalid_document', `The state document is not valid${place}: ${problem}`, hint)
}

function isStateDocument(value: unknown): value is StateDocument {
  return validateState(value)
}

function checkVersion(value: unknown): void {
  if (!isJsonObject(value)) throw invalidDocument('', 'it is not a JSON object')
  const version = value['schema_version']
  if (version === SCHEMA_VERSION) return
  if (version === undefined) {
    throw invalidDocument(
      '',
      `"schema_version" is missing; this release reads version ${SCHEMA_VERSION}`,
      'Give a document that agentspec state export has written',
    )
  }
  const newer = typeof version === 'number' && Number.isInteger(version) && version > SCHEMA_VERSION
  throw new UsageFailure(
    'unsupported_schema_version',
    `The document has schema_version ${JSON.stringify(version)}; this release reads version ${SCHEMA_VERSION}`,
    newer
      ? 'It was written by a newer release: update agentspec'
      : 'Give a document that agentspec state export has written',
  )
}

/** The fold of the journal, if everything else in the document says the same. */
function consistentState(document: StateDocument): RunState {
  const { run_id, spec, status, interruptions, journal } = document
  const verdict = checkJournal(journal)
  if (!verdict.ok) throw invalidDocument(`/journal/${verdict.index}`, verdict.problem)
  const { state } = verdict
  const result = resultOf(state, status === 'running')
  if (run_id !== state.run_id)
    throw invalidDocument('/run_id', `the journal is that of ${state.run_id}, not of ${run_id}`)
  if (!same(spec, state.spec))
    throw invalidDocument('/spec', `the journal's spec is ${state.spec.name} ${state.spec.hash}`)
  if (status !== result.status) {
    throw invalidDocument(
      '/status',
      `the journal says ${statusOf(restingPhase(state), false)}, not ${status}`,
    )
  }
  if (!same(interruptions, result.interruptions)) {
    throw invalidDocument('/interruptions', 'the journal says that other calls wait')
  }
  return state
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b)
}
