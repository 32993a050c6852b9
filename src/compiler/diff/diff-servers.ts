/** MCP servers: what they are, which of their tools there are, and which of those ask. */
import type { JsonObject } from '../../util/json.ts'
import { createChange, milderClass, onlyIn } from './change.ts'
import type { Change, ChangeClass, Node, Subject } from './change.ts'
import { isEqual } from './describe.ts'
import { diffKeys, sentenceOf } from './diff-keys.ts'
import type { Delta, KeyRule } from './diff-keys.ts'
import { isGatedServer } from './gates.ts'
import { handlersIn } from './sides.ts'
import type { Sides } from './sides.ts'
import { filterLeavesOut } from './tool-lists.ts'

export function diffServers(sides: Sides): readonly Change[] {
  const { a, b } = sides
  const added = Object.keys(b.mcp_servers).filter((name) => !Object.hasOwn(a.mcp_servers, name))
  return [
    ...Object.entries(a.mcp_servers).flatMap(([name, before]) => {
      const after = Object.hasOwn(b.mcp_servers, name) ? b.mcp_servers[name] : undefined
      return after === undefined
        ? [removedServer(sides, name, added)]
        : diffServer(sides, name, [{ ...before }, { ...after }])
    }),
    ...added.map((name) =>
      createChange(
        { label: `server ${name}`, b: ['mcp_servers', name], concerns: [] },
        'compatible',
        'added',
      ),
    ),
  ]
}

function diffServer(
  sides: Sides,
  name: string,
  values: readonly [older: JsonObject, newer: JsonObject],
): readonly Change[] {
  const subject: Subject = { ...subjectOf(name), b: ['mcp_servers', name] }
  const isGated = isGatedServer(sides.a, name) || isGatedServer(sides.b, name)
  const changes = diffKeys(sides, subject, values, (key) => ruleOf(key, isGated))
  if (sides.usedInA.has(`mcp_servers/${name}`)) return changes
  const cap = sides.usedInB.has(`mcp_servers/${name}`) ? 'compatible' : 'cosmetic'
  return changes.map((change) => ({ ...change, class: milderClass(change.class, cap) }))
}

function subjectOf(name: string): Subject {
  const node: Node = `mcp_servers/${name}`
  return {
    label: `server ${name}`,
    a: ['mcp_servers', name],
    concerns: [{ of: 'node', node, calls: { server: name } }],
  }
}

/** What an approval binds to: which server it is, and what it is sent. */
const bindingKeys: ReadonlySet<string> = new Set([
  'args',
  'command',
  'cwd',
  'require_approval',
  'tool_meta',
  'transport',
  'url',
])

function ruleOf(key: string, isGated: boolean): KeyRule {
  const binding: ChangeClass = isGated ? 'needs_reapproval' : 'behavioural'
  if (bindingKeys.has(key))
    return (delta) => [createChange(delta.subject, binding, sentenceOf(delta), { isBinding: true })]
  if (key === 'tool_filter') return (delta) => [changedFilter(delta, binding)]
  if (key === 'resources') return (delta) => [changedResources(delta)]
  return (delta) => {
    const hasCode = handlersIn({ [key]: [delta.before, delta.after] }).length > 0
    return [createChange(delta.subject, hasCode ? binding : 'behavioural', sentenceOf(delta))]
  }
}

/** Which tools a server has is known only when it is connected: whatever may leave one out, removes it. */
function changedFilter(delta: Delta, binding: ChangeClass): Change {
  const { subject, before, after } = delta
  if (filterLeavesOut(before, after)) {
    return createChange(subject, 'breaking', `${sentenceOf(delta)}: tools are left out that it had`, {
      isBinding: true,
    })
  }
  const hasCode = handlersIn({ filter: [before, after] }).length > 0
  return createChange(subject, hasCode ? binding : 'behavioural', sentenceOf(delta))
}

/** Exposed resources are two tools. */
function changedResources(delta: Delta): Change {
  const isRemoved = isEqual(delta.after, { expose: false })
  return createChange(delta.subject, isRemoved ? 'breaking' : 'behavioural', sentenceOf(delta))
}

function removedServer(sides: Sides, name: string, added: readonly string[]): Change {
  const subject = onlyIn(subjectOf(name), 'a')
  if (!sides.usedInA.has(`mcp_servers/${name}`))
    return createChange(subject, 'cosmetic', 'removed; nothing used it')
  if (sides.migration.dropsAll)
    return createChange(subject, 'behavioural', 'removed; a migration drops pending calls')
  const twin = added.find((other) => isEqual(sides.a.mcp_servers[name], sides.b.mcp_servers[other]))
  const hint = twin === undefined ? '' : `; ${twin} is the same under another name`
  return createChange(subject, 'breaking', `removed${hint}`, { isBinding: true })
}
