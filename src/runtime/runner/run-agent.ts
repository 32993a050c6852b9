/** Runs the nested run of an agent tool, within its timeout: its answer is the output of the call. */
import type { Channel } from '../../util/channel.ts'
import { RunFailure } from '../failures.ts'
import { AnswerWithheld } from '../guardrails/answer-withheld.ts'
import { guardResult, guardsResult } from '../guardrails/guard-result.ts'
import { LockDrift } from '../lock/lock-drift.ts'
import type { RunEvent } from '../state/stream-events.ts'
import { failedBody, ToolTimeout } from './body-outcome.ts'
import type { BodyOutcome } from './body-outcome.ts'
import type { PlannedAgent } from './call-drafts.ts'
import { contextOf } from './call-handler.ts'
import { eventsOf } from './run-context.ts'
import type { Emission, RunContext } from './run-context.ts'
import { startToolTimer } from './tool-timer.ts'

/** What an agent tool comes to. */
export interface AgentOutcome extends BodyOutcome {
  readonly failed_attempts?: { readonly agent: string; readonly attempts: number }
}

/**
 * `null` when the nested run rests: it goes on when the run does. `channel` takes its events, and holds it back while
 * nobody reads them.
 *
 * @throws LockDrift: no answer of the call, but the end of the run; the nested one goes on when that is accepted.
 */
export async function runAgent(
  run: RunContext,
  body: PlannedAgent,
  options: { readonly signal: AbortSignal; readonly channel: Channel<RunEvent> },
): Promise<AgentOutcome | null> {
  const began = performance.now()
  const timer = startToolTimer(body.tool)
  const signal = AbortSignal.any([options.signal, timer.signal])
  const { channel } = options
  const answers = createAnswerGuard(run, body)
  const { outerGuard } = answers
  const path = [...run.path, body.call.call_id]
  const nested: RunContext = { ...run, path, history: [], signal, channel, outerGuard }
  const elapsed = (): number => Math.round(performance.now() - began)
  try {
    const text = await drain(run.driveNested(nested), channel.offer)
    if (text === null) return null
    return { ...(await answers.outcomeOf(text)), duration_ms: elapsed() }
  } catch (error) {
    if (error instanceof AnswerWithheld) return { ...error.outcome, duration_ms: elapsed() }
    const cause: unknown = timer.signal.aborted ? timer.signal.reason : error
    if (options.signal.aborted) return null
    if (cause instanceof LockDrift) throw cause
    if (!(cause instanceof RunFailure) && !(cause instanceof ToolTimeout)) throw error
    return {
      ...(await failedBody(run, body, handlerContext(run, body), cause)),
      ...attemptsOf(cause),
      duration_ms: elapsed(),
    }
  } finally {
    timer.stop()
  }
}

interface AnswerGuard {
  /** For the nested run: keeps back an answer that its call may not have. */
  readonly outerGuard: RunContext['outerGuard']
  /** What the call comes to with this answer. */
  outcomeOf(answer: string): Promise<BodyOutcome>
}

/** The answer is guarded before the nested run journals it, and not once more after. */
function createAnswerGuard(run: RunContext, body: PlannedAgent): AnswerGuard {
  let known: { readonly answer: string; readonly outcome: BodyOutcome } | null = null
  const outcomeOf = async (answer: string): Promise<BodyOutcome> => {
    if (known?.answer === answer) return known.outcome
    const output = await outputOf(run, body, answer)
    const outcome = await guardResult(run, body, { output, is_error: false, duration_ms: 0, failure: null })
    known = { answer, outcome }
    return outcome
  }
  const outerGuard = async (answer: string): Promise<void> => {
    const outcome = await outcomeOf(answer)
    const isSeen = outcome.failure === null && outcome.tripped === undefined
    if (!isSeen) throw new AnswerWithheld(body.tool.agent, outcome)
  }
  return { outerGuard: guardsResult(run, body) ? outerGuard : null, outcomeOf }
}

async function drain(
  emissions: AsyncGenerator<Emission, string | null>,
  offer: (event: RunEvent) => Promise<void>,
): Promise<string | null> {
  for (;;) {
    const step = await emissions.next()
    if (step.done === true) return step.value
    for (const event of eventsOf(step.value)) await offer(event)
  }
}

/** The answer, or what the tool's `output` handler makes of it. */
async function outputOf(run: RunContext, body: PlannedAgent, text: string): Promise<string> {
  if (body.tool.output === 'final') return text
  const handler = await run.spec.handler(body.tool.output.handler)
  const made = await handler({ final_output: text, agent: body.tool.agent }, handlerContext(run, body))
  return run.spec.redactor.text(typeof made === 'string' ? made : JSON.stringify(made))
}

function handlerContext(run: RunContext, body: PlannedAgent): object {
  const { run_id } = run.writer.state
  return {
    run_id,
    call_id: body.call.call_id,
    agent: body.call.agent,
    tool: body.tool.name,
    context: contextOf(run),
  }
}

/** The attempts of the model call that failed count for the run, as they do on the outer level. */
function attemptsOf(cause: unknown): Pick<AgentOutcome, 'failed_attempts'> {
  if (!(cause instanceof RunFailure) || cause.attempts === undefined) return {}
  return { failed_attempts: { agent: cause.error.agent ?? '', attempts: cause.attempts } }
}
