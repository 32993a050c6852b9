/** What the model is told when a tool fails (openai-agents' default texts), or the failure that ends the run. */
import type { FailureText } from '../../compiler/program-failure.ts'
import { assertNever } from '../../util/invariant.ts'
import type { JsonObject } from '../../util/json.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'

/** The default text for a body that threw. */
export function toolFailureText(message: string): string {
  return `An error occurred while running the tool. Please try again. Error: ${message}`
}

/** The default text for arguments that are not usable. */
export function argumentFailureText(message: string): string {
  return `An error occurred while parsing tool arguments. Please try again with valid JSON. Error: ${message}`
}

/** The text for a call that took too long. `timeout` in milliseconds. */
export function timeoutText(tool: string, timeout: number): string {
  return `Tool '${tool}' timed out after ${timeout / 1000} seconds.`
}

export interface FailedCall {
  readonly tool: string
  readonly message: string
  readonly arguments: JsonObject
  readonly default_text: string
  readonly ctx: unknown
}

/** The text for the model, by the tool's `failure_error_function`; `null`: the failure ends the run. */
export async function failureText(
  spec: LinkedSpec,
  rule: FailureText,
  failed: FailedCall,
): Promise<string | null> {
  switch (rule.kind) {
    case 'default':
      return failed.default_text
    case 'raise':
      return null
    case 'message':
      return spec.renderMessage(rule.template, {
        error: failed.message,
        tool: failed.tool,
        args: failed.arguments,
      })
    case 'handler': {
      const handler = await spec.handler(rule.handler)
      return String(await handler(new Error(failed.message), failed.ctx))
    }
    default:
      return assertNever(rule)
  }
}
