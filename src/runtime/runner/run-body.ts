/** Runs the body of one tool: its own copy of the context, a timeout, and every outcome as a value. */
import { copyJson } from '../../util/copy-json.ts'
import { isJsonObject, parseJson } from '../../util/json.ts'
import type { JsonObject } from '../../util/json.ts'
import { createMergePatch } from '../../util/merge-patch.ts'
import { UnansweredQuestion } from '../state/elicitation.ts'
import type { ElicitationAnswer } from '../state/elicitation.ts'
import { callAddress, frameAt } from '../state/run-state.ts'
import { failedBody } from './body-outcome.ts'
import type { AskingBody, BodyOutcome } from './body-outcome.ts'
import type { PlannedLocal } from './call-drafts.ts'
import type { RunContext } from './run-context.ts'
import { startToolTimer, withinTime } from './tool-timer.ts'
import { callBody } from '../tools/local-tool.ts'
import { ErrorOutput } from '../tools/error-output.ts'
import { outputOf } from '../tools/tool-output.ts'
import type { ToolContext } from '../tools/tool-context.ts'

export async function runBody(
  run: RunContext,
  body: PlannedLocal,
  options: { readonly signal: AbortSignal; readonly progress: (text: string) => void },
): Promise<BodyOutcome | AskingBody> {
  const started = performance.now()
  const timer = startToolTimer(timed(body.tool))
  const before = run.writer.state.context
  const ctx: ToolContext = {
    run_id: run.writer.state.run_id,
    call_id: body.call.call_id,
    agent: body.call.agent,
    tool: body.tool.name,
    context: copyJson(run.spec.reveal(before)),
    signal:
      body.tool.timeout === undefined ? options.signal : AbortSignal.any([options.signal, timer.signal]),
    idempotency_key: `${run.writer.state.run_id}:${callAddress(run.writer.state, body.call)}`,
    progress: (text: unknown) => options.progress(run.spec.redactor.text(String(text))),
  }
  const elapsed = (): number => Math.round(performance.now() - started)
  try {
    const value = await withinTime(callBody(run, { ...body, answers: answersOf(run, body) }, ctx), timer)
    const isError = value instanceof ErrorOutput
    // First, for what is sensitive in it must not be in the output either.
    const after = run.spec.redactor.json(run.spec.hide(plainContext(ctx.context)))
    const output = run.spec.redactor.json(isError ? outputOf(value.value) : value)
    const patch = createMergePatch(before, after)
    return {
      output,
      is_error: isError,
      duration_ms: elapsed(),
      ...(isJsonObject(patch) ? { context_patch: patch } : {}),
      failure: null,
    }
  } catch (error) {
    if (error instanceof UnansweredQuestion) return { question: error.question }
    return { ...(await failedBody(run, body, ctx, error)), duration_ms: elapsed() }
  }
}

/** What people have answered to its server up to now: the plan of the body was made before the last of it was consumed. */
function answersOf({ writer, path }: RunContext, { call }: PlannedLocal): readonly ElicitationAnswer[] {
  const { calls } = frameAt(writer.state, path)
  return calls.find(({ call_id }) => call_id === call.call_id)?.answers ?? []
}

/** Commands mind the time themselves where the model is told of it: what they said so far is part of it. */
function timed(tool: PlannedLocal['tool']): { readonly name: string; readonly timeout?: number } {
  const { name } = tool
  return tool.type === 'shell' && tool.timeout_behavior === 'error_as_result' ? { name } : tool
}

/** The context as JSON, whatever the body left in it. */
function plainContext(context: unknown): JsonObject {
  const text: unknown = JSON.stringify(context)
  const plain = typeof text === 'string' ? parseJson(text) : null
  if (!isJsonObject(plain))
    throw new TypeError('the tool replaced ctx.context by something that is not an object')
  return plain
}
