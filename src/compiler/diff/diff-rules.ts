/** The rules of `approvals`, in order: a change matters to the tools and servers it decides differently. */
import { canonicalJson } from '../../util/canonical-json.ts'
import type { ApprovalRule, Program } from '../program.ts'
import { createChange } from './change.ts'
import type { Change, ChangeClass, Concern, Node, Subject } from './change.ts'
import { describeChange } from './describe.ts'
import { isGatedServer, isGatedTool, ruleMatchesServer, ruleMatchesTool } from './gates.ts'
import type { Sides } from './sides.ts'

export function diffRules(sides: Sides): readonly Change[] {
  const [before, after] = [sides.a.approvals.rules, sides.b.approvals.rules]
  const { pairs, removed, added } = alignRules(before, after)
  const lists: RuleLists = { before, after, targets: targetsOf(sides) }
  return [
    ...removed.map((index) => changedRule(lists, { old: index })),
    ...added.map((index) => changedRule(lists, { young: index })),
    ...pairs.flatMap(([old, young]) =>
      decisionOf(before[old]) === decisionOf(after[young])
        ? changedMessage(lists, old, young)
        : [changedRule(lists, { old, young })],
    ),
    ...changedOrder(lists, pairs),
  ]
}

interface RuleLists {
  readonly before: readonly ApprovalRule[]
  readonly after: readonly ApprovalRule[]
  readonly targets: readonly Target[]
}

interface Alignment {
  readonly pairs: readonly (readonly [old: number, young: number])[]
  readonly removed: readonly number[]
  readonly added: readonly number[]
}

/** Pairs rules that are equal, then those about the same tools of the same agent. */
function alignRules(before: readonly ApprovalRule[], after: readonly ApprovalRule[]): Alignment {
  const pairs: (readonly [number, number])[] = []
  const [freeOld, freeYoung] = [new Set(before.keys()), new Set(after.keys())]
  for (const identify of [canonicalJson, decisionOf, scopeOf]) {
    for (const young of freeYoung) {
      const old = [...freeOld].find((index) => identify(before[index]) === identify(after[young]))
      if (old === undefined) continue
      pairs.push([old, young])
      freeOld.delete(old)
      freeYoung.delete(young)
    }
  }
  return { pairs: pairs.sort(([one], [other]) => one - other), removed: [...freeOld], added: [...freeYoung] }
}

/** All of a rule that decides; its message is only said. */
function decisionOf(rule: ApprovalRule | undefined): string {
  return canonicalJson({ ...rule, message: undefined })
}

function scopeOf(rule: ApprovalRule | undefined): string {
  return canonicalJson({ agent: rule?.agent, tool: rule?.tool })
}

/** A rule by its place in each list; at least one is given. */
interface RulePlaces {
  readonly old?: number
  readonly young?: number
}

function changedRule({ targets, ...lists }: RuleLists, places: RulePlaces): Change {
  const [before, after] = [ruleAt(lists.before, places.old), ruleAt(lists.after, places.young)]
  const decided = targets.filter(
    ({ inA, inB }) => (before && inA?.matches(before)) === true || (after && inB?.matches(after)) === true,
  )
  const subject = subjectOf(before ?? after ?? {}, places, concernsOf(decided))
  return createChange(subject, classOf(decided), sentenceOf(before, after))
}

/** What is said when a rule denies does not change what it decides. */
function changedMessage(lists: RuleLists, old: number, young: number): readonly Change[] {
  const [before, after] = [ruleAt(lists.before, old), ruleAt(lists.after, young)]
  if (before === undefined || after === undefined || before.message === after.message) return []
  const subject = subjectOf(after, { old, young }, [{ of: 'every_run' }])
  return [createChange(subject, 'behavioural', describeChange('message', before.message, after.message))]
}

function changedOrder({ before, targets }: RuleLists, pairs: Alignment['pairs']): readonly Change[] {
  const isInOrder = pairs.every(([, young], index) => index === 0 || young > (pairs[index - 1]?.[1] ?? 0))
  if (isInOrder) return []
  const moved = targets.filter(({ inA }) =>
    pairs.some(([old]) => {
      const rule = ruleAt(before, old)
      return rule !== undefined && inA?.matches(rule) === true
    }),
  )
  const place = ['approvals', 'rules']
  const subject: Subject = { label: 'approval rules', a: place, b: place, concerns: concernsOf(moved) }
  const names = moved.filter(isDecidedOtherwise).map(({ name }) => name)
  const effect =
    names.length === 0
      ? 'no call is decided otherwise'
      : `calls of ${names.join(', ')} may be decided otherwise`
  return [createChange(subject, classOf(moved), `in another order; ${effect}`)]
}

/** A tool, or the tools of a server, as the rules see it. */
interface Target {
  readonly name: string
  readonly inA: TargetSide | undefined
  readonly inB: TargetSide | undefined
  /** For those that runs of the older spec can have called. */
  readonly concern: Concern | undefined
}

interface TargetSide {
  readonly matches: (rule: ApprovalRule) => boolean
  readonly isGated: boolean
  /** The rules that can decide it, in order, without what makes no difference. */
  readonly decisions: string
}

function targetsOf(sides: Sides): readonly Target[] {
  const { a, b, toolKeys, usedInA } = sides
  const known = new Set(toolKeys.values())
  const serverNames = new Set([...Object.keys(b.mcp_servers), ...Object.keys(a.mcp_servers)])
  return [
    ...Object.keys(a.tools).map((key): Target => {
      const other = toolKeys.get(key)
      const node: Node = `tools/${key}`
      const concern: Concern = { of: 'node', node, calls: { tool: key } }
      return {
        name: a.tools[key]?.name ?? key,
        inA: toolSide(a, key),
        inB: other === undefined ? undefined : toolSide(b, other),
        concern: other !== undefined && usedInA.has(node) ? concern : undefined,
      }
    }),
    ...Object.keys(b.tools).flatMap((key): readonly Target[] =>
      known.has(key)
        ? []
        : [{ name: b.tools[key]?.name ?? key, inA: undefined, inB: toolSide(b, key), concern: undefined }],
    ),
    ...[...serverNames].map((name): Target => {
      const node: Node = `mcp_servers/${name}`
      const isKept = usedInA.has(node) && Object.hasOwn(b.mcp_servers, name)
      const concern: Concern = { of: 'node', node, calls: { server: name } }
      return {
        name: `server ${name}`,
        inA: serverSide(a, name),
        inB: serverSide(b, name),
        concern: isKept ? concern : undefined,
      }
    }),
  ]
}

function toolSide(program: Program, key: string): TargetSide {
  const tool = program.tools[key]
  const isOne = tool?.type !== 'openapi' && tool?.type !== 'hosted_mcp'
  const matches = (rule: ApprovalRule): boolean => ruleMatchesTool(program, rule, key)
  return { matches, isGated: isGatedTool(program, key), decisions: decisionsOf(program, matches, isOne) }
}

function serverSide(program: Program, name: string): TargetSide {
  const matches = (rule: ApprovalRule): boolean => ruleMatchesServer(program, rule, name)
  return { matches, isGated: isGatedServer(program, name), decisions: decisionsOf(program, matches, false) }
}

/** For one tool the pattern that named it makes no difference, nor does what comes after a rule that always decides. */
function decisionsOf(program: Program, matches: (rule: ApprovalRule) => boolean, isOneTool: boolean): string {
  const decisions = new Set<string>()
  for (const { agent, tool, when, decide } of program.approvals.rules.filter(matches)) {
    decisions.add(canonicalJson(isOneTool ? { agent, when, decide } : { agent, tool, when, decide }))
    if (isOneTool && agent === undefined && when === undefined) break
  }
  return [...decisions].join('\n')
}

function isDecidedOtherwise({ inA, inB }: Target): boolean {
  return inA?.decisions !== inB?.decisions
}

/** Those that are decided otherwise, and that a run can have called. */
function concernsOf(targets: readonly Target[]): readonly Concern[] {
  return targets.filter(isDecidedOtherwise).flatMap(({ concern }) => (concern === undefined ? [] : [concern]))
}

/** A rule that is about new tools only came with them. */
function classOf(targets: readonly Target[]): ChangeClass {
  const kept = targets.filter(({ concern }) => concern !== undefined)
  if (kept.some(({ inA, inB }) => inA?.isGated === true || inB?.isGated === true)) return 'needs_reapproval'
  if (kept.length > 0) return 'behavioural'
  return targets.some(({ inB }) => inB !== undefined) ? 'compatible' : 'cosmetic'
}

function subjectOf(
  rule: Partial<ApprovalRule>,
  { old, young }: RulePlaces,
  concerns: readonly Concern[],
): Subject {
  const about = rule.tool === undefined ? 'every tool' : rule.tool
  const of = rule.agent === undefined ? '' : ` of agent ${rule.agent}`
  return {
    label: `approval rule for ${about}${of}`,
    ...(old === undefined ? {} : { a: ['approvals', 'rules', old] }),
    ...(young === undefined ? {} : { b: ['approvals', 'rules', young] }),
    concerns,
  }
}

function sentenceOf(before: ApprovalRule | undefined, after: ApprovalRule | undefined): string {
  if (before === undefined) return `added: ${decisionText(after)}`
  if (after === undefined) return `removed (was: ${decisionText(before)})`
  return `is now: ${decisionText(after)}, was: ${decisionText(before)}`
}

function decisionText(rule: ApprovalRule | undefined): string {
  return rule?.when === undefined ? String(rule?.decide) : `${rule.decide} when ${rule.when}`
}

function ruleAt(rules: readonly ApprovalRule[], index: number | undefined): ApprovalRule | undefined {
  return index === undefined ? undefined : rules[index]
}
