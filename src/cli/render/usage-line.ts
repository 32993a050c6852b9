/** What a run has cost, on one line. */
import type { RunResult } from '../../runtime/run-result.ts'
import { plural } from '../report/check-report.ts'

/** `run_… · 2 turns · 3 requests · 15 tokens (10 in, 5 out)`. */
export function usageLine(result: RunResult): string {
  const { requests, total_tokens, input_tokens, output_tokens } = result.usage
  return [
    result.run_id,
    plural(result.turns, 'turn'),
    plural(requests, 'request'),
    `${plural(total_tokens, 'token')} (${input_tokens} in, ${output_tokens} out)`,
  ].join(' · ')
}
