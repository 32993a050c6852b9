/**
 * Input guardrails around one model call. Those that block judge before the turn begins; the others beside the model call,
 * and stop it at once when they trip. They see only input that nothing has let pass yet: that of a fresh run, or what was
 * added since.
 */
import type { Program } from '../../compiler/program.ts'
import { lazy } from '../../util/lazy.ts'
import type { RunContext } from '../runner/run-context.ts'
import { frameAt } from '../state/run-state.ts'
import type { Usage } from '../state/usage.ts'
import { agentOf } from '../tools/resolve-call.ts'
import { guardContextOf } from './guard-context.ts'
import { sumUsage } from './guard-usage.ts'
import { judgeAll, PASSED } from './judge-all.ts'
import type { Judgement, Trip } from './judge-all.ts'
import { inputSubject } from './subject.ts'
import { tripDraft } from './trip.ts'

export interface InputGuard {
  /** Whether a guardrail has to let the input pass before the turn begins. */
  readonly blocks: boolean
  /**
   * Judges by those that block. False: one tripped, which is recorded.
   *
   * @throws RunFailure `guardrail_failed`
   */
  letsTurnBegin(): Promise<boolean>
  /** False: input was added since, which the model must not be given unjudged. */
  isCurrent(): boolean
  /** The run of the model call, stopped as soon as one trips or cannot judge. Starts those that do not block. */
  begin(): RunContext
  /** What they came to; waits for all of them. Rejects like `letsTurnBegin`. */
  judgement(): Promise<Judgement>
  /** The trip that stopped the model call, if one did. */
  readonly trip: Trip | null
  /** How many items of input they let pass; absent where there are no guardrails. */
  readonly judged: number | undefined
  /** Records a trip that stopped the model call. */
  recordTrip(trip: Trip): void
  /** Stops what still judges: the model call is over. */
  end(): void
}

/** For the next model call of this frame. */
export function createInputGuard(run: RunContext, agent: string): InputGuard {
  const { unjudged } = frameAt(run.writer.state, run.path)
  const names = inputGuardrails(run.spec.program, agent, run.guardDepth)
  const judged = names.length === 0 || unjudged.length === 0 ? [] : names
  const isBlocking = (name: string): boolean => run.spec.program.guardrails[name]?.run_in_parallel === false
  const stop = new AbortController()
  const beside = lazy((): RunContext => ({ ...run, signal: AbortSignal.any([run.signal, stop.signal]) }))
  const judge = (list: readonly string[]): Promise<Judgement> =>
    judgeAll(guardContextOf(beside()), list, inputSubject(agent, unjudged))
  const blocking = judged.filter(isBlocking)
  let usage: Usage | undefined
  let trip: Trip | null = null
  let rest: Promise<Judgement> = Promise.resolve(PASSED)
  const recordTrip = (tripped: Trip): void => run.writer.record(tripDraft(run.path, tripped, usage))
  return {
    blocks: blocking.length > 0,
    judged: names.length === 0 ? undefined : unjudged.length,
    recordTrip,
    get trip() {
      return trip
    },
    async letsTurnBegin() {
      const judgement = await judge(blocking)
      usage = judgement.usage
      if (judgement.trip !== null) recordTrip(judgement.trip)
      return judgement.trip === null
    },
    isCurrent: () =>
      names.length === 0 || frameAt(run.writer.state, run.path).unjudged.length === unjudged.length,
    begin() {
      const parallel = judged.filter((name) => !isBlocking(name))
      if (parallel.length === 0) return run
      rest = judge(parallel).then((judgement) => {
        usage = sumUsage(usage, judgement.usage)
        trip = judgement.trip
        if (trip !== null) stop.abort(new Error('an input guardrail tripped'))
        return judgement
      })
      rest.catch((error: unknown) => stop.abort(error))
      return beside()
    },
    async judgement() {
      const { trip: tripped } = await rest
      return { trip: tripped, ...(usage === undefined ? {} : { usage }) }
    },
    end() {
      // An error is not made for nothing: it looks at the stack.
      if (judged.length > 0) stop.abort(new Error('the model call is over'))
    },
  }
}

/** The agent's, then those of the run; an agent that guards has only its own. */
function inputGuardrails(program: Program, agent: string, depth: number): readonly string[] {
  const own = agentOf(program, agent).input_guardrails
  return [...new Set([...own, ...(depth === 0 ? program.run.input_guardrails : [])])]
}
