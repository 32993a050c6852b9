/** What the agents of guardrails cost, where there are any. */
import { addUsage } from '../state/usage.ts'
import type { Usage } from '../state/usage.ts'

/** What was spent on both, where anything was. */
export function sumUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  return a === undefined || b === undefined ? (a ?? b) : addUsage(a, b)
}

/** As events say it. */
export function usageKey(usage: Usage | undefined): { readonly guardrail_usage?: Usage } {
  return usage === undefined ? {} : { guardrail_usage: usage }
}
