/** `tool_use_behavior: { handler }`: a function of the spec says whether the results of a turn end the run. */
import { isJsonObject } from '../../util/json.ts'
import { callHandler } from './call-handler.ts'
import { jsonFrom, unexpected } from './handler-value.ts'
import type { Step } from './next.ts'
import type { RunContext } from './run-context.ts'

type Judged = Step & { type: 'judge_results' }

/**
 * What follows from the verdict. It is journaled by the step that follows, the end of the run or its next turn; until then
 * a resumed run asks again.
 *
 * @throws RunFailure `handler_failed`: the function threw, or gave something else than a verdict.
 */
export async function judgeResults(
  run: RunContext,
  { agent, handler, results, otherwise }: Judged,
): Promise<Judged['otherwise'] | (Step & { type: 'complete' })> {
  const source = { what: `tool_use_behavior of ${agent}`, handler, agent }
  const given = await callHandler(run, handler, source, (ctx) => [structuredClone(results), ctx])
  const verdict = jsonFrom(run, given, source)
  if (!isJsonObject(verdict) || typeof verdict['is_final_output'] !== 'boolean') {
    throw unexpected(source, 'no object with is_final_output: true or false')
  }
  return verdict['is_final_output']
    ? { type: 'complete', output: verdict['final_output'] ?? null }
    : otherwise
}
