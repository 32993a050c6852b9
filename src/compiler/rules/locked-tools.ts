/** With a lock file: every entry that names tools of an MCP server matches one that the server had when it was locked. */
import { suggest } from '../../util/suggest.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { Path } from '../../spec/path.ts'
import { matchesToolName } from '../lock/matches-tool-name.ts'
import { memberOf } from '../lock/spec-lock.ts'
import type { RuleContext, RulePlace } from './rule-context.ts'
import { listItems, members } from './scope.ts'

export function lockedTools(context: RuleContext): void {
  const { lock, source } = context.locked
  if (lock === null || source === null) return
  for (const { name: server, path, value } of context.scope.definitions('mcp_servers')) {
    const locked = memberOf(lock.servers, server)
    if (locked === undefined) continue
    const known = [...Object.keys(locked.tools), ...ownTools(value)]
    for (const { name, place, isPattern } of entriesOf(path, value)) {
      if (known.some((tool) => (isPattern ? matchesToolName(name, tool) : name === tool))) continue
      const args = { server, name, known, suggestion: suggest(name, known), lockFile: source.file }
      context.report('AS3023', args, place)
    }
  }
}

/** Those that are made here of its resources. */
function ownTools({ resources }: JsonObject): readonly string[] {
  return isJsonObject(resources) && resources['expose'] === true ? ['list_resources', 'read_resource'] : []
}

interface Entry {
  readonly name: string
  readonly place: RulePlace
  /** Names in approvals are themselves. */
  readonly isPattern: boolean
}

function entriesOf(
  server: Path,
  { tool_filter: filter, require_approval: approval }: JsonObject,
): readonly Entry[] {
  const entries = [
    ...namesIn(filter, [...server, 'tool_filter'], 'allow').map(asPattern),
    ...namesIn(filter, [...server, 'tool_filter'], 'block').map(asPattern),
    ...approvalNames(approval, [...server, 'require_approval']),
  ]
  return entries.filter(({ name }) => !name.includes('${'))
}

function asPattern(entry: Entry): Entry {
  return { ...entry, isPattern: true }
}

function namesIn(list: Json | undefined, path: Path, key: string): readonly Entry[] {
  if (!isJsonObject(list)) return []
  return listItems(list[key]).flatMap(([index, name]) =>
    typeof name === 'string' ? [{ name, place: { path: [...path, key, index] }, isPattern: false }] : [],
  )
}

/** Two lists of names, or a map whose keys are names. */
function approvalNames(approval: Json | undefined, path: Path): readonly Entry[] {
  if (!isJsonObject(approval)) return []
  const { always, never } = approval
  if (isJsonObject(always) || isJsonObject(never)) {
    return [
      ...namesIn(always, [...path, 'always'], 'tool_names'),
      ...namesIn(never, [...path, 'never'], 'tool_names'),
    ]
  }
  return members(approval).flatMap(([name, answer]) =>
    answer === 'always' || answer === 'never'
      ? [{ name, place: { path: [...path, name], part: 'key' as const }, isPattern: false }]
      : [],
  )
}
