/** One model call: the turn is durable before it, its deltas are streamed, its response is journaled. */
import type { ModelDefinition } from '../../compiler/program-models.ts'
import { ModelFailure, RunFailure } from '../failures.ts'
import { isOutput, respondWithRetry } from '../models/retry.ts'
import type { LinkedModel } from '../link/linked-spec.ts'
import { speaksResponses } from '../link/responses-only.ts'
import type { ModelRequest } from '../models/model.ts'
import { AnswerWithheld } from '../guardrails/answer-withheld.ts'
import { createInputGuard } from '../guardrails/guard-input.ts'
import type { InputGuard } from '../guardrails/guard-input.ts'
import { guardsOutput, recordJudged } from '../guardrails/guard-output.ts'
import type { RetryEvent } from '../models/retry.ts'
import type { RunEvent, StreamedEvent } from '../state/events.ts'
import { openRequest, requestFor } from './model-request.ts'
import type { OpenRequest } from './model-request.ts'
import type { Step } from './next.ts'
import { mcpConnections } from './mcp-connections.ts'
import { prepareTurn } from './prepare-turn.ts'
import { pathOf } from './run-context.ts'
import type { RunContext } from './run-context.ts'

export async function* callModel(
  run: RunContext,
  step: Step & { type: 'call_model' },
): AsyncGenerator<RunEvent, void> {
  const { writer, spec } = run
  const guard = createInputGuard(run, step.agent)
  if (guard.blocks) {
    yield* await writer.commit()
    if (!(await guard.letsTurnBegin())) return
  }
  if (step.starts) {
    const { turn, agent } = step
    writer.record({ type: 'turn.started', ...pathOf(run), turn, agent, ...(await prepareTurn(run, agent)) })
  }
  yield* mcpConnections(run)
  yield* await writer.commit()
  if (writer.state.cancel !== null || !guard.isCurrent()) return
  const models = await spec.models(step.agent, writer.state.options)
  try {
    const guarded = guard.begin()
    yield* respond(guarded, await openRequest(guarded), models, guard)
  } catch (error) {
    if (guard.trip === null || error instanceof AnswerWithheld) throw error
    guard.recordTrip(guard.trip)
  } finally {
    guard.end()
  }
}

/** Asks the model, then its fallbacks: one after the other once the attempts at it are used up and nothing was answered. */
async function* respond(
  run: RunContext,
  open: OpenRequest,
  models: readonly LinkedModel[],
  guard: InputGuard,
): AsyncGenerator<RunEvent, void> {
  let used = 0
  for (const [index, linked] of models.entries()) {
    const progress: Progress = { answered: false }
    try {
      return yield* readResponse(run, askModel(run, open, linked, used), progress, guard)
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error
      run.observer?.attemptFailed(run.path, error)
      used += error.attempts
      const isLast = index === models.length - 1
      if (isLast || progress.answered || error.code !== 'model_error')
        throw runFailure(run, open.agent, error, used)
    }
  }
}

interface Asked {
  readonly requested: Requested
  readonly events: AsyncIterable<RetryEvent>
  /** Attempts made at other models before. */
  readonly used: number
}

/** Whether a part of the answer was handed out. */
interface Progress {
  answered: boolean
}

type Requested = Pick<StreamedEvent & { type: 'model.requested' }, 'type' | 'turn' | 'agent' | 'model'>

function askModel(
  run: RunContext,
  open: OpenRequest,
  { model, definition }: LinkedModel,
  used: number,
): Asked {
  const attempts = { run: open.attempts.run + used, agent: open.attempts.agent + used }
  const request = { ...requestFor(run, open, definition.settings), attempts }
  requireConversation(request, model.name, definition)
  run.observer?.asks({ request, definition, stream: run.stream })
  const options = { signal: run.signal, stream: run.stream, clock: run.clock, random: Math.random }
  return {
    requested: { type: 'model.requested', turn: open.turn, agent: open.agent, model: model.name },
    events: respondWithRetry(model, request, definition, options),
    used,
  }
}

/** A flag or a fallback may have led to a model that has only what it is sent. */
function requireConversation(
  { conversation }: ModelRequest,
  name: string,
  definition: ModelDefinition,
): void {
  if (conversation === undefined || speaksResponses(definition)) return
  throw new ModelFailure(
    `${name} keeps no conversations, and run.conversation leaves this one to the provider`,
  )
}

/** While something guards the output, what is streamed waits for its verdict: a response is bounded in size. */
async function* readResponse(
  run: RunContext,
  { requested, events, used }: Asked,
  progress: Progress,
  guard: InputGuard,
): AsyncGenerator<RunEvent, void> {
  const { redactor } = run.spec
  const text = redactor.stream()
  const held: StreamedEvent[] | null = guardsOutput(run) ? [] : null
  const show = (delta: string): readonly StreamedEvent[] =>
    delta === '' ? [] : [{ ...stamp(run), type: 'text.delta', delta, agent: requested.agent }]
  yield { ...stamp(run), ...requested, attempt: used + 1 }
  for await (const event of events) {
    progress.answered ||= isOutput(event)
    let shown: readonly StreamedEvent[] = []
    if (event.type === 'delta') {
      shown = [{ ...stamp(run), type: 'model.delta', data: redactor.json(event.data) }]
    } else if (event.type === 'text') {
      shown = show(text.push(event.delta))
    } else if (event.type === 'attempt') {
      run.observer?.attemptFailed(run.path, event.failure)
      const failure = redactor.text(event.failure.message)
      yield { ...stamp(run), ...requested, attempt: used + event.attempt + 1, delay_ms: event.delay, failure }
    } else {
      if (held === null) yield* show(text.flush())
      const response = { response: event.response, attempts: used + event.attempts }
      if ((await recordJudged(run, guard, response)) && held !== null) yield* [...held, ...show(text.flush())]
    }
    if (held === null) yield* shown
    else held.push(...shown)
  }
}

/** A failed model call ends the run; the attempts it cost are journaled with the failure. */
function runFailure(run: RunContext, agent: string, failure: ModelFailure, attempts: number): RunFailure {
  const message = run.spec.redactor.text(failure.message)
  return new RunFailure({ code: failure.code, message, agent }, { cause: failure, attempts })
}

function stamp(run: RunContext): Pick<StreamedEvent, 'run_id' | 'at' | 'path'> {
  return { run_id: run.writer.state.run_id, at: run.clock.now().toISOString(), ...pathOf(run) }
}
