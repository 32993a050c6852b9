/** Tools: what is different for a person who has approved a call, and for a model that makes one. */
import type { JsonSchema, Program, ToolDefinition } from '../program.ts'
import { createChange, milderClass, onlyIn, partOf } from './change.ts'
import type { Change, ChangeClass, Node, Subject } from './change.ts'
import { isEqual } from './describe.ts'
import { diffKeys, sentenceOf } from './diff-keys.ts'
import type { Delta, KeyRule } from './diff-keys.ts'
import { diffSchema } from './diff-schema.ts'
import { isGatedTool } from './gates.ts'
import { handlersIn } from './sides.ts'
import type { Sides } from './sides.ts'
import { parametersOf, toolKeys } from './tool-keys.ts'
import { leavesOut } from './tool-lists.ts'

export function diffTools(sides: Sides): readonly Change[] {
  const { a, b, toolKeys } = sides
  const matched = new Set(toolKeys.values())
  const added = Object.keys(b.tools).filter((key) => !matched.has(key))
  return [
    ...[...toolKeys].flatMap(([keyA, keyB]) => diffTool(sides, keyA, keyB)),
    ...Object.keys(a.tools).flatMap((key) => (toolKeys.has(key) ? [] : [removedTool(sides, key, added)])),
    ...added.map((key) => addedTool(sides, key)),
  ]
}

/** One tool that is in both. */
interface Pair {
  readonly sides: Sides
  readonly subject: Subject
  readonly before: ToolDefinition
  readonly after: ToolDefinition
  readonly wasGated: boolean
  readonly isGated: boolean
}

function diffTool(sides: Sides, keyA: string, keyB: string): readonly Change[] {
  const [before, after] = [sides.a.tools[keyA], sides.b.tools[keyB]]
  if (before === undefined || after === undefined) return []
  const pair: Pair = {
    sides,
    subject: { ...subjectOf(sides, keyA, after.name), b: ['tools', keyB] },
    before,
    after,
    wasGated: isGatedTool(sides.a, keyA),
    isGated: isGatedTool(sides.b, keyB),
  }
  const changes = [...diffName(pair, keyA, keyB), ...diffDefinition(pair)]
  if (sides.usedInA.has(`tools/${keyA}`)) return changes
  const cap = sides.usedInB.has(`tools/${keyB}`) ? 'compatible' : 'cosmetic'
  return changes.map((change) => ({ ...change, class: milderClass(change.class, cap) }))
}

function subjectOf(sides: Sides, keyA: string, name: string): Subject {
  const node: Node = `tools/${keyA}`
  return {
    label: `tool ${name}`,
    a: ['tools', keyA],
    concerns: [{ of: 'node', node, calls: { tool: keyA } }],
  }
}

/** Names: for the model, and the key in the spec, which nobody sees. */
function diffName(pair: Pair, keyA: string, keyB: string): readonly Change[] {
  const { sides, subject, before, after } = pair
  const old = sides.older.tools[keyA]?.name ?? before.name
  if (before.name !== after.name) {
    const what = `renamed from ${old}; a migration can say so (rename_tools)`
    return [createChange(partOf(subject, 'name'), 'breaking', what, { isBinding: true })]
  }
  if (old !== after.name) return [bound(pair, subject, `renamed from ${old} by a migration`)]
  return keyA === keyB ? [] : [createChange(subject, 'cosmetic', `declared as ${keyB}, was ${keyA}`)]
}

function diffDefinition(pair: Pair): readonly Change[] {
  const { sides, subject, before, after } = pair
  if (before.type !== after.type) return diffType(pair)
  return diffKeys(sides, subject, [toolKeys(before), toolKeys(after)], (key) => ruleOf(pair, key))
}

/** Another type is another tool, with arguments that may mean the same. */
function diffType(pair: Pair): readonly Change[] {
  const { subject, before, after } = pair
  const changes = [bound(pair, partOf(subject, 'type'), `type is now ${after.type}, was ${before.type}`)]
  const [old, young] = [parametersOf(before), parametersOf(after)]
  if (old !== undefined && young !== undefined) {
    return [...changes, ...diffParameters(pair, partOf(subject, 'parameters'), old, young)]
  }
  return [
    ...changes,
    createChange(subject, refusal(pair), 'earlier arguments cannot be carried over', { isBinding: true }),
  ]
}

/** How a tool goes about a call, as opposed to what it does: not part of what a person approves. */
const settingKeys: ReadonlySet<string> = new Set([
  'authorization',
  'defer_loading',
  'display',
  'enabled',
  'env',
  'failure_error_function',
  'headers',
  'input_guardrails',
  'isolation',
  'max_output_length',
  'max_response_bytes',
  'max_turns',
  'on_unknown',
  'output_guardrails',
  'stream',
  'strict',
  'timeout',
  'timeout_behavior',
])

function ruleOf(pair: Pair, key: string): KeyRule {
  if (key === 'name') return () => []
  if (key === 'parameters') return (delta) => changedParameters(pair, delta)
  if (key === 'allowed_tools' || key === 'operations') return (delta) => changedList(pair, delta)
  if (settingKeys.has(key)) return (delta) => changedSetting(pair, delta)
  return (delta) => [bound(pair, delta.subject, sentenceOf(delta))]
}

/** Code of a gated tool counts as part of it wherever it stands. */
function changedSetting(pair: Pair, delta: Delta): readonly Change[] {
  const hasCode = handlersIn({ [delta.key]: [delta.before, delta.after] }).length > 0
  const changeClass = hasCode ? bindingClass(pair) : 'behavioural'
  return [createChange(delta.subject, changeClass, sentenceOf(delta))]
}

/** A list of what an outer tool offers: what is left out is removed. */
function changedList(pair: Pair, delta: Delta): readonly Change[] {
  const changeClass = leavesOut(delta.before, delta.after) ? 'breaking' : bindingClass(pair)
  return [createChange(delta.subject, changeClass, sentenceOf(delta), { isBinding: true })]
}

function changedParameters(pair: Pair, { subject }: Delta): readonly Change[] {
  const [old, young] = [parametersOf(pair.before), parametersOf(pair.after)]
  return diffParameters(pair, subject, old ?? true, young ?? true)
}

function diffParameters(pair: Pair, subject: Subject, old: JsonSchema, young: JsonSchema): readonly Change[] {
  const keyB = String(pair.subject.b?.[1])
  return diffSchema(subject, old, young, {
    name: 'parameters',
    widened: bindingClass(pair),
    narrowed: refusal(pair),
    marks: { isBinding: true, ...(refusal(pair) === 'breaking' ? { refusedBy: keyB } : {}) },
  })
}

/** A change of what approvals bind to. */
function bound(pair: Pair, subject: Subject, what: string): Change {
  return createChange(subject, bindingClass(pair), what, { isBinding: true })
}

function bindingClass({ wasGated, isGated }: Pair): ChangeClass {
  return wasGated || isGated ? 'needs_reapproval' : 'behavioural'
}

/** Where earlier arguments may not fit any more. Nobody has approved any of a tool that was not gated. */
function refusal(pair: Pair): ChangeClass {
  const { migration } = pair.sides
  const { name } = pair.after
  if (!pair.wasGated || migration.mapsArguments(name) || migration.drops(name)) return bindingClass(pair)
  return 'breaking'
}

function removedTool(sides: Sides, key: string, added: readonly string[]): Change {
  const name = sides.older.tools[key]?.name ?? key
  const subject = onlyIn(subjectOf(sides, key, name), 'a')
  if (!sides.usedInA.has(`tools/${key}`)) return createChange(subject, 'cosmetic', 'removed; nothing used it')
  if (sides.migration.drops(name)) {
    return createChange(subject, 'behavioural', 'removed; a migration drops its pending calls')
  }
  const twin = added.find((other) => isTwin(sides, key, other))
  const hint =
    twin === undefined
      ? ''
      : `; ${nameOf(sides.b, twin)} is the same, and a migration can say so (rename_tools)`
  return createChange(subject, 'breaking', `removed${hint}`, { isBinding: true })
}

/** Equal but for the name. */
function isTwin({ a, b }: Sides, keyA: string, keyB: string): boolean {
  return isEqual({ ...a.tools[keyA], name: '' }, { ...b.tools[keyB], name: '' })
}

function nameOf(program: Program, key: string): string {
  return program.tools[key]?.name ?? key
}

function addedTool({ b }: Sides, key: string): Change {
  const subject: Subject = { label: `tool ${nameOf(b, key)}`, b: ['tools', key], concerns: [] }
  return createChange(subject, 'compatible', 'added')
}
