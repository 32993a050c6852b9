/** Events to spans where a real run does not get easily: guardrails, broken segments, events out of the usual order. */
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { describe, expect, test } from 'vitest'
import { ModelFailure, StoreFailure } from '../../../src/runtime/failures.ts'
import { createSpecLinker } from '../../../src/runtime/link/link-spec.ts'
import { startState } from '../../../src/runtime/state/apply.ts'
import type { EventOf } from '../../../src/runtime/state/events.ts'
import type { RunEvent } from '../../../src/runtime/state/stream-events.ts'
import { guardedObserver } from '../../../src/runtime/tracing/guarded-observer.ts'
import type { RunObserver } from '../../../src/runtime/tracing/run-observer.ts'
import { createSegmentSpans } from '../../../src/runtime/tracing/segment-spans.ts'
import { tracingSettings } from '../../../src/runtime/tracing/tracing-settings.ts'
import { compiled, program } from '../../support/program.ts'

const AT = '2026-11-22T12:00:00.000Z'
const common = { run_id: 'run_1', at: AT }
const STARTED: EventOf<'run.started'> = {
  ...common,
  type: 'run.started',
  seq: 1,
  spec: { name: 'test', version: '1.0.0', hash: 'sha256:0' },
  session: null,
  agent: 'main',
  input: [],
  context: {},
  options: {},
}
const TURN: RunEvent = { ...common, type: 'turn.started', seq: 2, turn: 1, agent: 'main' }
const ASKED = { ...common, type: 'model.requested', turn: 1, agent: 'main', model: 'openai/gpt' } as const
const TOOL = {
  ...common,
  call_id: 'call_1',
  turn: 1,
  agent: 'main',
  tool: 'look',
  kind: 'function',
  server: null,
  arguments: {},
  decision: null,
} as const

interface Watch extends RunObserver {
  readonly spans: () => readonly ReadableSpan[]
  readonly span: (name: string) => ReadableSpan
}

async function watch(tracing = {}): Promise<Watch> {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const tracer = provider.getTracer('test')
  const linker = createSpecLinker({ environment: {}, models: {}, warn: () => {} })
  const observer = createSegmentSpans({
    tracer,
    startSegment: ({ name, at, attributes }) => tracer.startSpan(name, { startTime: at, attributes }),
    spec: await linker.link(compiled(program({}))),
    settings: tracingSettings(tracing, {}),
    state: startState(STARTED),
    now: () => new Date('2026-11-22T12:00:09.000Z'),
  })
  linker.dispose()
  return {
    ...observer,
    spans: () => exporter.getFinishedSpans(),
    span: (name) => exporter.getFinishedSpans().find((span) => span.name === name)!,
  }
}

const state = startState(STARTED)

describe('a guardrail that trips', () => {
  test('has a span in the call it is about, without what it said unless that is wanted', async () => {
    const tripped: RunEvent = {
      ...common,
      type: 'guardrail.tripped',
      seq: 4,
      guardrail: 'no_secrets',
      where: 'tool_input',
      agent: 'main',
      tool: 'look',
      call_id: 'call_1',
      message: 'it was private',
    }
    const quiet = await watch()
    const open = await watch({ include_sensitive_data: true })
    for (const { event, end } of [quiet, open]) {
      for (const one of [STARTED, TURN, { ...TOOL, type: 'tool.started', seq: 3 } as const, tripped])
        event(one)
      end(state)
    }
    const span = quiet.span('guardrail no_secrets')
    expect(span.parentSpanContext?.spanId).toBe(quiet.span('execute_tool look').spanContext().spanId)
    expect(span.attributes).toMatchObject({
      'agentspec.guardrail.where': 'tool_input',
      'agentspec.guardrail.tripped': true,
    })
    expect(span.attributes).not.toHaveProperty('agentspec.guardrail.message')
    expect(open.span('guardrail no_secrets').attributes).toMatchObject({
      'agentspec.guardrail.message': 'it was private',
    })
  })
})

describe('whatever is open', () => {
  test('ends with its segment, now when it was stopped', async () => {
    const observer = await watch()
    for (const one of [STARTED, TURN, { ...TOOL, type: 'tool.started', seq: 3 } as const]) observer.event(one)
    observer.end(state)
    expect(observer.spans().map(({ name }) => name)).toEqual([
      'execute_tool look',
      'turn 1',
      'invoke_agent main',
      'invoke_workflow test',
    ])
    for (const span of observer.spans()) expect(span.duration).toEqual([9, 0])
  })

  test('is an error of the store when the store failed', async () => {
    const observer = await watch()
    for (const one of [STARTED, TURN, { ...ASKED, attempt: 1 }]) observer.event(one)
    observer.end(state, new StoreFailure('the disk is full'))
    for (const name of ['chat gpt', 'invoke_agent main', 'invoke_workflow test']) {
      expect(observer.span(name)).toMatchObject({
        status: { code: 2 },
        attributes: { 'error.type': 'store_error' },
      })
    }
  })
})

describe('an attempt', () => {
  test('begins after the wait before it, and does not end before it began', async () => {
    const observer = await watch()
    const timeout = new ModelFailure('too late', { retryable: 'timeout' })
    observer.event(STARTED)
    observer.event(TURN)
    observer.event({ ...ASKED, attempt: 1 })
    observer.attemptFailed([], timeout)
    observer.event({ ...ASKED, attempt: 2, failure: 'too late', delay_ms: 20_000 })
    observer.end(state)
    const [first, second] = observer.spans().filter(({ name }) => name === 'chat gpt')
    expect(first).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'timeout' } })
    expect(second).toMatchObject({ status: { code: 0 }, duration: [0, 0] })
  })
})

describe('names', () => {
  test('that a model made up are cut', async () => {
    const observer = await watch()
    const tool = 'x'.repeat(10_000)
    const completed = {
      ...TOOL,
      tool,
      output: '',
      is_error: true,
      duration_ms: 0,
      reason: 'not_found',
    } as const
    for (const one of [STARTED, TURN, { ...completed, type: 'tool.completed', seq: 3 } as const]) {
      observer.event(one)
    }
    observer.end(state)
    const [span] = observer.spans()
    expect(span?.name).toHaveLength(128)
    expect(span?.attributes).toMatchObject({ 'error.type': 'not_found' })
  })
})

test('an observer that breaks stops watching, says so once, and disturbs nobody', () => {
  const warnings: string[] = []
  const broken = (): never => {
    throw new Error('a bug')
  }
  const observer = guardedObserver(
    { asks: broken, attemptFailed: broken, listed: broken, event: broken, end: broken },
    (message) => warnings.push(message),
  )
  observer.event(STARTED)
  observer.event(TURN)
  observer.end(state)
  expect(warnings).toEqual(['the run is no longer traced: a bug'])
})
