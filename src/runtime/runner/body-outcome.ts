/** What the body of a tool comes to, however it ends. */
import type { JsonObject } from '../../util/json.ts'
import { RunFailure } from '../failures.ts'
import type { EventDraft } from '../state/event-draft.ts'
import type { Elicitation } from '../state/elicitation.ts'
import type { RunError } from '../state/events.ts'
import type { CallOutput } from '../state/item.ts'
import type { Usage } from '../state/usage.ts'
import type { PlannedBody } from './call-drafts.ts'
import type { RunContext } from './run-context.ts'
import { failureText, toolFailureText } from './tool-failure.ts'
import { messageOf } from '../../util/message-of.ts'

export interface BodyOutcome {
  readonly output: CallOutput
  readonly is_error: boolean
  readonly duration_ms: number
  readonly context_patch?: JsonObject
  /** The guardrails that had a say in it, journaled before it. */
  readonly tripped?: readonly EventDraft[]
  /** Of the agents that guarded the result. */
  readonly guardrail_usage?: Usage
  /** Ends the run once the outcome is journaled. */
  readonly failure: RunFailure | null
}

/** A body that was given up because its server asks what nobody has answered yet. */
export interface AskingBody {
  readonly question: Elicitation
}

/** A body that ran longer than its tool allows. */
export class ToolTimeout extends Error {}

/** What a body that threw comes to: a text for the model, or the end of the run. */
export async function failedBody(
  run: RunContext,
  body: PlannedBody,
  ctx: unknown,
  error: unknown,
): Promise<Omit<BodyOutcome, 'duration_ms'>> {
  const message = run.spec.redactor.text(messageOf(error))
  const isTimeout = error instanceof ToolTimeout
  const about: Omit<RunError, 'code'> = {
    message: isTimeout ? message : `Tool ${body.tool.name} failed: ${message}`,
    agent: body.call.agent,
    tool: body.tool.name,
    call_id: body.call.call_id,
  }
  const defaultText = isTimeout ? message : toolFailureText(message)
  if (isTimeout && body.tool.timeout_behavior === 'raise_exception') return raised(about, defaultText)
  if (error instanceof RunFailure && body.tool.type !== 'agent') {
    return { ...raised(about, defaultText), failure: error }
  }
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
    readonly ctx: unknown
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
    const message = messageOf(error)
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
