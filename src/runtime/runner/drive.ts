/**
 * The loop. It asks `next` for a step, performs it, journals what happened, and begins again, until the run pauses, ends,
 * or is asked to stop. Journaled events are yielded once they are durable: what was seen is never lost.
 */
import { RunFailure } from '../failures.ts'
import { guardFinish, judgeFinalOutput } from '../guardrails/guard-output.ts'
import { usageKey } from '../guardrails/guard-usage.ts'
import { LockDrift } from '../lock/lock-drift.ts'
import type { EventOf } from '../state/events.ts'
import { pendingRequests } from '../state/run-state.ts'
import { callModel } from './call-model.ts'
import { finalOutput } from './finish.ts'
import { handOff } from './hand-off.ts'
import type { EventDraft } from '../state/event-draft.ts'
import { judgeResults } from './judge-results.ts'
import { next } from './next.ts'
import type { Step } from './next.ts'
import { endOfFailed } from './on-error.ts'
import { runCalls } from './run-calls.ts'
import type { Emission, RunContext } from './run-context.ts'
import type { PauseDesk } from './pause-desk.ts'
import { decideUnattended } from './unattended.ts'

/**
 * Drives a run to its next rest: paused, ended, or stopped between two turns (then its phase stays `active`). Throws when
 * the store fails, the lease is lost, or `signal` is aborted; the journal then holds everything up to there.
 */
export async function* drive(run: RunContext, desk: PauseDesk): AsyncGenerator<Emission, void> {
  while (run.writer.state.phase === 'active') {
    run.signal.throwIfAborted()
    try {
      const step = await nextStep(run)
      if (step.type === 'call_model' && step.starts && run.stopsAfterTurn()) break
      const { seq } = run.writer.state
      yield* performOuter(run, step, desk)
      if (restsAfterTurn(run, seq)) break
    } catch (error) {
      yield* fail(run, error)
    }
  }
  yield await run.writer.commit()
}

/**
 * Drives the nested run of an agent tool. Its answer as text; `null` when it rests without one: it waits for a person, or
 * the whole run is asked to stop. Its failures are thrown as `RunFailure`, for the tool that called it.
 */
export async function* driveNested(run: RunContext): AsyncGenerator<Emission, string | null> {
  for (;;) {
    run.signal.throwIfAborted()
    const { seq } = run.writer.state
    const step = await nextStep(run)
    switch (step.type) {
      case 'pause':
      case 'cancel':
        return null
      case 'fail':
        throw new RunFailure(step.error)
      case 'finish': {
        const output = await finalOutput(run, step.text, step.from)
        await guardFinish(run, step.from, output)
        return typeof output === 'string' ? output : JSON.stringify(output)
      }
      case 'complete':
        await judgeFinalOutput(run, step.output)
        return typeof step.output === 'string' ? step.output : JSON.stringify(step.output)
      case 'call_model':
        if (step.starts && run.stopsAfterTurn()) return null
        yield* callModel(run, step)
        break
      default:
        yield* perform(run, step)
    }
    if (restsAfterTurn(run, seq)) return null
  }
}

/** True when a run that is to stop has nothing left to do but turns of nested runs, which rest: its step did nothing. */
function restsAfterTurn(run: RunContext, seq: number): boolean {
  return run.stopsAfterTurn() && run.writer.state.seq === seq
}

/** A step that needs no verdict any more. */
type ReadyStep = Exclude<Step, { readonly type: 'judge_results' }>

async function nextStep(run: RunContext): Promise<ReadyStep> {
  const step = next(run.spec.program, run.writer.state, run.clock.now().getTime(), run.path)
  return step.type === 'judge_results' ? judgeResults(run, step) : step
}

async function* performOuter(
  run: RunContext,
  step: ReadyStep,
  desk: PauseDesk,
): AsyncGenerator<Emission, void> {
  switch (step.type) {
    case 'call_model':
      return yield* callModel(run, step)
    case 'finish': {
      const output = await finalOutput(run, step.text, step.from)
      const spent = usageKey(await guardFinish(run, step.from, output))
      return yield* end(run, { type: 'run.completed', final_output: output, ...spent })
    }
    case 'complete': {
      const spent = usageKey(await judgeFinalOutput(run, step.output))
      return yield* end(run, { type: 'run.completed', final_output: step.output, ...spent })
    }
    case 'pause':
      return yield* pause(run, desk)
    case 'cancel': {
      const reason = step.reason === undefined ? {} : { reason: step.reason }
      return yield* end(run, { type: 'run.cancelled', by: step.by, ...reason })
    }
    case 'fail':
      throw new RunFailure(step.error)
    default:
      return yield* perform(run, step)
  }
}

/** The steps that are the same on every level. */
async function* perform(
  run: RunContext,
  step: Step & { type: 'run_calls' | 'hand_off' },
): AsyncGenerator<Emission, void> {
  if (step.type === 'run_calls') yield* runCalls(run, step.calls)
  else await handOff(run, step.call, step.ignored)
}

/** Ends a segment, unless others changed the run meanwhile. */
async function* end(run: RunContext, draft: EventDraft): AsyncGenerator<Emission, void> {
  yield (await run.writer.propose([draft])).events
}

/** Waits for a person, or decides at once when nobody is there to ask. */
async function* pause(run: RunContext, desk: PauseDesk): AsyncGenerator<Emission, void> {
  const requests = pendingRequests(run.writer.state)
  const automatic = await desk.decide(requests)
  const decisions = automatic.length > 0 ? automatic : decideUnattended(run, requests)
  if (decisions.length > 0) {
    yield (await run.writer.propose(decisions)).events
    return
  }
  await desk.tell(requests)
  const interruptions: EventOf<'run.paused'>['interruptions'] = pendingRequests(run.writer.state).map(
    (request) => request.interruption,
  )
  yield* end(run, { type: 'run.paused', interruptions })
}

/**
 * A failure of the run is its last event, unless the spec has an answer to it; anything else (store, lease, abort, bugs)
 * goes to the caller.
 */
async function* fail(run: RunContext, error: unknown): AsyncGenerator<Emission, void> {
  if (!(error instanceof RunFailure)) throw error
  if (error instanceof LockDrift) {
    const at = run.clock.now().toISOString()
    yield { run_id: run.writer.state.run_id, at, type: 'lock.drifted', drift: error.drift }
  }
  const last = await endOfFailed(run, error)
  if (last.type === 'run.completed') return yield* end(run, last)
  run.writer.record(last)
  yield await run.writer.commit()
}
