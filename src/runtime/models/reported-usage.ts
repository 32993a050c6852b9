/** Token counts as a server reports them, in the words of either OpenAI API, in one form. */
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import type { Usage } from '../state/usage.ts'

/** One response's usage; what is not said is 0 (`total_tokens`: the sum). */
export function reportedUsage(usage: Json | undefined): Usage {
  const input = count(usage, 'input_tokens') ?? count(usage, 'prompt_tokens') ?? 0
  const output = count(usage, 'output_tokens') ?? count(usage, 'completion_tokens') ?? 0
  const inputDetails = detail(usage, 'input_tokens_details') ?? detail(usage, 'prompt_tokens_details')
  const outputDetails = detail(usage, 'output_tokens_details') ?? detail(usage, 'completion_tokens_details')
  return {
    requests: 1,
    input_tokens: input,
    output_tokens: output,
    total_tokens: count(usage, 'total_tokens') ?? input + output,
    input_tokens_details: { cached_tokens: count(inputDetails, 'cached_tokens') ?? 0 },
    output_tokens_details: { reasoning_tokens: count(outputDetails, 'reasoning_tokens') ?? 0 },
  }
}

function detail(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) ? value[key] : undefined
}

function count(value: Json | undefined, key: string): number | undefined {
  const number = detail(value, key)
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
