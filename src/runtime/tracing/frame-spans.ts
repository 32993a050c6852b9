/** The spans of one frame: the agent that is active, its turn, and the attempt at a model under way. */
import type { Span } from '@opentelemetry/api'
import { shownItems } from './shown-items.ts'
import { messageOf } from '../../util/message-of.ts'
import type { ModelFailure } from '../failures.ts'
import type { EventOf } from '../state/events.ts'
import type { RunEvent } from '../state/stream-events.ts'
import { frameKey } from '../state/run-state.ts'
import { NO_USAGE } from '../state/usage.ts'
import {
  finishReason,
  inputMessages,
  outputMessages,
  systemInstructions,
  toolDefinitions,
} from './genai-messages.ts'
import { splitModelName } from './provider-name.ts'
import { callKey, contentOf, countUsage, messageIfWanted } from './segment-trace.ts'
import type { FrameSpans, SegmentTrace } from './segment-trace.ts'
import type { SpanValues } from './span-pen.ts'
import { agentValues, commonValues, questionValues, toolValues, usageValues } from './span-values.ts'

/** Why something that is open ends with its frame: `null` for no failure (it paused, it was stopped, it is done). */
export interface Ending {
  readonly at: Date
  readonly error: { readonly type: string; readonly message: string } | null
  readonly values?: SpanValues
}

export function frameAt(trace: SegmentTrace, path: readonly string[]): FrameSpans {
  const key = frameKey(path)
  const known = trace.frames.get(key)
  if (known !== undefined) return known
  const frame: FrameSpans = {
    path,
    agent: null,
    turn: null,
    chat: null,
    questions: [],
    question: null,
    failures: [],
    known: trace.knownFrames.get(key) ?? null,
  }
  trace.frames.set(key, frame)
  return frame
}

/** The span of the turn that is under way, or the rest of one that an earlier segment began. */
export function turnSpan(
  trace: SegmentTrace,
  path: readonly string[],
  at: Date,
  said: { readonly turn?: number; readonly agent?: string } = {},
): Span {
  const frame = frameAt(trace, path)
  const number = said.turn ?? frame.turn?.number ?? frame.known?.turn ?? 0
  if (frame.turn?.number === number) return frame.turn.span
  const name = frame.agent?.name ?? said.agent ?? frame.known?.agent ?? ''
  return openTurn(trace, frame, at, { agent: name, number, continued: true })
}

export function startTurn(trace: SegmentTrace, event: EventOf<'turn.started'>, at: Date): void {
  const frame = frameAt(trace, event.path ?? [])
  openTurn(trace, frame, at, { agent: event.agent, number: event.turn, continued: false })
}

function openTurn(
  trace: SegmentTrace,
  frame: FrameSpans,
  at: Date,
  turn: { readonly agent: string; readonly number: number; readonly continued: boolean },
): Span {
  endTurn(frame, at)
  const parent = agentSpan(trace, frame, at, turn.agent)
  const span = trace.pen.start({
    name: `turn ${turn.number}`,
    at,
    parent,
    values: {
      ...commonValues(trace),
      'agentspec.turn': turn.number,
      'agentspec.continued': turn.continued ? true : null,
    },
  })
  frame.turn = { span, number: turn.number }
  return span
}

/** A handoff ends the span of one agent; that of the next begins with its first turn. */
function agentSpan(trace: SegmentTrace, frame: FrameSpans, at: Date, name: string): Span {
  if (frame.agent?.name === name) return frame.agent.span
  endAgent(trace, frame, { at, error: null })
  const span = trace.pen.start({
    name: `invoke_agent ${name}`,
    at,
    parent: parentOf(trace, frame.path, at),
    values: agentValues(trace, name),
  })
  frame.agent = { span, name, usage: NO_USAGE }
  return span
}

/** The outer run belongs to the segment, a nested one to the call that opened it, perhaps in an earlier segment. */
function parentOf(trace: SegmentTrace, path: readonly string[], at: Date): Span {
  const callId = path.at(-1)
  if (callId === undefined) return segmentSpan(trace)
  const outer = path.slice(0, -1)
  const open = trace.tools.get(callKey(outer, callId))
  if (open !== undefined) return open.span
  const known = trace.knownCalls.get(callKey(outer, callId))
  const tool = known?.tool ?? callId
  const span = trace.pen.start({
    name: `execute_tool ${tool}`,
    at,
    parent: turnSpan(trace, outer, at, known),
    values: { ...toolValues(trace, { tool, call_id: callId, kind: 'agent' }), 'agentspec.continued': true },
  })
  trace.tools.set(callKey(outer, callId), { span, path: outer })
  return span
}

/** Never before the first event of the segment, which opens it. */
export function segmentSpan(trace: SegmentTrace): Span {
  if (trace.segment === null) throw new TypeError('an event came before the beginning of its segment')
  return trace.segment
}

export function requestModel(trace: SegmentTrace, event: RunEvent & { type: 'model.requested' }): void {
  const path = event.path ?? []
  const frame = frameAt(trace, path)
  const at = new Date(event.at)
  endChat(trace, frame, { at, error: { type: 'model_error', message: event.failure ?? '' } })
  // Another attempt at the same model asks the same.
  if (event.failure === undefined) frame.question = frame.questions.shift() ?? null
  const { provider, model } = splitModelName(event.model)
  const startedAt = new Date(at.getTime() + (event.delay_ms ?? 0))
  const { question } = frame
  const span = trace.pen.start({
    name: `chat ${model}`,
    isClient: true,
    at: startedAt,
    parent: turnSpan(trace, path, at, event),
    values: {
      ...commonValues(trace),
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': provider,
      'gen_ai.request.model': model,
      'gen_ai.agent.name': event.agent,
      'agentspec.attempt': event.attempt,
      ...(question === null ? {} : questionValues(question)),
      ...contentOf(trace, () => askedContent(trace, frame)),
    },
  })
  frame.chat = { span, startedAt, waits: true }
}

function askedContent({ spec }: SegmentTrace, { question }: FrameSpans): SpanValues {
  if (question === null) return {}
  const { instructions, items, functions } = question.request
  return {
    'gen_ai.system_instructions': instructions === null ? null : systemInstructions(instructions),
    'gen_ai.input.messages': inputMessages(shownItems(spec.program, items)),
    'gen_ai.tool.definitions': functions.length === 0 ? null : toolDefinitions(functions),
  }
}

/** The first piece of an answer says how long the model took to begin. */
export function noteFirstPiece(trace: SegmentTrace, path: readonly string[], at: Date): void {
  const { chat } = frameAt(trace, path)
  if (chat === null || !chat.waits) return
  chat.waits = false
  const seconds = Math.max(0, at.getTime() - chat.startedAt.getTime()) / 1000
  trace.pen.set(chat.span, { 'gen_ai.response.time_to_first_chunk': seconds })
}

export function answerModel(trace: SegmentTrace, event: EventOf<'model.responded'>, at: Date): void {
  const frame = frameAt(trace, event.path ?? [])
  countUsage(trace, frame, event.usage)
  if (frame.chat === null) return
  const reason = finishReason(event.items)
  endChat(trace, frame, {
    at,
    error: null,
    values: {
      'gen_ai.response.id': event.response_id,
      'gen_ai.response.finish_reasons': [reason === 'tool_call' ? 'tool_calls' : reason],
      ...usageValues(event.usage),
      ...contentOf(trace, () => ({
        'gen_ai.output.messages': outputMessages(shownItems(trace.spec.program, event.items)),
      })),
    },
  })
}

/** An attempt that ends with an error says what the failure knows: a status, a cause, or its code. */
function endChat(trace: SegmentTrace, frame: FrameSpans, ending: Ending): void {
  const { chat } = frame
  if (chat === null) return
  frame.chat = null
  const failure = ending.error === null ? undefined : frame.failures.shift()
  if (ending.values !== undefined) trace.pen.set(chat.span, ending.values)
  const error = failure === undefined ? ending.error : { type: errorType(failure), message: failure.message }
  if (error !== null) trace.pen.fail(chat.span, error.type, messageIfWanted(trace, error.message))
  chat.span.end(ending.at < chat.startedAt ? chat.startedAt : ending.at)
}

function errorType(failure: ModelFailure): string {
  if (failure.status !== null) return String(failure.status)
  return failure.retryable ?? failure.code
}

function endTurn(frame: FrameSpans, at: Date): void {
  frame.turn?.span.end(at)
  frame.turn = null
}

function endAgent(trace: SegmentTrace, frame: FrameSpans, ending: Ending): void {
  endTurn(frame, ending.at)
  const { agent } = frame
  if (agent === null) return
  frame.agent = null
  trace.pen.set(agent.span, { ...usageValues(agent.usage), ...ending.values })
  if (ending.error !== null) {
    trace.pen.fail(agent.span, ending.error.type, messageIfWanted(trace, ending.error.message))
  }
  agent.span.end(ending.at)
}

/** Ends everything that is open in the frame at `path` and in those it has opened, the innermost first. */
export function endFrames(trace: SegmentTrace, path: readonly string[], ending: Ending): void {
  const isWithin = (inner: { readonly path: readonly string[] }): boolean =>
    path.every((callId, depth) => inner.path[depth] === callId)
  const byDepth = (a: { path: readonly string[] }, b: { path: readonly string[] }): number =>
    b.path.length - a.path.length
  for (const frame of [...trace.frames.values()].filter(isWithin).sort(byDepth)) {
    const isOuter = frame.path.length === path.length
    for (const [key, tool] of trace.tools) {
      if (frameKey(tool.path) !== frameKey(frame.path)) continue
      tool.span.end(ending.at)
      trace.tools.delete(key)
    }
    endChat(trace, frame, { at: ending.at, error: ending.error })
    endAgent(trace, frame, isOuter ? ending : { at: ending.at, error: null })
    trace.frames.delete(frameKey(frame.path))
  }
}

/** What a segment threw, as an error of its spans. */
export function errorOf(error: unknown): Ending['error'] {
  if (error === undefined) return null
  const code = error instanceof Error && 'code' in error ? String(error.code) : '_OTHER'
  return { type: code, message: messageOf(error) }
}
