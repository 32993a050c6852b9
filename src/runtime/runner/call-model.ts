/** One model call: the turn is durable before it, its deltas are streamed, its response is journaled. */
import { ModelFailure, RunFailure } from '../failures.ts'
import { respondWithRetry } from '../models/retry.ts'
import type { RetryEvent } from '../models/retry.ts'
import type { RunEvent, StreamedEvent } from '../state/events.ts'
import { buildRequest } from './model-request.ts'
import type { Step } from './next.ts'
import type { RunContext } from './run-context.ts'

export async function* callModel(
  run: RunContext,
  step: Step & { type: 'call_model' },
): AsyncGenerator<RunEvent, void> {
  const { writer, spec } = run
  if (step.starts) writer.record({ type: 'turn.started', turn: step.turn, agent: step.agent })
  yield* await writer.commit()
  if (writer.state.cancel !== null) return
  const { model, definition } = await spec.model(step.agent, writer.state.options)
  const request = await buildRequest(run, definition.settings)
  const requested = {
    type: 'model.requested',
    turn: request.turn,
    agent: step.agent,
    model: model.name,
  } as const
  yield { ...stamp(run), ...requested, attempt: 1 }
  const events = respondWithRetry(model, request, definition, {
    signal: run.signal,
    stream: run.stream,
    clock: run.clock,
    random: Math.random,
  })
  try {
    yield* readResponse(run, requested, events)
  } catch (error) {
    throw asRunFailure(run, step.agent, error)
  }
}

type Requested = Pick<StreamedEvent & { type: 'model.requested' }, 'type' | 'turn' | 'agent' | 'model'>

async function* readResponse(
  run: RunContext,
  requested: Requested,
  events: AsyncIterable<RetryEvent>,
): AsyncGenerator<RunEvent, void> {
  const { agent } = requested
  const { redactor } = run.spec
  const text = redactor.stream()
  for await (const event of events) {
    if (event.type === 'delta') {
      yield { ...stamp(run), type: 'model.delta', data: redactor.json(event.data) }
    } else if (event.type === 'text') {
      const delta = text.push(event.delta)
      if (delta !== '') yield { ...stamp(run), type: 'text.delta', delta, agent }
    } else if (event.type === 'attempt') {
      const failure = redactor.text(event.failure.message)
      yield { ...stamp(run), ...requested, attempt: event.attempt + 1, delay_ms: event.delay, failure }
    } else {
      const rest = text.flush()
      if (rest !== '') yield { ...stamp(run), type: 'text.delta', delta: rest, agent }
      const { response } = event
      run.writer.record({
        type: 'model.responded',
        response_id: response.response_id,
        items: redactor.json(response.items),
        usage: response.usage,
        attempts: event.attempts,
      })
    }
  }
}

/** A failed model call ends the run; the attempts it cost are journaled with the failure. */
function asRunFailure(run: RunContext, agent: string, error: unknown): unknown {
  if (!(error instanceof ModelFailure)) return error
  const message = run.spec.redactor.text(error.message)
  return new RunFailure({ code: error.code, message, agent }, { cause: error, attempts: error.attempts })
}

function stamp(run: RunContext): { readonly run_id: string; readonly at: string } {
  return { run_id: run.writer.state.run_id, at: run.clock.now().toISOString() }
}
