/** What a script step answers, as Responses API items. */
import { ModelFailure } from '../../failures.ts'
import { defaultCallId } from '../call-id.ts'
import { reportedUsage } from '../reported-usage.ts'
import type { ScriptStep } from '../../../compiler/program-models.ts'
import type { Json } from '../../../util/json.ts'
import type { Item } from '../../state/item.ts'
import type { ModelRequest, ModelResponse } from '../model.ts'

/**
 * The response of a step that is not an error.
 *
 * @throws ModelFailure when the step hands over to an agent the request offers no function for.
 */
export function stepResponse(step: ScriptStep, request: ModelRequest): ModelResponse {
  return {
    response_id: ['resp', ...request.path, `${request.attempts.run + 1}`].join('_'),
    items: stepItems(step, request),
    usage: reportedUsage(step.usage),
  }
}

function stepItems(step: ScriptStep, request: ModelRequest): readonly Item[] {
  if (step.items !== undefined) return step.items
  if (step.tool_calls !== undefined) {
    return step.tool_calls.map((call, index) =>
      callItem(call.call_id ?? defaultCallId(request, index + 1), call.name, call.arguments),
    )
  }
  if (step.handoff !== undefined) {
    return [callItem(defaultCallId(request, 1), handoffFunction(step.handoff, request), step.input)]
  }
  if (step.text !== undefined) return [messageItem(step.text)]
  return [messageItem(JSON.stringify(step.output ?? null))]
}

function messageItem(text: string): Item {
  return {
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  }
}

/** Arguments that are a text are what the model wrote, verbatim: usable JSON or not. */
function callItem(callId: string, name: string, input: Json | undefined): Item {
  return {
    type: 'function_call',
    status: 'completed',
    call_id: callId,
    name,
    arguments: typeof input === 'string' ? input : JSON.stringify(input ?? {}),
  }
}

function handoffFunction(agent: string, request: ModelRequest): string {
  const declared = request.handoffs?.find((handoff) => handoff.agent === agent)?.function
  const name = declared ?? `transfer_to_${agent.replaceAll(/[^a-zA-Z0-9_]/g, '_').toLowerCase()}`
  if (request.functions.some((spec) => spec.name === name)) return name
  const offered = request.handoffs?.map((handoff) => handoff.agent).join(', ') ?? ''
  const possible = offered === '' ? 'it has no handoffs' : `it can hand over to ${offered}`
  throw new ModelFailure(`The script hands over from "${request.agent}" to "${agent}", but ${possible}`)
}
