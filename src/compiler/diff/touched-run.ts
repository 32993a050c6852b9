/** Narrows the changes between two specs to one run: those that touch what it has in hand, and what it may come to. */
import type { Program } from '../program.ts'
import { isAtLeast, milderClass, worstClass } from './change.ts'
import type { CallPattern, Change, ChangeClass, Concern, Node } from './change.ts'
import { reachableFrom, runGuardrails } from './node-graph.ts'

/** A call that a run waits for, or has not finished. */
export interface CallInHand {
  readonly agent: string
  /** As the model writes it. */
  readonly name: string
  readonly server: string | null
  /** The parsed arguments, or the raw text when that is no JSON. */
  readonly arguments: unknown
  /** A person was asked about it, or has decided. */
  readonly isAsked: boolean
}

/** What a run has in hand, in the names of its own spec. */
export interface RunInHand {
  /** Every agent that has had a turn. */
  readonly agents: readonly string[]
  /** The agents that go on when it does. */
  readonly active: readonly string[]
  readonly calls: readonly CallInHand[]
  /** Tools with a decision that holds for all their calls. */
  readonly sticky: readonly Pick<CallInHand, 'agent' | 'name' | 'server'>[]
}

export interface RunVerdict {
  readonly class: ChangeClass
  /** The changes that touch the run, the worst first. */
  readonly reasons: readonly string[]
}

/** True when the arguments of a call fit the parameters of a tool of the newer spec. */
export type ArgumentsFit = (tool: string, args: unknown) => boolean

/**
 * What changes mean for one run of the older spec. What it does not have in hand and may still come to can only make it
 * act differently; what it cannot come to does not touch it.
 *
 * @param older The spec the run is pinned to.
 * @param changes From that spec to the newer one.
 */
export function judgeRun(
  older: Program,
  changes: readonly Change[],
  run: RunInHand,
  argumentsFit: ArgumentsFit,
): RunVerdict {
  const view = createView(older, run, argumentsFit)
  const touching = changes.flatMap((change) => {
    const touched = worstTouch(change, view)
    return touched === undefined ? [] : [{ touched, what: change.what }]
  })
  const isCosmetic = changes.every((change) => change.class === 'cosmetic')
  const classes = touching.map(({ touched }) => touched)
  return {
    class: worstClass([isCosmetic ? 'cosmetic' : 'compatible', ...classes]),
    reasons: touching.sort((one, other) => (isAtLeast(one.touched, other.touched) ? -1 : 1)).map(({ what }) => what),
  }
}

interface View {
  readonly agents: ReadonlySet<string>
  readonly reachable: ReadonlySet<Node>
  readonly calls: readonly CallView[]
  readonly argumentsFit: ArgumentsFit
}

interface CallView extends CallInHand {
  /** The key of its tool; absent for a handoff, a server's tool, and a name the agent does not have. */
  readonly tool: string | undefined
  readonly isSticky: boolean
}

function createView(older: Program, run: RunInHand, argumentsFit: ArgumentsFit): View {
  const starts = [...run.active.map((name): Node => `agents/${name}`), ...runGuardrails(older)]
  const keyOf = ({ agent, name }: Pick<CallInHand, 'agent' | 'name'>): string | undefined =>
    older.agents[agent]?.tools.find((key) => older.tools[key]?.name === name)
  return {
    agents: new Set(run.agents),
    reachable: reachableFrom(older, starts),
    calls: [
      ...run.calls.map((call) => ({ ...call, tool: keyOf(call), isSticky: false })),
      ...run.sticky.map((call) => ({ ...call, arguments: null, isAsked: true, tool: keyOf(call), isSticky: true })),
    ],
    argumentsFit,
  }
}

/** The class a change has for the run; `undefined` when it does not touch it, or changes nothing that it had. */
function worstTouch(change: Change, view: View): ChangeClass | undefined {
  if (!isAtLeast(change.class, 'behavioural')) return undefined
  const classes = change.concerns.flatMap((concern) => touchOf(change, concern, view) ?? [])
  return classes.length === 0 ? undefined : worstClass(classes)
}

function touchOf(change: Change, concern: Concern, view: View): ChangeClass | undefined {
  if (concern.of === 'every_run') return change.class
  if (concern.of === 'new_runs') return undefined
  const { node, calls: pattern } = concern
  if (pattern === undefined) {
    if (node.startsWith('agents/') && view.agents.has(node.slice('agents/'.length))) return change.class
  } else {
    const touched = view.calls.filter((call) => fitsPattern(call, pattern))
    if (touched.length > 0) return worstClass(touched.map((call) => touchOfCall(change, call, view)))
  }
  return view.reachable.has(node) ? milderClass(change.class, 'behavioural') : undefined
}

/** A call that somebody was asked about is asked anew when what the answer is bound to changes. */
function touchOfCall(change: Change, call: CallView, { argumentsFit }: View): ChangeClass {
  const { refusedBy } = change
  const isHarmless = refusedBy !== undefined && (call.isSticky || argumentsFit(refusedBy, call.arguments))
  const changeClass = isHarmless ? 'needs_reapproval' : change.class
  if (!call.isAsked) return isHarmless ? 'behavioural' : changeClass
  return change.isBinding === true ? worstClass([changeClass, 'needs_reapproval']) : changeClass
}

function fitsPattern(call: CallView, { agent, name, tool, server }: CallPattern): boolean {
  return (
    (agent === undefined || agent === call.agent) &&
    (name === undefined || name === call.name) &&
    (tool === undefined || tool === call.tool) &&
    (server === undefined || server === call.server)
  )
}
