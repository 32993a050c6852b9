/** Every approval rule matches a tool, and can be reached. */
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { matchesGlob } from '../../util/glob.ts'
import { suggest } from '../../util/suggest.ts'
import { replaceText } from '../replace-text.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems, members, visibleName } from './scope.ts'
import type { Definition } from './scope.ts'
import { valueAt } from '../../spec/document.ts'

export function approvalRules(context: RuleContext): void {
  const rules = listItems(valueAt(context.document.value, ['approvals', 'rules']))
  for (const [index, rule] of rules) {
    if (!isJsonObject(rule)) continue
    checkMatch(context, index, rule)
    const earlier = rules.find(([before, other]) => before < index && covers(other, rule))
    if (earlier !== undefined) {
      const related = [
        {
          ...context.locate({ path: ['approvals', 'rules', earlier[0]] }),
          message: 'this rule decides first',
        },
      ]
      context.report('AS4019', { rule: earlier[0] }, { path: ['approvals', 'rules', index] }, { related })
    }
  }
}

function checkMatch(context: RuleContext, index: number, rule: JsonObject): void {
  const { tool: pattern, agent: agentName } = rule
  if (typeof pattern !== 'string' || !context.complete) return
  const agent = typeof agentName === 'string' ? context.scope.definition('agents', agentName) : undefined
  const names = agent === undefined ? allTools(context) : toolsOf(context, agent)
  if (
    names.open ||
    names.tools.some((name) => matchesGlob(pattern, name)) ||
    names.servers.some(isNamed(pattern))
  )
    return
  const path = ['approvals', 'rules', index, 'tool']
  const suggestion = suggest(pattern, names.tools)
  // What opens a gate is left to a person, and so is a pattern, which may mean several tools.
  const isSafe = rule['decide'] !== 'allow' && !/[*?]/.test(pattern)
  const fix = isSafe ? replaceText(context.document.entryAt(path)?.node, suggestion) : undefined
  context.report('AS4004', { pattern, agent: agent?.name, suggestion }, { path }, { fix })
}

interface ToolNames {
  readonly tools: readonly string[]
  readonly servers: readonly string[]
  /** Some tools get their names from elsewhere: anything may match. */
  readonly open: boolean
}

function allTools(context: RuleContext): ToolNames {
  return namesOf(context.scope.tools, context.scope.names('mcp_servers'))
}

function toolsOf(context: RuleContext, agent: Definition): ToolNames {
  const servers = listItems(agent.value['mcp_servers']).flatMap(([, name]) =>
    typeof name === 'string' ? [name] : [],
  )
  return namesOf(context.scope.toolsOf(agent), servers)
}

function namesOf(tools: readonly Definition[], servers: readonly string[]): ToolNames {
  const labels = tools.flatMap(({ value }) =>
    typeof value['server_label'] === 'string' ? [value['server_label']] : [],
  )
  return {
    tools: tools.map(visibleName),
    servers: [...servers, ...labels],
    open: tools.some(({ value }) => value['type'] === 'openapi'),
  }
}

/** `server/…` matches when that server is declared; `*` matches its tools too. */
function isNamed(pattern: string): (server: string) => boolean {
  const slash = pattern.indexOf('/')
  if (slash < 0) return () => pattern === '*' || pattern === '**'
  return (server) => matchesGlob(pattern.slice(0, slash), server)
}

/** The earlier rule decides every call that the later one could: it has no condition, and matches at least as much. */
function covers(earlier: Json, later: JsonObject): boolean {
  if (!isJsonObject(earlier) || earlier['when'] !== undefined) return false
  const known = [...members(earlier), ...members(later)].every(
    ([key, value]) => (key !== 'tool' && key !== 'agent') || typeof value === 'string',
  )
  if (!known) return false
  const sameAgent = earlier['agent'] === undefined || earlier['agent'] === later['agent']
  const { tool } = earlier
  return (
    sameAgent &&
    (tool === undefined ||
      tool === '*' ||
      tool === '**' ||
      tool === later['tool'] ||
      isInstance(tool, later['tool']))
  )
}

/** A name without wildcards that the pattern matches. */
function isInstance(pattern: Json, name: Json | undefined): boolean {
  return (
    typeof pattern === 'string' &&
    typeof name === 'string' &&
    !/[*?]/.test(name) &&
    matchesGlob(pattern, name)
  )
}
