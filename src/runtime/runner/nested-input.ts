/** What the agent of an agent tool is told: the tool's template over the arguments, or the arguments themselves. */
import type { AgentToolDefinition } from '../../compiler/program.ts'
import type { JsonObject } from '../../util/json.ts'
import { userMessage } from '../state/item.ts'
import type { Item } from '../state/item.ts'
import type { RunContext } from './run-context.ts'

export async function nestedInput(
  run: RunContext,
  tool: AgentToolDefinition,
  args: JsonObject,
): Promise<readonly Item[]> {
  const text =
    tool.input === undefined ? plainInput(args) : await run.spec.renderMessage(tool.input, { args })
  const schema = tool.include_input_schema
    ? `\n\nJSON Schema of the input:\n${JSON.stringify(tool.parameters)}`
    : ''
  return [userMessage(run.spec.redactor.text(text + schema))]
}

/** The text of a lone `input`; any other arguments as JSON. */
function plainInput(args: JsonObject): string {
  const { input, ...others } = args
  if (typeof input === 'string' && Object.keys(others).length === 0) return input
  return JSON.stringify(args, null, 2)
}
