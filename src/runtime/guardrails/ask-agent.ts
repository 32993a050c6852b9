/** Asks the agent of a guardrail: a run of its own, in memory, that nobody sees and no session keeps. */
import { randomUUID } from 'node:crypto'
import { invariant } from '../../util/invariant.ts'
import { parseJson } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { createJournalWriter } from '../runner/journal-writer.ts'
import type { JournalWriter } from '../runner/journal-writer.ts'
import type { RunContext } from '../runner/run-context.ts'
import { startState } from '../state/apply.ts'
import type { EventOf } from '../state/events.ts'
import type { Usage } from '../state/usage.ts'
import { memoryStore } from '../store/memory/memory-store.ts'
import { agentOf } from '../tools/resolve-call.ts'
import type { GuardContext } from './guard-context.ts'
import { itemsFor } from './subject.ts'
import type { Subject } from './subject.ts'

/** Guardrails of agents of guardrails: more levels than anybody means. */
const DEEPEST = 3

/** Turns of an agent whose spec sets no limit: what guards must come to an end. */
const MOST_TURNS = 10

/** Its final output, and what it cost. Throws where it has none: it failed, or would need a person. */
export async function askAgent(
  guard: GuardContext,
  agent: string,
  subject: Subject,
): Promise<{ readonly output: Json; readonly usage: Usage }> {
  if (guard.depth >= DEEPEST) {
    throw new Error(`the agents of guardrails guard each other, more than ${DEEPEST} levels deep`)
  }
  const writer = await openJournal(guard, agent, subject)
  const run: RunContext = {
    ...guard,
    writer,
    // Whoever watches the run is told of connections there.
    mcp: { ...guard.mcp, takeConnected: () => [] },
    path: [],
    history: [],
    stream: guard.state.options.stream ?? true,
    unattended: 'fail',
    guardDepth: guard.depth + 1,
    outerGuard: null,
    channel: null,
    observer: null,
    stopsAfterTurn: () => false,
  }
  const text = await drain(run.driveNested(run))
  if (text === null) throw new Error(`agent ${agent} calls a tool that needs a person's approval`)
  return { output: outputOf(run, agent, text), usage: writer.state.usage }
}

async function drain(events: AsyncGenerator<unknown, string | null>): Promise<string | null> {
  for (;;) {
    const step = await events.next()
    if (step.done === true) return step.value
  }
}

/** The value, when the agent declares what its output looks like; a tool that ended the run gives text all the same. */
function outputOf({ spec }: RunContext, agent: string, text: string): Json {
  if (agentOf(spec.program, agent).output === undefined) return text
  try {
    return parseJson(text)
  } catch {
    return text
  }
}

async function openJournal(guard: GuardContext, agent: string, subject: Subject): Promise<JournalWriter> {
  const { spec, state, clock } = guard
  const { model, agent_models, stream } = state.options
  const store = memoryStore({ now: () => clock.now().getTime() })
  // A name of its own: what its tools do is not done twice, and not taken for what the guarded run does.
  const runId = `${state.run_id}:${randomUUID()}`
  const grant = await store.acquireLease({
    run_id: runId,
    session_id: null,
    holder: {
      driver_id: runId,
      host: '',
      boot_id: '',
      pid_namespace: '',
      pid: 0,
      process_start: '',
    },
    isGone: () => false,
  })
  invariant(grant.ok, 'a new store has no leases')
  const started: EventOf<'run.started'> = {
    type: 'run.started',
    run_id: runId,
    seq: 1,
    at: clock.now().toISOString(),
    spec: spec.reference,
    session: null,
    agent,
    input: itemsFor(subject),
    context: structuredClone(state.context),
    options: {
      ...(model === undefined ? {} : { model }),
      ...(agent_models === undefined ? {} : { agent_models }),
      ...(stream === undefined ? {} : { stream }),
      max_turns: spec.program.run.max_turns ?? MOST_TURNS,
    },
    base_dir: state.base_dir,
  }
  return createJournalWriter({
    store,
    lease: grant.lease,
    clock,
    state: startState(started),
    fresh: [started],
  })
}
