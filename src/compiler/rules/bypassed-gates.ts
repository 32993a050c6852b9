/** What a gate guards cannot be had without it: the same function behind another tool, or a gate for some agents only. */
import { valueAt } from '../../spec/document.ts'
import { isJsonObject } from '../../util/json.ts'
import { matchesGlob } from '../../util/glob.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems, visibleName } from './scope.ts'
import type { Definition } from './scope.ts'

export function bypassedGates(context: RuleContext): void {
  const used = usedTools(context)
  const gates = new Map(used.filter(isGated).map((tool) => [tool.value['handler'], tool]))
  for (const open of used) {
    const handler = open.value['handler']
    const gated = typeof handler === 'string' ? gates.get(handler) : undefined
    if (gated === undefined || isGated(open) || isRuled(context, open)) continue
    const related = [
      { ...context.locate({ path: gated.path, part: 'key' }), message: 'the gated tool is declared here' },
    ]
    const way = `"${visibleName(open)}" calls the same function without asking`
    context.report('AS4009', { tool: visibleName(gated), way }, { path: open.path, part: 'key' }, { related })
  }
  reportPartialRules(context, used)
}

/** A rule that asks for one agent only, about a tool that another agent has ungated and without a rule of its own. */
function reportPartialRules(context: RuleContext, used: readonly Definition[]): void {
  for (const [index, rule] of listItems(valueAt(context.document.value, ['approvals', 'rules']))) {
    if (!isJsonObject(rule) || rule['decide'] !== 'ask' || typeof rule['agent'] !== 'string') continue
    const { tool: pattern, agent } = rule
    if (typeof pattern !== 'string') continue
    const tools = used.filter((tool) => !isGated(tool) && matchesGlob(pattern, visibleName(tool)))
    for (const tool of tools) {
      const other = otherAgent(context, tool, agent)
      if (isRuled(context, tool) || other === undefined) continue
      const way = `the rule holds for "${agent}" only, and "${other}" has the tool too`
      context.report(
        'AS4009',
        { tool: visibleName(tool), way },
        { path: ['approvals', 'rules', index, 'agent'] },
      )
      break
    }
  }
}

function usedTools(context: RuleContext): readonly Definition[] {
  const tools = context.scope.definitions('agents').flatMap((agent) => context.scope.toolsOf(agent))
  return [...new Map(tools.map((tool) => [tool.path.join('/'), tool])).values()]
}

/** An agent besides this one that has the tool, too, and about which no rule says anything. */
function otherAgent(context: RuleContext, tool: Definition, agent: string): string | undefined {
  const path = tool.path.join('/')
  const having = context.scope
    .definitions('agents')
    .filter((one) => context.scope.toolsOf(one).some((used) => used.path.join('/') === path))
    .map(({ name }) => name)
  const named = listItems(valueAt(context.document.value, ['approvals', 'rules'])).flatMap(([, rule]) =>
    isJsonObject(rule) && typeof rule['agent'] === 'string' ? [rule['agent']] : [],
  )
  return having.includes(agent) ? having.find((name) => !named.includes(name)) : undefined
}

function isGated(tool: Definition): boolean {
  const gate = tool.value['needs_approval']
  return gate !== undefined && gate !== false
}

/** A rule for every agent asks about the tool, or refuses it. */
function isRuled(context: RuleContext, tool: Definition): boolean {
  return listItems(valueAt(context.document.value, ['approvals', 'rules'])).some(
    ([, rule]) =>
      isJsonObject(rule) &&
      rule['decide'] !== 'allow' &&
      rule['agent'] === undefined &&
      (typeof rule['tool'] !== 'string' || matchesGlob(rule['tool'], visibleName(tool))),
  )
}
