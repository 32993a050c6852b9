/** Runs the body of one function tool: its own copy of the context, a timeout, and every outcome as a value. */
import { isJsonObject, parseJson } from '../../util/json.ts'
import type { JsonObject } from '../../util/json.ts'
import { createMergePatch } from '../../util/merge-patch.ts'
import { RunFailure } from '../failures.ts'
import type { RunError } from '../state/events.ts'
import type { CallOutput } from '../state/item.ts'
import type { PlannedBody } from './call-drafts.ts'
import type { RunContext } from './run-context.ts'
import { failureText, timeoutText, toolFailureText } from './tool-failure.ts'
import { outputOf } from '../tools/tool-output.ts'

/** What a tool module's function gets besides its arguments (CONTRACT, Tool modules). */
export interface ToolContext {
  readonly run_id: string
  readonly call_id: string
  readonly agent: string
  readonly tool: string
  /** The call's own copy: what it changes here is merged into the run's context when it completes. */
  context: JsonObject
  /** Aborted when the call times out or the run stops. */
  readonly signal: AbortSignal
  /** The same for every attempt at this call: `run_id:turn:call_id`. */
  readonly idempotency_key: string
  /** Tells whoever watches the run how far the call is. */
  readonly progress: (text: string) => void
}

export interface BodyOutcome {
  readonly output: CallOutput
  readonly is_error: boolean
  readonly duration_ms: number
  readonly context_patch?: JsonObject
  /** Ends the run once the outcome is journaled. */
  readonly failure: RunFailure | null
}

/** A body that ran longer than its tool allows. */
class ToolTimeout extends Error {}

export async function runBody(
  run: RunContext,
  body: PlannedBody,
  options: { readonly signal: AbortSignal; readonly progress: (text: string) => void },
): Promise<BodyOutcome> {
  const started = performance.now()
  const timeout = new AbortController()
  const before = run.writer.state.context
  const ctx: ToolContext = {
    run_id: run.writer.state.run_id,
    call_id: body.call.call_id,
    agent: body.call.agent,
    tool: body.tool.name,
    context: structuredClone(before),
    signal: AbortSignal.any([options.signal, timeout.signal]),
    idempotency_key: `${run.writer.state.run_id}:${body.call.turn}:${body.call.call_id}`,
    progress: (text: unknown) => options.progress(run.spec.redactor.text(String(text))),
  }
  const elapsed = (): number => Math.round(performance.now() - started)
  try {
    const value = await withTimeout(invoke(run, body, ctx), body.tool, timeout)
    const output = run.spec.redactor.json(outputOf(value))
    const patch = createMergePatch(before, run.spec.redactor.json(plainContext(ctx.context)))
    return {
      output,
      is_error: false,
      duration_ms: elapsed(),
      ...(isJsonObject(patch) ? { context_patch: patch } : {}),
      failure: null,
    }
  } catch (error) {
    return { ...(await failed(run, body, ctx, error)), duration_ms: elapsed() }
  }
}

async function invoke(run: RunContext, body: PlannedBody, ctx: ToolContext): Promise<unknown> {
  const handler = await run.spec.handler(body.tool.handler)
  return handler(structuredClone(body.arguments), ctx)
}

/** Rejects when the body takes too long; its signal is aborted, and whatever it still does is ignored. */
async function withTimeout(
  work: Promise<unknown>,
  tool: PlannedBody['tool'],
  controller: AbortController,
): Promise<unknown> {
  const { timeout } = tool
  if (timeout === undefined) return work
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new ToolTimeout(timeoutText(tool.name, timeout))
      reject(error)
      controller.abort(error)
    }, timeout)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The context as JSON, whatever the body left in it. */
function plainContext(context: unknown): JsonObject {
  const text: unknown = JSON.stringify(context)
  const plain = typeof text === 'string' ? parseJson(text) : null
  if (!isJsonObject(plain))
    throw new TypeError('the tool replaced ctx.context by something that is not an object')
  return plain
}

async function failed(
  run: RunContext,
  body: PlannedBody,
  ctx: ToolContext,
  error: unknown,
): Promise<Omit<BodyOutcome, 'duration_ms'>> {
  const message = run.spec.redactor.text(error instanceof Error ? error.message : String(error))
  const isTimeout = error instanceof ToolTimeout
  const about: Omit<RunError, 'code'> = {
    message: isTimeout ? message : `Tool ${body.tool.name} failed: ${message}`,
    agent: body.call.agent,
    tool: body.tool.name,
    call_id: body.call.call_id,
  }
  const defaultText = isTimeout ? message : toolFailureText(message)
  if (isTimeout && body.tool.timeout_behavior === 'raise_exception') return raised(about, defaultText)
  if (error instanceof RunFailure) return { ...raised(about, defaultText), failure: error }
  if (isTimeout && body.tool.failure_error_function.kind === 'raise') return answered(defaultText)
  return textOrRaise(run, body, { about, defaultText, message, ctx })
}

async function textOrRaise(
  run: RunContext,
  body: PlannedBody,
  failure: {
    readonly about: Omit<RunError, 'code'>
    readonly defaultText: string
    readonly message: string
    readonly ctx: ToolContext
  },
): Promise<Omit<BodyOutcome, 'duration_ms'>> {
  const { about, defaultText } = failure
  try {
    const text = await failureText(run.spec, body.tool.failure_error_function, {
      tool: body.tool.name,
      message: failure.message,
      arguments: body.arguments,
      default_text: defaultText,
      ctx: failure.ctx,
    })
    return text === null ? raised(about, defaultText) : answered(run.spec.redactor.text(text))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return raised(
      { ...about, message: `failure_error_function of ${body.tool.name} failed: ${message}` },
      defaultText,
    )
  }
}

function answered(output: string): Omit<BodyOutcome, 'duration_ms'> {
  return { output, is_error: true, failure: null }
}

function raised(about: Omit<RunError, 'code'>, output: string): Omit<BodyOutcome, 'duration_ms'> {
  return { output, is_error: true, failure: new RunFailure({ code: 'tool_failed', ...about }) }
}
