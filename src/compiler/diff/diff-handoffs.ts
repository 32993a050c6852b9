/** Handoffs of one agent: a handoff is what the model calls, and where that leads. */
import type { HandoffDefinition } from '../program.ts'
import { createChange, onlyIn, partOf } from './change.ts'
import type { Change, Subject } from './change.ts'
import { diffKeys } from './diff-keys.ts'
import { diffNames } from './name-lists.ts'
import type { Sides } from './sides.ts'

export interface HandoffLists {
  /** Name in the newer spec. */
  readonly agent: string
  readonly before: readonly HandoffDefinition[]
  readonly after: readonly HandoffDefinition[]
}

/** `subject` is the agent's list of handoffs. */
export function diffHandoffs(sides: Sides, subject: Subject, lists: HandoffLists): readonly Change[] {
  const { before, after } = lists
  const { added, removed, isReordered } = diffNames(before.map(identityOf), after.map(identityOf))
  const changes: Change[] = []
  for (const [index] of added) {
    const handoff = after[index]
    if (handoff === undefined) continue
    const what = `now hands over to ${handoff.agent} (${handoff.tool_name})`
    changes.push(createChange(onlyIn(partOf(subject, index), 'b'), 'behavioural', what))
  }
  for (const [index] of removed) {
    const handoff = before[index]
    if (handoff !== undefined) changes.push(...removedHandoff(sides, subject, lists, [index, handoff]))
  }
  if (isReordered) changes.push(createChange(subject, 'behavioural', 'handoffs are in another order'))
  return [...changes, ...diffShared(sides, subject, lists)]
}

/** A handoff to an agent that is gone altogether is reported once, at the agent. */
function removedHandoff(
  sides: Sides,
  subject: Subject,
  lists: HandoffLists,
  [index, handoff]: readonly [number, HandoffDefinition],
): readonly Change[] {
  if (!Object.hasOwn(sides.b.agents, handoff.agent)) return []
  const renamed = lists.after.find(({ agent }) => agent === handoff.agent)
  const what =
    renamed === undefined
      ? `no longer hands over to ${handoff.agent}`
      : `hands over to ${handoff.agent} by ${renamed.tool_name}, no longer by ${handoff.tool_name}`
  return [createChange(onlyIn(subjectOf(sides, subject, lists, index), 'a'), 'breaking', what)]
}

function diffShared(sides: Sides, subject: Subject, lists: HandoffLists): readonly Change[] {
  return [...lists.after.entries()].flatMap(([index, handoff]) => {
    const old = lists.before.findIndex((one) => identityOf(one) === identityOf(handoff))
    const before = lists.before[old]
    if (before === undefined) return []
    const { label, concerns } = subjectOf(sides, subject, lists, old)
    const both: Subject = {
      label: `${label}: handoff to ${handoff.agent}`,
      ...(subject.a === undefined ? {} : { a: [...subject.a, old] }),
      ...(subject.b === undefined ? {} : { b: [...subject.b, index] }),
      concerns,
    }
    return diffKeys(sides, both, [before, handoff], () => 'behavioural')
  })
}

/** The handoff at a place in the older list; a run that has called it waits on it. */
function subjectOf(sides: Sides, subject: Subject, { agent, before }: HandoffLists, index: number): Subject {
  const old = sides.oldAgent(agent)
  const name = sides.older.agents[old]?.handoffs[index]?.tool_name ?? before[index]?.tool_name ?? ''
  return {
    ...partOf(subject, index),
    concerns: [{ of: 'node', node: `agents/${old}`, calls: { agent: old, name } }],
  }
}

function identityOf({ agent, tool_name: toolName }: HandoffDefinition): string {
  return JSON.stringify([agent, toolName])
}
