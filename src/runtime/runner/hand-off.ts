/** A handoff: the first call of a response that transfers wins, the others are answered as ignored. */
import type { HandoffDefinition } from '../../compiler/program.ts'
import { invariant } from '../../util/invariant.ts'
import { parseStrictJson } from '../../util/strict-json.ts'
import { RunFailure } from '../failures.ts'
import type { Json } from '../../util/json.ts'
import type { CallState } from '../state/run-state.ts'
import { resolveCall } from '../tools/resolve-call.ts'
import { pathOf } from './run-context.ts'
import type { RunContext } from './run-context.ts'
import { argumentFailureText } from './tool-failure.ts'

/**
 * @throws RunFailure `model_behavior_error`: the input does not fit `input_schema`. The call is answered all the same, so
 *   that the run can go on when it is resumed.
 */
export async function handOff(
  run: RunContext,
  call: CallState,
  ignored: readonly CallState[],
): Promise<void> {
  const resolved = resolveCall(run.spec.program, call)
  invariant(resolved.kind === 'handoff', `${call.name} is a handoff`)
  const { input, problem } = await readInput(run, call, resolved.handoff)
  if (problem !== '') throw refused(run, call, problem)
  run.writer.record({
    type: 'handoff.occurred',
    ...pathOf(run),
    from: call.agent,
    to: resolved.handoff.agent,
    call_id: call.call_id,
    ...(input === undefined ? {} : { input }),
    ignored: ignored.map((one) => one.call_id),
  })
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
