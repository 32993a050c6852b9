/** Every tool, model, MCP server and guardrail is used by something. */
import { findUses } from './name-references.ts'
import type { RuleContext } from './rule-context.ts'
import type { Section } from './scope.ts'

const kinds: readonly (readonly [Section, string])[] = [
  ['models', 'model'],
  ['tools', 'tool'],
  ['mcp_servers', 'MCP server'],
  ['guardrails', 'guardrail'],
]

/** Agents are judged by `reachable-agents`: what only an unreachable agent uses is not reported once more. */
export function usedDefinitions(context: RuleContext): void {
  const used = new Set(
    findUses(context.references, context.scope).map(({ section, name }) => `${section}/${name}`),
  )
  if (hasInterpolatedModel(context))
    context.scope.names('models').forEach((name) => used.add(`models/${name}`))
  for (const [section, kind] of kinds) {
    for (const name of context.scope.names(section)) {
      if (!used.has(`${section}/${name}`))
        context.report('AS4007', { kind, name }, { path: [section, name], part: 'key' })
    }
  }
}

/** `model: ${MODEL}` may name any of them. */
function hasInterpolatedModel(context: RuleContext): boolean {
  return context.scope
    .definitions('agents')
    .some(({ value }) => typeof value['model'] === 'string' && value['model'].includes('${'))
}
