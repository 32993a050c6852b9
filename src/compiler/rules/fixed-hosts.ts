/** Where an HTTP tool sends its requests is not for the model to choose: only path, query and body may use `args`. */
import type { RuleContext } from './rule-context.ts'
import { authorityEnd } from './url-authority.ts'

/** The template library is loaded only for a URL that seems to be wrong. */
export async function fixedHosts(context: RuleContext): Promise<void> {
  for (const tool of context.scope.tools) {
    const { type, url } = tool.value
    if (type !== 'http' || typeof url !== 'string' || !url.includes('{')) continue
    const end = authorityEnd(url)
    if (!url.slice(0, end).includes('args')) continue
    const { createTemplateEngine } = await import('../liquid/template-engine.ts')
    for (const variable of createTemplateEngine().check(url).variables) {
      if (variable.path[0] !== 'args' || variable.start >= end) continue
      const within = [variable.start, variable.end] as const
      context.report('AS4022', { name: variable.path.join('.') }, { path: [...tool.path, 'url'], within })
    }
  }
}
