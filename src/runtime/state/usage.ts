/** Tokens and requests, in the words of the Responses API. */

export interface Usage {
  /** Responses received. */
  readonly requests: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly total_tokens: number
  readonly input_tokens_details: { readonly cached_tokens: number }
  readonly output_tokens_details: { readonly reasoning_tokens: number }
}

export const NO_USAGE: Usage = Object.freeze({
  requests: 0,
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  input_tokens_details: Object.freeze({ cached_tokens: 0 }),
  output_tokens_details: Object.freeze({ reasoning_tokens: 0 }),
})

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    requests: a.requests + b.requests,
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    total_tokens: a.total_tokens + b.total_tokens,
    input_tokens_details: {
      cached_tokens: a.input_tokens_details.cached_tokens + b.input_tokens_details.cached_tokens,
    },
    output_tokens_details: {
      reasoning_tokens: a.output_tokens_details.reasoning_tokens + b.output_tokens_details.reasoning_tokens,
    },
  }
}
