/** The settings of hosted tools do not contradict each other. */
import { isJsonObject } from '../../util/json.ts'
import type { JsonObject } from '../../util/json.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems } from './scope.ts'
import type { Definition } from './scope.ts'

export function hostedSettings(context: RuleContext): void {
  for (const tool of context.scope.tools) {
    const { type } = tool.value
    if (type === 'web_search') checkDomains(context, tool)
    if (type === 'hosted_mcp') checkApproval(context, tool)
    if (type === 'shell') checkHostedShell(context, tool)
    if (type === 'shell') checkNetwork(context, tool, 'environment')
    if (type === 'code_interpreter') checkNetwork(context, tool, 'container')
  }
}

/** A list says its domains and all below them. */
function checkDomains(context: RuleContext, tool: Definition): void {
  const filters = objectAt(tool.value, 'filters')
  const blocked = new Map(domains(filters, 'blocked_domains').map(([index, domain]) => [domain, index]))
  for (const [index, domain] of domains(filters, 'allowed_domains')) {
    const by = withParents(domain).find((one) => blocked.has(one))
    if (by === undefined) continue
    const path = [...tool.path, 'filters']
    const place = context.locate({ path: [...path, 'blocked_domains', blocked.get(by) ?? 0] })
    const detail = `"${domain}" is allowed, and blocked by "${by}" under "blocked_domains"`
    const related = [{ ...place, message: 'blocked here' }]
    context.report('AS4023', { detail }, { path: [...path, 'allowed_domains', index] }, { related })
  }
}

/** `a.example.com`, `example.com`, `com`. */
function withParents(domain: string): readonly string[] {
  const labels = domain.split('.')
  return labels.map((_, index) => labels.slice(index).join('.'))
}

/** No name of a host is longer. */
const longestDomain = 253

function domains(filters: JsonObject, key: string): readonly (readonly [number, string])[] {
  return listItems(filters[key]).flatMap(([index, domain]) =>
    typeof domain === 'string' && domain.length <= longestDomain && !domain.includes('${')
      ? [[index, domain.toLowerCase()] as const]
      : [],
  )
}

function checkApproval(context: RuleContext, tool: Definition): void {
  if (tool.value['require_approval'] !== 'never' || tool.value['on_approval'] === undefined) return
  const detail = '"on_approval" is never called: "require_approval" is "never"'
  context.report('AS4023', { detail }, { path: [...tool.path, 'on_approval'], part: 'key' })
}

/** Commands of a container run at the provider, in the middle of an answer: nothing here can stop or place them. */
function checkHostedShell(context: RuleContext, tool: Definition): void {
  if (!isJsonObject(tool.value['environment'])) return
  for (const key of ['needs_approval', 'on_approval', 'cwd', 'env']) {
    const value = tool.value[key]
    if (value === undefined || value === false) continue
    const detail = `"${key}" is for commands on this machine, and "environment" is a container of the provider`
    context.report('AS4023', { detail }, { path: [...tool.path, key], part: 'key' })
  }
}

function checkNetwork(context: RuleContext, tool: Definition, key: string): void {
  const policy = objectAt(objectAt(tool.value, key), 'network_policy')
  if (policy['type'] !== 'disabled') return
  for (const allowed of ['allowed_domains', 'domain_secrets']) {
    if (listItems(policy[allowed]).length === 0) continue
    const detail = `"${allowed}" has no effect: the network is disabled`
    const path = [...tool.path, key, 'network_policy', allowed]
    context.report('AS4023', { detail }, { path, part: 'key' })
  }
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const inner = value[key]
  return isJsonObject(inner) ? inner : {}
}
