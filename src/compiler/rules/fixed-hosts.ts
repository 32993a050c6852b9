/** Where an HTTP tool sends its requests is not for the model to choose: only path, query and body may use `args`. */
import type { Path } from '../../spec/path.ts'
import type { RuleContext } from './rule-context.ts'
import type { Definition } from './scope.ts'
import { authorityEnd } from './url-authority.ts'

/** The template library is loaded only for a URL that seems to be wrong. */
export async function fixedHosts(context: RuleContext): Promise<void> {
  const suspects = context.scope.tools.flatMap(suspectIn)
  if (suspects.length === 0) return
  const { createTemplateEngine } = await import('../liquid/template-engine.ts')
  const engine = createTemplateEngine()
  for (const { path, url, end } of suspects) {
    for (const variable of engine.check(url).variables) {
      if (variable.path[0] !== 'args' || variable.start >= end) continue
      const within = [variable.start, variable.end] as const
      context.report('AS4022', { name: variable.path.join('.') }, { path, within })
    }
  }
}

interface Suspect {
  readonly path: Path
  readonly url: string
  /** Where scheme, host and port are over. */
  readonly end: number
}

function suspectIn({ path, value: { type, url } }: Definition): readonly Suspect[] {
  if (type !== 'http' || typeof url !== 'string' || !url.includes('args')) return []
  const end = authorityEnd(url)
  return url.slice(0, end).includes('args') ? [{ path: [...path, 'url'], url, end }] : []
}
