/** The patterns of regex guardrails are regular expressions that the linear-time engine can run. */
import { messageOf } from '../../util/message-of.ts'
import type { RuleContext } from './rule-context.ts'

/** The engine is loaded only for a spec with such guardrails. */
export async function guardrailPatterns({ scope, report }: RuleContext): Promise<void> {
  const patterns = scope.definitions('guardrails').flatMap(({ path, value }) => {
    const { type, pattern } = value
    return type === 'regex' && typeof pattern === 'string' ? [{ path: [...path, 'pattern'], pattern }] : []
  })
  if (patterns.length === 0) return
  const { RE2JS } = await import('re2js')
  for (const { path, pattern } of patterns) {
    try {
      RE2JS.compile(pattern)
    } catch (error) {
      report('AS4026', { detail: reasonOf(error) }, { path })
    }
  }
}

/** Without the engine's own opening words. */
function reasonOf(error: unknown): string {
  return messageOf(error).replace(/^error parsing regexp: /, '')
}
