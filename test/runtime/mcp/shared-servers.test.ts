/** Servers as others see them: agents of guardrails use those of the run, and traces tell of lists and calls. */
import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, onTestFinished, test } from 'vitest'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { logOf, startedIn, stillRunning, testServer } from '../../support/mcp.ts'
import { agent, compiled } from '../../support/program.ts'
import { runtimeOver } from '../../support/runs.ts'
import { createWorkspace } from '../../support/workspace.ts'
import { byAgent, guarded } from '../guardrails/support.ts'
import type { Guarded } from '../guardrails/support.ts'

const NOTE = { tool_calls: [{ name: 'note', arguments: { text: 'hi' } }] }

function withNotes(given: Omit<Guarded, 'guardrails'> & Partial<Guarded> = {}): {
  readonly path: string
  readonly spec: ReturnType<typeof compiled>
} {
  const workspace = createWorkspace()
  onTestFinished(() => workspace[Symbol.dispose]())
  const { path } = workspace
  const base = guarded({ guardrails: {}, ...given, main: { mcp_servers: ['notes'], ...given.main } })
  const mcp_servers = { notes: testServer('good', path), unused: testServer('good', path) }
  return { path, spec: compiled({ ...base, mcp_servers }) }
}

test('the agent of a guardrail calls the servers of its run, which are started once', async () => {
  const judge = agent({
    mcp_servers: ['notes'],
    output: { schema: { type: 'object' }, name: 'verdict', strict: false },
  })
  const { path, spec } = withNotes({
    scripts: { main: [NOTE, { text: 'fine' }], judge: [NOTE, { output: { bad: false } }] },
    guardrails: { g: byAgent('judge', 'output.bad') },
    main: { output_guardrails: ['g'] },
    agents: { judge },
  })
  const result = await runtimeOver().start(spec, 'Go').result
  expect(result).toMatchObject({ status: 'completed', error: null })
  expect(logOf(path).filter((line) => line.startsWith('call'))).toHaveLength(2)
  expect(startedIn(path)).toHaveLength(1)
  expect(stillRunning(path)).toEqual([false])
})

function spansOf(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter()
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
  )
  onTestFinished(() => trace.disable())
  return exporter
}

test('a trace tells of the list that was asked for, once, and of the server of a call', async () => {
  const exporter = spansOf()
  const { spec } = withNotes({ script: [NOTE, { text: 'fine' }] })
  await runtimeOver().start(spec, 'Go').result
  const spans = exporter.getFinishedSpans()
  const turn = spans.find(({ name }) => name === 'turn 1')
  const [list, ...more] = spans.filter(({ name }) => name.startsWith('list_tools'))
  expect(more).toEqual([])
  expect(list).toMatchObject({
    name: 'list_tools notes',
    attributes: {
      'mcp.method.name': 'tools/list',
      'agentspec.mcp.server': 'notes',
      'agentspec.mcp.tools': 2,
    },
  })
  expect(list?.parentSpanContext?.spanId).toBe(turn?.spanContext().spanId)
  expect(spans.find(({ name }) => name === 'execute_tool note')).toMatchObject({
    attributes: { 'mcp.method.name': 'tools/call', 'agentspec.mcp.server': 'notes' },
  })
})

test('each run that uses a kept server tells of the lists that it asked for itself', async () => {
  const exporter = spansOf()
  const { spec, path } = withNotes({ script: [{ text: 'fine' }] })
  const notes = testServer('good', path, { cache_tools_list: false })
  const asking = compiled({ ...spec.program, mcp_servers: { ...spec.program.mcp_servers, notes } })
  const runtime = createRuntime({ store: memoryStore(), environment: {}, keepServers: true })
  onTestFinished(() => runtime.close())
  for (const input of ['Go', 'Again']) await runtime.start(asking, input).result
  const lists = exporter.getFinishedSpans().filter(({ name }) => name === 'list_tools notes')
  expect(new Set(lists.map((span) => span.spanContext().traceId)).size).toBe(2)
})
