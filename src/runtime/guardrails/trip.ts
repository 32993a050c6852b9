/** What a tripped guardrail means for a run: its event, and the failure it is where nothing takes the content's place. */
import type { Program } from '../../compiler/program.ts'
import { RunFailure } from '../failures.ts'
import type { EventDraft } from '../state/event-draft.ts'
import type { EventPayloads, RunError } from '../state/events.ts'
import type { FrameState } from '../state/run-state.ts'
import type { Usage } from '../state/usage.ts'
import { usageKey } from './guard-usage.ts'
import type { Trip } from './judge-all.ts'
import { describePlace } from './subject.ts'

/** The literal of openai-agents for output that nobody may see. */
export const WITHHELD = 'Output withheld by an output guardrail.'

type TrippedPayload = EventPayloads['guardrail.tripped']
type TrippedDraft = EventDraft & { readonly type: 'guardrail.tripped' }

/** @param path of the frame it happened in */
export function tripDraft(path: readonly string[], trip: Trip, usage?: Usage): TrippedDraft {
  const { guardrail, subject, message, info } = trip
  const { where, agent, tool, call_id } = subject
  return {
    type: 'guardrail.tripped',
    ...(path.length === 0 ? {} : { path }),
    guardrail,
    where,
    agent,
    ...(tool === null ? {} : { tool }),
    ...(call_id === null ? {} : { call_id }),
    ...(message === undefined ? {} : { message }),
    ...(info === undefined ? {} : { info }),
    ...usageKey(usage),
  }
}

/** True where the run fails; else the model is given a text instead of the content. */
export function endsRun(program: Program, tripped: Pick<TrippedPayload, 'guardrail' | 'where'>): boolean {
  if (tripped.where === 'input' || tripped.where === 'output') return true
  return program.guardrails[tripped.guardrail]?.behavior !== 'reject_content'
}

/** The end of a run in which a guardrail tripped; `null` where none ended it. */
export function trippedError(program: Program, { tripped }: FrameState): RunError | null {
  const fatal = tripped.find((event) => endsRun(program, event))
  return fatal === undefined ? null : errorOf(fatal)
}

export function tripFailure(tripped: TrippedPayload): RunFailure {
  return new RunFailure(errorOf(tripped))
}

function errorOf(tripped: TrippedPayload): RunError {
  const { agent, tool, call_id } = tripped
  return {
    code: 'guardrail_tripped',
    message: describeTrip(tripped),
    agent,
    ...(tool === undefined ? {} : { tool }),
    ...(call_id === undefined ? {} : { call_id }),
  }
}

/** For people: which guardrail, on what, and what it says. */
export function describeTrip(tripped: TrippedPayload): string {
  const { guardrail, message } = tripped
  const said = message === undefined ? '' : `: ${message}`
  return `Guardrail ${guardrail} tripped on ${describePlace(tripped)}${said}`
}
