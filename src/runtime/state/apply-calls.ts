/** The part of the fold that is about calls: what the model asked for, what people decided, what came of it. */
import { invariant } from '../../util/invariant.ts'
import { isJsonObject } from '../../util/json.ts'
import type { JsonObject } from '../../util/json.ts'
import { applyMergePatch } from '../../util/merge-patch.ts'
import type { EventOf } from './events.ts'
import { answerKey, callKey, readCall } from './call-item.ts'
import type { CallItem } from './call-item.ts'
import { handoffOutput, turnItems, unsentOutputs } from './history.ts'
import { callOf, findCall, frameOf, newFrame } from './mutable-state.ts'
import type { Mutable, MutableFrame, MutableState } from './mutable-state.ts'
import { frameKey } from './run-state.ts'
import type { CallState, FrameState, RequestState } from './run-state.ts'
import { addUsage } from './usage.ts'
import type { Usage } from './usage.ts'

export function respond(state: MutableState, event: EventOf<'model.responded'>): void {
  const frame = frameOf(state, event)
  state.usage = addUsage(state.usage, event.usage)
  addGuardrailUsage(state, event)
  state.last_response_id = event.response_id
  countAttempts(state, frame.agent, event.attempts)
  if (event.withheld === true) return
  frame.unjudged = event.judged_input === undefined ? [] : frame.unjudged.slice(event.judged_input)
  frame.response = event.items
  frame.answered = {
    response_id: event.response_id,
    before: { response_id: frame.answered.response_id, unsent: frame.unsent },
    discarded: null,
  }
  frame.unsent = []
  frame.settled = false
  const { calls, ambiguous } = readCalls(event, frame)
  frame.calls = calls
  frame.ambiguous_call = ambiguous
}

/** The calls of a response. The same call twice is one call; one id for two different calls is ambiguous. */
function readCalls(
  { items, restored = [] }: EventOf<'model.responded'>,
  frame: FrameState,
): { calls: Mutable<CallState>[]; ambiguous: string | null } {
  const byId = new Map<string, Mutable<CallState>>()
  const written = new Map<string, string>()
  const answered = new Set(items.map(answerKey))
  let ambiguous: string | null = null
  for (const item of items) {
    const made = readCall(item)
    // Commands that ran in a container of the provider come with what they said.
    if (made === null || (made.form === 'shell_call' && answered.has(callKey(item)))) continue
    const known = byId.get(made.call_id)
    if (known === undefined) {
      const own = restored.find((one) => one.call_id === made.call_id)
      written.set(made.call_id, made.arguments_text)
      byId.set(made.call_id, {
        ...made,
        arguments_text: own === undefined ? made.arguments_text : JSON.stringify(own.arguments),
        path: frame.path,
        turn: frame.turn,
        agent: frame.agent,
        disabled: frame.disabled,
        mcp: mcpToolOf(made, frame),
        status: 'open',
        request: null,
        started: null,
        must_ask: false,
        consumed: null,
        edited_arguments: null,
        answers: [],
        output: null,
        is_error: false,
        reason: null,
      })
    } else if (
      known.form !== made.form ||
      known.name !== made.name ||
      written.get(made.call_id) !== made.arguments_text
    ) {
      ambiguous = made.call_id
    }
  }
  return { calls: [...byId.values()], ambiguous }
}

/** The tool of an MCP server that a call means, as this turn offers it. */
function mcpToolOf({ form, name }: CallItem, frame: FrameState): CallState['mcp'] {
  if (form !== 'function_call') return null
  return frame.mcp_tools.find((tool) => tool.name === name) ?? null
}

/** What the agents that guarded a step cost. */
export function addGuardrailUsage(state: MutableState, event: { readonly guardrail_usage?: Usage }): void {
  if (event.guardrail_usage !== undefined) state.usage = addUsage(state.usage, event.guardrail_usage)
}

export function countAttempts(state: MutableState, agent: string, attempts: number): void {
  state.attempts.run += attempts
  state.attempts.by_agent.set(agent, (state.attempts.by_agent.get(agent) ?? 0) + attempts)
}

export function startCall(state: MutableState, event: EventOf<'tool.started'>): void {
  const call = callOf(state, event)
  state.tool_calls += 1
  call.status = 'started'
  call.started = event.seq
  addGuardrailUsage(state, event)
  call.consumed = event.decision
  call.edited_arguments = consume(state, call, event.decision) ?? call.edited_arguments
  frameOf(state, event).tool_users.add(event.agent)
  if (event.nested !== undefined) openNested(state, call, event.nested)
}

/** A nested run begins once; going on with its call finds it as it was. */
function openNested(
  state: MutableState,
  call: CallState,
  nested: NonNullable<EventOf<'tool.started'>['nested']>,
): void {
  const path = [...call.path, call.call_id]
  if (state.frames.has(frameKey(path))) return
  state.frames.set(
    frameKey(path),
    newFrame({ path, agent: nested.agent, max_turns: nested.max_turns }, nested.input),
  )
}

/** The nested run of a completed call is over, with everything it still waited for. */
export function closeNested(state: MutableState, call: CallState): void {
  const depth = call.path.length
  const isInside = (path: readonly string[]): boolean =>
    path[depth] === call.call_id && call.path.every((id, index) => path[index] === id)
  for (const [key, frame] of state.frames) if (isInside(frame.path)) state.frames.delete(key)
  for (const one of state.requests.values()) if (isInside(one.interruption.path)) one.status = 'closed'
}

export function completeCall(state: MutableState, event: EventOf<'tool.completed'>): void {
  const frame = frameOf(state, event)
  const call = callOf(state, event)
  if (call.status !== 'started') consume(state, call, event.decision)
  call.status = 'completed'
  call.output = event.output
  call.is_error = event.is_error
  call.reason = event.reason ?? null
  addGuardrailUsage(state, event)
  closeNested(state, call)
  if (event.failed_attempts !== undefined) {
    countAttempts(state, event.failed_attempts.agent, event.failed_attempts.attempts)
  }
  if (event.context_patch !== undefined) state.context = patchContext(state.context, event.context_patch)
  if (frame.calls.every((one) => one.status === 'completed')) settle(frame)
}

/** Closes the request a step answers; returns the arguments a person edited. */
function consume(state: MutableState, call: Mutable<CallState>, decision: number | null): JsonObject | null {
  const requestState = call.request === null ? undefined : state.requests.get(call.request)
  if (requestState === undefined) return null
  requestState.status = 'closed'
  if (decision === null || requestState.decision?.seq !== decision) return null
  keepAnswer(call, requestState, requestState.decision)
  return requestState.decision.arguments ?? null
}

/** Kept for as long as the call is not done: it may have to begin again once more. */
function keepAnswer(
  call: Mutable<CallState>,
  { interruption, tool_identity }: RequestState,
  decision: EventOf<'approval.decided'>,
): void {
  const { elicitation: question } = interruption
  if (question === undefined) return
  const content = decision.decision === 'approve' && isJsonObject(decision.result) ? decision.result : null
  call.answers = [...call.answers, { question, tool_identity, content }]
}

function patchContext(context: JsonObject, patch: JsonObject): JsonObject {
  const patched = applyMergePatch(context, patch)
  invariant(isJsonObject(patched), 'the context stays an object')
  return patched
}

export function request(state: MutableState, event: EventOf<'approval.requested'>): void {
  const call = callOf(state, event)
  const former = call.request === null ? undefined : state.requests.get(call.request)
  if (former !== undefined) former.status = 'closed'
  addGuardrailUsage(state, event)
  call.request = event.seq
  call.status = 'pending'
  if (call.mcp !== null && event.mcp_tool !== undefined) {
    call.mcp = { ...call.mcp, ...event.mcp_tool }
  }
  state.requests.set(event.seq, {
    interruption: {
      request: event.seq,
      call_id: event.call_id,
      kind: event.kind,
      agent: event.agent,
      tool: event.tool,
      server: event.server,
      arguments: event.arguments,
      path: event.path ?? [],
      digest: event.digest,
      requested_at: event.at,
      expires_at: event.expires_at,
      ...(event.elicitation === undefined ? {} : { elicitation: event.elicitation }),
    },
    turn: event.turn,
    kind: event.kind,
    tool_identity: event.tool_identity,
    rule: event.rule,
    status: 'pending',
    decision: null,
    stale: false,
    reported: false,
  })
}

export function decide(state: MutableState, event: EventOf<'approval.decided'>): void {
  const requestState = state.requests.get(event.request)
  invariant(requestState !== undefined, `a decision answers request ${event.request}`)
  withdrawSticky(state, requestState)
  requestState.status = 'decided'
  requestState.decision = event
  const { path, call_id } = requestState.interruption
  const call = findCall(state, path, call_id)
  if (call !== undefined && call.request === event.request) call.status = 'decided'
  if (event.always) {
    state.sticky.set(event.tool_identity, {
      decision: event.decision,
      message: event.message ?? null,
      seq: event.seq,
    })
  }
}

/** A replaced decision takes its `always` with it. */
export function withdrawSticky(state: MutableState, requestState: RequestState): void {
  const former = requestState.decision
  if (former === null || !former.always) return
  if (state.sticky.get(former.tool_identity)?.seq === former.seq) state.sticky.delete(former.tool_identity)
}

export function handOff(frame: MutableFrame, event: EventOf<'handoff.occurred'>): void {
  const handoff = { to: event.to, call_id: event.call_id, ignored: event.ignored }
  frame.handoff = handoff
  for (const call of frame.calls) {
    const output = handoffOutput(handoff, call.call_id)
    if (output !== null) answer(call, output)
  }
  settle(frame)
  if (event.view !== undefined) frame.view = { ...event.view, from: frame.items.length }
  frame.agent = event.to
}

function answer(call: Mutable<CallState>, output: string): void {
  call.status = 'completed'
  call.output = output
}

/** Takes back what an untrusted journal decided: those calls wait again, and what had started is asked about. */
export function distrust(state: MutableState): void {
  state.sticky.clear()
  state.accepted_drift.clear()
  for (const requestState of state.requests.values()) {
    if (requestState.status !== 'decided') continue
    requestState.status = 'pending'
    requestState.decision = null
  }
  for (const frame of state.frames.values()) {
    for (const call of frame.calls) {
      if (call.status === 'decided') call.status = 'pending'
      if (call.status === 'started') call.must_ask = true
      call.answers = []
    }
  }
}

/** The turn becomes history. */
export function settle(frame: MutableFrame): void {
  frame.items.push(...turnItems(frame))
  frame.unsent.push(...unsentOutputs(frame))
  frame.settled = true
}
