/** One model call: the turn is durable before it, its deltas are streamed, its response is journaled. */
import { assertNever } from '../../util/invariant.ts'
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
import type { RedactingStream } from '../redaction/redactor.ts'
import type { StreamedEvent } from '../state/stream-events.ts'
import { openRequest, requestFor } from './model-request.ts'
import type { OpenRequest } from './model-request.ts'
import type { Step } from './next.ts'
import { mcpConnections } from './mcp-connections.ts'
import { prepareTurn } from './prepare-turn.ts'
import { pathOf } from './run-context.ts'
import type { Emission, RunContext } from './run-context.ts'

export async function* callModel(
  run: RunContext,
  step: Step & { type: 'call_model' },
): AsyncGenerator<Emission, void> {
  const { writer, spec } = run
  const guard = createInputGuard(run, step.agent)
  if (guard.blocks) {
    yield await writer.commit()
    if (!(await guard.letsTurnBegin())) return
  }
  if (step.starts) {
    const { turn, agent } = step
    writer.record({ type: 'turn.started', ...pathOf(run), turn, agent, ...(await prepareTurn(run, agent)) })
  }
  yield* mcpConnections(run)
  yield await writer.commit()
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
): AsyncGenerator<Emission, void> {
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
  readonly events: AsyncIterable<readonly RetryEvent[]>
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
): AsyncGenerator<Emission, void> {
  const reading: Reading = { run, requested, used, text: run.spec.redactor.stream() }
  const held: StreamedEvent[] | null = guardsOutput(run) ? [] : null
  yield { ...stamp(run), ...requested, attempt: used + 1 }
  for await (const batch of events) {
    progress.answered ||= batch.some(isOutput)
    const at = stamp(run)
    const shown = batch.flatMap((event) => shownOf(reading, event, at))
    const now = held === null ? shown : shown.filter(({ type }) => type === 'model.requested')
    if (now.length > 0) yield now
    held?.push(...shown.filter(({ type }) => type !== 'model.requested'))
    const last = batch.at(-1)
    if (last?.type !== 'response') continue
    const response = { response: last.response, attempts: used + last.attempts }
    if ((await recordJudged(run, guard, response)) && held !== null) yield held
  }
}

/** What a model answers while it does. */
interface Reading {
  readonly run: RunContext
  readonly requested: Requested
  readonly used: number
  readonly text: RedactingStream
}

/** What of an event is streamed, guards aside. */
function shownOf(
  { run, requested, used, text }: Reading,
  event: RetryEvent,
  at: Stamp,
): readonly StreamedEvent[] {
  const { redactor } = run.spec
  const said = (delta: string): readonly StreamedEvent[] =>
    delta === '' ? [] : [{ ...at, type: 'text.delta', delta, agent: requested.agent }]
  switch (event.type) {
    case 'delta':
      return [{ ...at, type: 'model.delta', data: redactor.json(event.data) }]
    case 'text':
      return said(text.push(event.delta))
    case 'attempt': {
      run.observer?.attemptFailed(run.path, event.failure)
      const failure = redactor.text(event.failure.message)
      const attempt = used + event.attempt + 1
      return [{ ...at, ...requested, attempt, delay_ms: event.delay, failure }]
    }
    case 'response':
      return said(text.flush())
    default:
      return assertNever(event)
  }
}

/** A failed model call ends the run; the attempts it cost are journaled with the failure. */
function runFailure(run: RunContext, agent: string, failure: ModelFailure, attempts: number): RunFailure {
  const message = run.spec.redactor.text(failure.message)
  return new RunFailure({ code: failure.code, message, agent }, { cause: failure, attempts })
}

type Stamp = Pick<StreamedEvent, 'run_id' | 'at' | 'path'>

function stamp(run: RunContext): Stamp {
  return { run_id: run.writer.state.run_id, at: run.clock.now().toISOString(), ...pathOf(run) }
}
