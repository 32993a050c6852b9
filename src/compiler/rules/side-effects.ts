/** A tool that changes things outside asks somebody first. */
import { valueAt } from '../../spec/document.ts'
import { isJsonObject } from '../../util/json.ts'
import { matchesGlob } from '../../util/glob.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems, visibleName } from './scope.ts'
import type { Definition } from './scope.ts'

/** Only tools whose type says what they do are judged; what a function does is not known. */
export function sideEffects(context: RuleContext): void {
  const used = new Set(
    context.scope
      .definitions('agents')
      .flatMap((agent) => context.scope.toolsOf(agent).map((tool) => tool.path.join('/'))),
  )
  for (const tool of context.scope.tools) {
    const does = effectOf(tool)
    if (does === undefined || !used.has(tool.path.join('/')) || isGated(context, tool)) continue
    const place =
      tool.path.length === 2 ? { path: tool.path, part: 'key' as const } : { path: [...tool.path, 'type'] }
    context.report('AS4008', { tool: visibleName(tool), does }, place)
  }
}

function effectOf({ value }: Definition): string | undefined {
  const { type, method } = value
  if (type === 'shell')
    return isJsonObject(value['environment']) ? undefined : 'runs commands on this machine'
  if (type === 'apply_patch') return 'changes files'
  if (type === 'computer') return 'controls a computer'
  if (type === 'codex')
    return value['sandbox_mode'] === 'read-only' ? undefined : 'changes files and runs commands'
  if (type !== 'http' || typeof method !== 'string' || ['GET', 'HEAD', 'OPTIONS'].includes(method))
    return undefined
  return `sends ${method} requests`
}

function isGated(context: RuleContext, tool: Definition): boolean {
  const gate = tool.value['needs_approval']
  if (gate !== undefined && gate !== false) return true
  const name = visibleName(tool)
  return listItems(valueAt(context.document.value, ['approvals', 'rules'])).some(([, rule]) => {
    if (!isJsonObject(rule) || rule['decide'] === 'allow') return false
    return typeof rule['tool'] !== 'string' || matchesGlob(rule['tool'], name)
  })
}
