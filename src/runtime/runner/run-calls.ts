/**
 * Brings the calls of a turn forward: one proposal for all of them, then the bodies, concurrently. What completes while
 * others still run is made durable at once; the last one rides with the next barrier.
 */
import { createChannel } from '../../util/channel.ts'
import { invariant } from '../../util/invariant.ts'
import type { Channel } from '../../util/channel.ts'
import type { RunFailure } from '../failures.ts'
import { LockDrift } from '../lock/lock-drift.ts'
import type { RunEvent } from '../state/stream-events.ts'
import type { CallState } from '../state/run-state.ts'
import { aboutCall, shownArguments, viewCall } from '../approvals/call-view.ts'
import { guardResult } from '../guardrails/guard-result.ts'
import { usageKey } from '../guardrails/guard-usage.ts'
import type { EventDraft } from '../state/event-draft.ts'
import type { Elicitation } from '../state/elicitation.ts'
import { callsInOrder } from './ordered-calls.ts'
import { mcpConnections } from './mcp-connections.ts'
import { planCalls } from './plan-calls.ts'
import { askQuestion } from './call-drafts.ts'
import type { PlannedAgent, PlannedBody } from './call-drafts.ts'
import { pathOf } from './run-context.ts'
import type { Emission, RunContext } from './run-context.ts'
import { runAgent } from './run-agent.ts'
import type { AgentOutcome } from './run-agent.ts'
import { runBody } from './run-body.ts'

/** Ends without effect when others changed the run meanwhile: the loop decides again. */
export async function* runCalls(
  run: RunContext,
  calls: readonly CallState[],
): AsyncGenerator<Emission, void> {
  const plan = await planCalls(run, callsInOrder(run.spec.program, calls))
  yield* mcpConnections(run)
  const limit = run.spec.program.run.max_tool_concurrency ?? plan.bodies.length
  const first = plan.failure === null ? plan.bodies.slice(0, limit) : []
  const starts = first.flatMap(started)
  const { landed, events } = await run.writer.propose([...plan.drafts, ...starts])
  yield events
  if (!landed) return
  if (plan.failure !== null) throw plan.failure
  if (plan.bodies.length > 0) yield* runBodies(run, first, plan.bodies.slice(limit))
}

/** The start of a body; none for a nested run that goes on. */
function started(body: PlannedBody): readonly EventDraft[] {
  const draft = {
    type: 'tool.started',
    ...aboutCall(body),
    arguments: shownArguments(body.tool, body.arguments),
    decision: body.decision,
    ...usageKey(body.guardrail_usage),
  } as const
  if (!isAgent(body)) return [draft]
  if (body.input === null) return []
  const { agent, max_turns } = body.tool
  return [{ ...draft, nested: { agent, input: body.input, max_turns } }]
}

function isAgent(body: PlannedBody): body is PlannedAgent {
  return body.tool.type === 'agent'
}

/** Runs bodies whose start is durable, and starts the waiting ones as places become free. */
async function* runBodies(
  run: RunContext,
  first: readonly PlannedBody[],
  waiting: readonly PlannedBody[],
): AsyncGenerator<Emission, void> {
  const channel = run.channel ?? createChannel<RunEvent>()
  const siblings = new AbortController()
  const crew: Crew = {
    run,
    channel,
    siblings,
    signal: AbortSignal.any([run.signal, siblings.signal]),
    queue: [...waiting],
    plannedAt: run.writer.foreign,
    running: first.length,
    failure: null,
  }
  const workAll = (): Promise<void> =>
    unlessStopped(Promise.all(first.map((body) => work(crew, body))), run.signal)
  if (run.channel === null) yield* eventsOf(run, channel, workAll)
  else await workAll()
  if (crew.failure !== null) throw crew.failure
}

/** Everything that happens while the bodies of the outer run are at work, nested runs included. */
async function* eventsOf(
  run: RunContext,
  channel: Channel<RunEvent>,
  workAll: () => Promise<void>,
): AsyncGenerator<RunEvent, void> {
  run.writer.deliverTo((events) => events.forEach(channel.push))
  workAll().then(
    () => channel.close(),
    (error: unknown) => channel.close(error),
  )
  try {
    yield* channel
  } finally {
    run.writer.deliverTo(null)
  }
}

/** Whoever ignores the signal is not waited for. */
async function unlessStopped(works: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    await Promise.race([works, stopped])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Bodies that run together: the first failure stops the others. */
interface Crew {
  readonly run: RunContext
  readonly channel: Channel<RunEvent>
  readonly siblings: AbortController
  /** Aborted when the run stops, or the others are stopped. */
  readonly signal: AbortSignal
  readonly queue: PlannedBody[]
  /** The number of events of others when the bodies were planned. */
  readonly plannedAt: number
  running: number
  failure: RunFailure | null
}

/** One place in the crew: a body, then the waiting ones, until there are none. */
async function work(crew: Crew, start: PlannedBody): Promise<void> {
  try {
    for (let body: PlannedBody | undefined = start; body !== undefined;) {
      const failure = await execute(crew, body)
      if (failure !== null) {
        crew.failure ??= failure
        crew.siblings.abort(failure)
      }
      body = await startNext(crew)
      if (body === undefined && crew.running > 1) await crew.run.writer.commit()
    }
  } finally {
    crew.running -= 1
  }
}

/** Starts a waiting body, unless the plan it is part of is no longer the one to follow: then the loop plans anew. */
async function startNext(crew: Crew): Promise<PlannedBody | undefined> {
  const { run, queue, plannedAt } = crew
  if (crew.failure !== null || run.signal.aborted || run.writer.foreign !== plannedAt) return undefined
  const body = queue.shift()
  if (body === undefined) return undefined
  const { landed } = await run.writer.propose(started(body))
  return landed ? body : undefined
}

/** Runs one body and records its outcome, unless it rests. Returns the failure that ends the run, if it is one. */
async function execute(crew: Crew, body: PlannedBody): Promise<RunFailure | null> {
  const { run } = crew
  const outcome = await outcomeOf(crew, body).catch(asDrift)
  if (outcome instanceof LockDrift) return outcome
  if (outcome === null || run.signal.aborted) return null
  const { failure, tripped = [], ...result } = outcome
  tripped.forEach((draft) => run.writer.record(draft))
  run.writer.record({
    type: 'tool.completed',
    ...aboutCall(body),
    arguments: shownArguments(body.tool, body.arguments),
    decision: body.decision,
    ...result,
  })
  return failure
}

function asDrift(error: unknown): LockDrift {
  if (error instanceof LockDrift) return error
  throw error
}

/** The call waits for the answer, with the arguments it began with. */
function questionDraft(run: RunContext, body: PlannedBody, question: Elicitation): EventDraft {
  const view = viewCall(run.spec.program, { ...body.call, edited_arguments: body.arguments })
  invariant(view !== null, 'the call of a body has a tool')
  return askQuestion(run, view, question).draft
}

async function outcomeOf({ run, signal, channel }: Crew, body: PlannedBody): Promise<AgentOutcome | null> {
  if (isAgent(body)) return runAgent(run, body, { signal, channel })
  let ended = false
  const progress = (text: string): void => {
    // What a body still says after its time or its end is part of nothing.
    if (ended || signal.aborted) return
    channel.push({
      type: 'tool.progress',
      run_id: run.writer.state.run_id,
      at: run.clock.now().toISOString(),
      ...pathOf(run),
      call_id: body.call.call_id,
      tool: body.tool.name,
      text,
    })
  }
  const outcome = await runBody(run, body, { signal, progress }).finally(() => {
    ended = true
  })
  if (run.signal.aborted) return null
  if (!('question' in outcome)) return guardResult(run, body, outcome)
  run.writer.record(questionDraft(run, body, outcome.question))
  return null
}
