/** The final output of a run: the text, or the value its schema describes. */
import { parseJson } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { RunFailure } from '../failures.ts'
import { frameAt } from '../state/run-state.ts'
import { agentOf } from '../tools/resolve-call.ts'
import type { RunContext } from './run-context.ts'

/**
 * Reads the answer of the current agent. The output of a tool that ends the run is taken as it is, without its schema
 * (openai-agents does the same).
 *
 * @throws RunFailure `invalid_final_output`: not JSON, or not what `output.schema` says.
 */
export async function finalOutput(run: RunContext, text: string, from: 'model' | 'tool'): Promise<Json> {
  const { agent } = frameAt(run.writer.state, run.path)
  const output = agentOf(run.spec.program, agent).output
  if (output === undefined || from === 'tool') return text
  const invalid = (why: string): RunFailure =>
    new RunFailure({
      code: 'invalid_final_output',
      message: `The answer of ${agent} is not valid: ${why}`,
      agent,
    })
  let value: Json
  try {
    value = parseJson(text)
  } catch {
    throw invalid('it is not JSON')
  }
  if (output.strict) value = run.spec.strict(output.schema)?.restore(value) ?? value
  const issues = await run.spec.validate(output.schema, value)
  if (issues.length > 0) throw invalid(issues.map((issue) => issue.message).join('; '))
  return value
}
