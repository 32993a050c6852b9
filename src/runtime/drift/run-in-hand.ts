/** What a run that rests has in hand, for the question which changes of its spec would touch it. */
import type { CallInHand, RunInHand } from '../../compiler/diff/judge-run.ts'
import { readArguments } from '../approvals/call-view.ts'
import type { CallState, FrameState, RequestState, RunState } from '../state/run-state.ts'

/** Unfinished calls, requests that are not closed, decisions that hold on, and the agents of the run. */
export function runInHand(state: RunState): RunInHand {
  const frames = [...state.frames.values()]
  const active = frames.flatMap(({ agent, handoff }) => (handoff === null ? [agent] : [agent, handoff.to]))
  const requests = [...state.requests.values()]
  const calls = frames.flatMap((frame) => unfinishedCalls(frame).map((call) => callInHand(state, call)))
  const inCalls = new Set(frames.flatMap((frame) => unfinishedCalls(frame).map(({ request }) => request)))
  const others = requests.filter(
    ({ status, interruption }) => status !== 'closed' && !inCalls.has(interruption.request),
  )
  const decisions = new Set([...state.sticky.values()].map(({ seq }) => seq))
  return {
    agents: [...new Set([...state.attempts.by_agent.keys(), ...active])],
    active: [...new Set(active)],
    calls: [...calls, ...others.map(requestInHand)],
    sticky: requests.flatMap(({ decision, interruption: { agent, tool, server } }) =>
      decision !== null && decisions.has(decision.seq)
        ? [{ agent, name: tool, server, decision: decision.seq }]
        : [],
    ),
  }
}

function unfinishedCalls(frame: FrameState): readonly CallState[] {
  return frame.settled ? [] : frame.calls.filter(({ status }) => status !== 'completed')
}

function callInHand(state: RunState, call: CallState): CallInHand {
  const request = call.request === null ? undefined : state.requests.get(call.request)
  const isAsked = request !== undefined && request.status !== 'closed'
  return {
    agent: call.agent,
    name: call.mcp?.tool ?? call.name,
    server: call.mcp?.server ?? request?.interruption.server ?? null,
    arguments: request?.decision?.arguments ?? readArguments(call).usable ?? call.arguments_text,
    isAsked: call.must_ask || isAsked,
    ...(isAsked ? { request: request.interruption.request } : {}),
  }
}

function requestInHand({ interruption, decision }: RequestState): CallInHand {
  const { agent, tool, server, request, arguments: args } = interruption
  return { agent, name: tool, server, arguments: decision?.arguments ?? args, isAsked: true, request }
}
