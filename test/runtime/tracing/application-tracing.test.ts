/** Runs inside an application: its own TracerProvider gets the spans, where its own spans are. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import type { Context, ContextManager } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterEach, describe, expect, test } from 'vitest'
import { traceIdsOf } from '../../../src/runtime/tracing/trace-ids.ts'
import { compiled, program } from '../../support/program.ts'
import { call, read, runtimeOver, SOURCE, write } from '../../support/runs.ts'

/** What an application registers; everything is taken back when the test is over. */
function register(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(contextManager())
  return exporter
}

/** The active span follows asynchronous code, as with the context manager of @opentelemetry/sdk-node. */
function contextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>()
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...args) => storage.run(active, () => work.apply(self, args)),
    bind: (_active, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  return manager
}

afterEach(() => {
  trace.disable()
  context.disable()
})

const spec = compiled(
  program({ script: [call('write', { n: 1 }), { text: 'done' }], tools: [read, write], source: SOURCE }),
)

describe('in an application with a TracerProvider', () => {
  test('a run is a child of the span that is active where it was started', async () => {
    const exporter = register()
    const runtime = runtimeOver()
    await trace.getTracer('app').startActiveSpan('request', async (request) => {
      await runtime.start(spec, 'Go', { unattended: 'allow' }).result
      request.end()
    })
    const spans = exporter.getFinishedSpans()
    const request = spans.find(({ name }) => name === 'request')!
    const run = spans.find(({ name }) => name === 'invoke_workflow test')!
    expect(run.parentSpanContext?.spanId).toBe(request.spanContext().spanId)
    expect(spans.map(({ name }) => name)).toContain('execute_tool write')
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1)
  })

  test('without an active span, every segment of a run is in the trace of the run', async () => {
    const exporter = register()
    const runtime = runtimeOver()
    const paused = await runtime.start(spec, 'Go').result
    await runtime.decide(paused.run_id, {
      calls: 'all',
      decision: 'approve',
      by: 'me',
      always: false,
      replace: false,
    })
    await runtime.resume(paused.run_id).result
    const { traceId, rootSpanId } = traceIdsOf(paused.run_id)
    const spans = exporter.getFinishedSpans()
    expect(new Set(spans.map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]))
    const segments = spans.filter(({ name }) => name === 'invoke_workflow test')
    expect(segments.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
      rootSpanId,
      rootSpanId,
    ])
  })

  test('a spec that is not traced sends nothing', async () => {
    const exporter = register()
    const quiet = compiled(
      program({ script: [{ text: 'done' }], overrides: { tracing: { enabled: false } } }),
    )
    await runtimeOver().start(quiet, 'Go').result
    expect(exporter.getFinishedSpans()).toEqual([])
  })
})

test('without a TracerProvider runs work as they do', async () => {
  expect((await runtimeOver().start(spec, 'Go').result).status).toBe('paused')
})
