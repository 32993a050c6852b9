/**
 * A handoff: the first call of a response that transfers wins, the others are answered as ignored. What handlers have to say
 * is asked before `handoff.occurred` is journaled, so that all of it is there or nothing: `on_handoff` last, as it may do
 * something that nobody can take back.
 */
import type { HandoffDefinition } from '../../compiler/program.ts'
import { invariant } from '../../util/invariant.ts'
import { parseStrictJson } from '../../util/strict-json.ts'
import { RunFailure } from '../failures.ts'
import type { Json } from '../../util/json.ts'
import { callAddress } from '../state/run-state.ts'
import type { CallState } from '../state/run-state.ts'
import { resolveCall } from '../tools/resolve-call.ts'
import { callHandler } from './call-handler.ts'
import { filterHistory } from './handoff-filter.ts'
import { pathOf } from './run-context.ts'
import type { RunContext } from './run-context.ts'
import { argumentFailureText } from './tool-failure.ts'

/**
 * @throws RunFailure `model_behavior_error`: the input does not fit `input_schema`. The call is answered all the same, so
 *   that the run can go on when it is resumed. `handler_failed`: nothing is journaled, and a resumed run tries again.
 */
export async function handOff(
  run: RunContext,
  call: CallState,
  ignored: readonly CallState[],
): Promise<void> {
  const resolved = resolveCall(run.spec.program, call)
  invariant(resolved.kind === 'handoff', `${call.name} is a handoff`)
  const { handoff } = resolved
  const { input, problem } = await readInput(run, call, handoff)
  if (problem !== '') throw refused(run, call, problem)
  const outcome = { to: handoff.agent, call_id: call.call_id, ignored: ignored.map((one) => one.call_id) }
  const view = await filterHistory(run, call, handoff, outcome)
  await announce(run, call, handoff, input ?? null)
  run.writer.record({
    type: 'handoff.occurred',
    ...pathOf(run),
    from: call.agent,
    ...outcome,
    ...(input === undefined ? {} : { input }),
    ...(view === null ? {} : { view }),
  })
}

/** Tells `on_handoff`; after a crash perhaps once more, with the same idempotency key. What it returns is ignored. */
async function announce(
  run: RunContext,
  call: CallState,
  { on_handoff: reference }: HandoffDefinition,
  input: Json,
): Promise<void> {
  if (reference === undefined) return
  const { state } = run.writer
  const about = { what: `on_handoff of ${call.name}`, agent: call.agent }
  await callHandler(run, reference.handler, about, (ctx) => [
    structuredClone(input),
    {
      ...ctx,
      call_id: call.call_id,
      tool: call.name,
      idempotency_key: `${state.run_id}:${callAddress(state, call)}`,
    },
  ])
}

async function readInput(
  run: RunContext,
  call: CallState,
  handoff: HandoffDefinition,
): Promise<{ readonly input?: Json; readonly problem: string }> {
  if (handoff.input_schema === undefined) return { problem: '' }
  const parsed = parseStrictJson(call.arguments_text)
  if (!parsed.ok) return { problem: parsed.problem }
  const issues = await run.spec.validate(handoff.input_schema, parsed.value)
  return { input: parsed.value, problem: issues.map((issue) => issue.message).join('; ') }
}

function refused(run: RunContext, call: CallState, problem: string): RunFailure {
  const { call_id, turn, agent, name } = call
  run.writer.record({
    type: 'tool.completed',
    ...pathOf(run),
    call_id,
    turn,
    agent,
    tool: name,
    kind: 'function',
    server: null,
    arguments: call.arguments_text,
    decision: null,
    output: argumentFailureText(problem),
    is_error: true,
    duration_ms: 0,
    reason: 'invalid_arguments',
  })
  const message = `The input of handoff ${name} is not valid: ${problem}`
  return new RunFailure({ code: 'model_behavior_error', message, agent, tool: name, call_id })
}
