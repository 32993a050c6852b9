/** Narrows the changes between two specs to one run: those that touch what it has in hand, and what it may come to. */
import type { JsonSchema, Program } from '../program.ts'
import { byClass, isAtLeast, milderClass, worstClass } from './change.ts'
import type { CallPattern, Change, ChangeClass, Concern, Node } from './change.ts'
import { reachableFrom, runGuardrails } from './node-graph.ts'
import { parametersOf } from './tool-keys.ts'

/** A call that a run waits for, or has not finished. */
export interface CallInHand {
  readonly agent: string
  /** As the model writes it. */
  readonly name: string
  readonly server: string | null
  /** The arguments it would run with; the raw text when they are not usable. */
  readonly arguments: unknown
  /** A person was asked about it, or has decided. */
  readonly isAsked: boolean
  /** Names it in the verdict; absent for a call that nobody was asked about. */
  readonly request?: number
}

/** A tool with a decision that holds for all its calls. */
export interface StickyInHand extends Pick<CallInHand, 'agent' | 'name' | 'server'> {
  /** Names the decision in the verdict. */
  readonly decision: number
}

/** What a run has in hand, in the names of its own spec. */
export interface RunInHand {
  /** Every agent that has had a turn. */
  readonly agents: readonly string[]
  /** The agents that go on when it does. */
  readonly active: readonly string[]
  readonly calls: readonly CallInHand[]
  readonly sticky: readonly StickyInHand[]
}

export interface RunVerdict {
  readonly class: ChangeClass
  /** The changes that touch the run, the worst first. */
  readonly reasons: readonly string[]
  /** The changes behind the reasons, in the same order. */
  readonly changes: readonly Change[]
  /** Requests whose answers do not count with the newer spec. */
  readonly ask_again: readonly number[]
  /** Decisions for all calls of a tool that do not hold with it. */
  readonly withdrawn: readonly number[]
}

/** The spec a run is pinned to, the one it would go on with, and what is between them. */
export interface ComparedSpecs {
  readonly older: Program
  readonly newer: Program
  readonly changes: readonly Change[]
}

/** True when a value fits a JSON Schema. */
export type Fits = (schema: JsonSchema, value: unknown) => boolean

/**
 * What the changes mean for one run of the older spec. What it does not have in hand and may still come to can only make
 * it act differently; what it cannot come to does not touch it.
 */
export function judgeRun(specs: ComparedSpecs, run: RunInHand, fits: Fits): RunVerdict {
  const { changes } = specs
  const view = createView(specs, run, fits)
  const touching = changes.flatMap((change) => {
    const touched = worstTouch(change, view)
    return touched === undefined ? [] : [{ class: touched, change }]
  })
  const sorted = touching.sort(byClass).map(({ change }) => change)
  const unbound = view.calls.filter((call) => changes.some((change) => unbinds(change, call, view)))
  const isCosmetic = changes.every((change) => change.class === 'cosmetic')
  return {
    class: worstClass([isCosmetic ? 'cosmetic' : 'compatible', ...touching.map((change) => change.class)]),
    reasons: sorted.map(({ what }) => what),
    changes: sorted,
    ask_again: unbound.flatMap(({ request }) => request ?? []),
    withdrawn: unbound.flatMap(({ decision }) => decision ?? []),
  }
}

/** True when what people decided about a call does not hold after a change. */
function unbinds(change: Change, call: CallView, view: View): boolean {
  if (!call.isAsked || !isAtLeast(change.class, 'behavioural')) return false
  return change.concerns.some((concern) => {
    if (concern.of === 'new_runs') return false
    if (concern.of === 'every_run') return isAtLeast(change.class, 'needs_reapproval')
    if (concern.calls === undefined) {
      return concern.node === `agents/${call.agent}` && isAtLeast(change.class, 'needs_reapproval')
    }
    return fitsPattern(call, concern.calls) && isAtLeast(touchOfCall(change, call, view), 'needs_reapproval')
  })
}

interface View {
  readonly agents: ReadonlySet<string>
  readonly reachable: ReadonlySet<Node>
  readonly calls: readonly CallView[]
  /** A tool of the newer spec takes the arguments of a call, or the older spec did not take them either. */
  readonly accepts: (tool: string, call: CallView) => boolean
}

interface CallView extends CallInHand {
  /** The key of its tool; absent for a handoff, a server's tool, and a name the agent does not have. */
  readonly tool: string | undefined
  /** The servers whose tool it may be. */
  readonly servers: readonly string[]
  readonly isSticky: boolean
  /** Of a decision for all calls. */
  readonly decision?: number
}

function createView({ older, newer }: ComparedSpecs, run: RunInHand, fits: Fits): View {
  const starts = [...run.active.map((name): Node => `agents/${name}`), ...runGuardrails(older)]
  const accepts: View['accepts'] = (key, call) => {
    const before = call.tool === undefined ? undefined : older.tools[call.tool]
    const after = newer.tools[key]
    if (before === undefined || after === undefined || call.isSticky) return call.isSticky
    return (
      fits(parametersOf(after) ?? true, call.arguments) || !fits(parametersOf(before) ?? true, call.arguments)
    )
  }
  return {
    agents: new Set(run.agents),
    reachable: reachableFrom(older, starts),
    calls: [
      ...run.calls.map((call) => viewOf(older, call, false)),
      ...run.sticky.map((call) => viewOf(older, { ...call, arguments: null, isAsked: true }, true)),
    ],
    accepts,
  }
}

function viewOf(older: Program, call: CallInHand, isSticky: boolean): CallView {
  const agent = Object.hasOwn(older.agents, call.agent) ? older.agents[call.agent] : undefined
  const tool = agent?.tools.find((key) => older.tools[key]?.name === call.name)
  const isHandoff = agent?.handoffs.some((handoff) => handoff.tool_name === call.name) === true
  const isUnknown = call.server === null && tool === undefined && !isHandoff
  const known = call.server === null ? [] : [call.server]
  return { ...call, tool, servers: isUnknown ? (agent?.mcp_servers ?? []) : known, isSticky }
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
function touchOfCall(change: Change, call: CallView, { accepts }: View): ChangeClass {
  const { refusedBy, isBinding } = change
  const isHarmless = refusedBy !== undefined && accepts(refusedBy, call)
  const changeClass = isHarmless ? 'needs_reapproval' : change.class
  if (changeClass === 'breaking') return 'breaking'
  if (!call.isAsked) return milderClass(changeClass, 'behavioural')
  return isBinding === true ? 'needs_reapproval' : changeClass
}

function fitsPattern(call: CallView, { agent, name, tool, server }: CallPattern): boolean {
  return (
    (agent === undefined || agent === call.agent) &&
    (name === undefined || name === call.name) &&
    (tool === undefined || tool === call.tool) &&
    (server === undefined || call.servers.includes(server))
  )
}
