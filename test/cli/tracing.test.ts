/** What a collector gets to see of runs: the tree of spans, over pauses, processes, handoffs, nested runs and failures. */
import { describe, expect, test } from 'vitest'
import { HELLO, SHOP, TOOLS, WAITING, WAITING_TOOLS } from '../support/cli-specs.ts'
import { startCommand } from '../support/live-command.ts'
import { json, startModelServer } from '../support/model-server.ts'
import { readTraceFile, spanNamed, startCollector, treeOf } from '../support/otlp.ts'
import type { Collector } from '../support/otlp.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const to = (collector: Collector, more: Record<string, string> = {}): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  ...more,
})

describe('a run that pauses for an approval and goes on in another process', () => {
  test('is one trace, whose root is the first part of the run', async () => {
    using folder = createWorkspace({ 'shop.yaml': SHOP, 'tools.ts': TOOLS })
    await using collector = await startCollector()
    const options = { cwd: folder.path, env: to(collector) }
    const paused = await runCommand(['run', 'shop.yaml', 'Cancel order 7', '--session', 's1'], options)
    expect(paused.code).toBe(4)
    expect(treeOf(collector.spans())).toEqual([
      'invoke_workflow shop',
      '  invoke_agent desk',
      '    turn 1',
      '      chat main',
    ])
    const resumed = await runCommand(['approve', 'latest', '--resume', '--json'], options)
    expect(resumed.json).toMatchObject({ status: 'completed' })
    const spans = collector.spans()
    expect(treeOf(spans)).toEqual([
      'invoke_workflow shop',
      '  invoke_agent desk',
      '    turn 1',
      '      chat main',
      '  invoke_workflow shop',
      '    invoke_agent desk',
      '      turn 1',
      '        execute_tool cancel',
      '      turn 2',
      '        chat main',
    ])
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length)
    const segments = spans.filter(({ name }) => name === 'invoke_workflow shop')
    expect(segments.map(({ attributes }) => attributes['agentspec.run.status'])).toEqual([
      'paused',
      'completed',
    ])
    expect(segments[1]!.attributes).toMatchObject({ 'agentspec.resumed': 'paused' })
    const turn = spans.find(({ name, events }) => name === 'turn 1' && events.length > 0)
    expect(turn?.events).toEqual(['agentspec.approval.requested'])
  })

  test('has the names and attributes of the GenAI conventions', async () => {
    using folder = createWorkspace({ 'shop.yaml': SHOP, 'tools.ts': TOOLS })
    await using collector = await startCollector()
    const flags = ['--session', 's1', '--approvals', 'allow', '--json']
    const { json: result } = await runCommand(['run', 'shop.yaml', 'Cancel order 7', ...flags], {
      cwd: folder.path,
      env: to(collector, { OTEL_SERVICE_NAME: 'desk-service' }),
    })
    const { run_id: runId } = result as { run_id: string }
    const spans = collector.spans()
    for (const span of spans) {
      expect(span).toMatchObject({ service: 'desk-service', status: { code: 0 } })
      expect(span.attributes).toMatchObject({ 'gen_ai.conversation.id': 's1', 'agentspec.run.id': runId })
      expect(span.end).toBeGreaterThanOrEqual(span.start)
    }
    expect(spanNamed(spans, 'invoke_workflow shop')).toMatchObject({
      kind: 1,
      attributes: { 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.workflow.name': 'shop' },
    })
    expect(spanNamed(spans, 'invoke_agent desk')).toMatchObject({
      kind: 1,
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'desk' },
    })
    expect(spanNamed(spans, 'execute_tool cancel')).toMatchObject({
      kind: 1,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'cancel',
        'gen_ai.tool.call.id': 'call_a',
        'gen_ai.tool.type': 'function',
      },
    })
  })
})

const TEAM = `agentspec: 1
name: team
entry: triage
models:
  main:
    provider: scripted
    script:
      triage: [ { tool_calls: [ { name: transfer_to_billing, arguments: {}, call_id: call_h } ] } ]
      billing:
        - tool_calls: [ { name: research, arguments: { input: prices }, call_id: call_r } ]
        - text: It costs 7.
      researcher:
        - tool_calls: [ { name: cancel, arguments: { order_id: 7 }, call_id: call_c } ]
        - text: '7'
agents:
  triage: { model: main, instructions: Help., handoffs: [billing] }
  billing: { model: main, instructions: Bill., tools: [research] }
  researcher: { model: main, instructions: Look., tools: [cancel] }
tools:
  research: { type: agent, agent: researcher, description: Looks things up }
  cancel:
    type: function
    description: Cancel an order
    handler: ./tools.ts#cancel
    parameters: { type: object, properties: { order_id: { type: integer } }, required: [order_id] }
    needs_approval: true
`

describe('agents that hand over and call each other', () => {
  test('have a span each, where they were called, before and after a pause inside', async () => {
    using folder = createWorkspace({ 'team.yaml': TEAM, 'tools.ts': TOOLS })
    await using collector = await startCollector()
    const options = { cwd: folder.path, env: to(collector) }
    await runCommand(['run', 'team.yaml', 'How much?'], options)
    await runCommand(['approve', 'latest', '--resume'], options)
    const spans = collector.spans()
    expect(treeOf(spans)).toEqual([
      'invoke_workflow team',
      '  invoke_agent triage',
      '    turn 1',
      '      chat main',
      '      handoff billing',
      '  invoke_agent billing',
      '    turn 2',
      '      chat main',
      '      execute_tool research',
      '        invoke_agent researcher',
      '          turn 1',
      '            chat main',
      '  invoke_workflow team',
      '    invoke_agent billing',
      '      turn 2',
      '        execute_tool research',
      '          invoke_agent researcher',
      '            turn 1',
      '              execute_tool cancel',
      '            turn 2',
      '              chat main',
      '      turn 3',
      '        chat main',
    ])
    expect(spanNamed(spans, 'handoff billing').attributes).toMatchObject({
      'agentspec.handoff.from': 'triage',
      'agentspec.handoff.to': 'billing',
      'gen_ai.tool.call.id': 'call_h',
    })
  })
})

const remote = (url: string, more = ''): string => `agentspec: 1
name: remote
models:
  main:
    provider: openai
    model: gpt-5.6-luna
    base_url: ${url}
    settings: { temperature: 0.5, max_tokens: 100 }
    retry: { max_attempts: 2, backoff: { initial: 1ms, max: 1s, jitter: false } }
agents:
  desk: { model: main, instructions: Help with private-instructions. }
${more}`

const ANSWER = {
  id: 'resp_9',
  status: 'completed',
  output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Fine.' }] }],
  usage: {
    input_tokens: 11,
    output_tokens: 5,
    total_tokens: 16,
    input_tokens_details: { cached_tokens: 3 },
    output_tokens_details: { reasoning_tokens: 2 },
  },
}
const BROKEN = json({ error: { message: 'private-trouble' } }, 503)

describe('attempts at a model', () => {
  test('have a span each: the failed one is an error, the next one says what it cost', async () => {
    await using server = await startModelServer(BROKEN, json(ANSWER))
    using folder = createWorkspace({ 'remote.yaml': remote(server.url) })
    await using collector = await startCollector()
    const env = to(collector, { OPENAI_API_KEY: 'sk-test-0123456789' })
    await runCommand(['run', 'remote.yaml', 'Hi', '--no-stream'], { cwd: folder.path, env })
    const [failed, answered] = collector.spans().filter(({ name }) => name === 'chat gpt-5.6-luna')
    expect(failed).toMatchObject({
      kind: 3,
      status: { code: 2 },
      attributes: { 'error.type': '503', 'agentspec.attempt': 1 },
    })
    expect(answered).toMatchObject({
      kind: 3,
      status: { code: 0 },
      attributes: {
        'agentspec.attempt': 2,
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-5.6-luna',
        'gen_ai.request.stream': false,
        'gen_ai.request.temperature': 0.5,
        'gen_ai.request.max_tokens': 100,
        'gen_ai.output.type': 'text',
        'gen_ai.response.id': 'resp_9',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 11,
        'gen_ai.usage.output_tokens': 5,
        'gen_ai.usage.cache_read.input_tokens': 3,
        'gen_ai.usage.reasoning.output_tokens': 2,
        'server.address': '127.0.0.1',
        'server.port': Number(new URL(server.url).port),
      },
    })
    expect(spanNamed(collector.spans(), 'invoke_agent desk').attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 11,
    })
  })

  test('that all fail make the run an error; going on continues the trace', async () => {
    await using server = await startModelServer(BROKEN, BROKEN, json(ANSWER))
    using folder = createWorkspace({ 'remote.yaml': remote(server.url) })
    await using collector = await startCollector()
    const options = {
      cwd: folder.path,
      env: to(collector, { OPENAI_API_KEY: 'sk-test-0123456789', AGENTSPEC_TRACE_CONTENT: '1' }),
    }
    expect((await runCommand(['run', 'remote.yaml', 'Hi', '--no-stream'], options)).code).toBe(1)
    const failed = collector.spans()
    const root = spanNamed(failed, 'invoke_workflow remote')
    expect(root).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'model_error' } })
    expect(root.status.message).toContain('private-trouble')
    const chats = failed.filter(({ name }) => name.startsWith('chat'))
    expect(chats.map(({ attributes }) => attributes['error.type'])).toEqual(['503', '503'])
    await runCommand(['resume', 'latest', '--no-stream'], options)
    const goingOn = collector.spans().filter(({ parentSpanId }) => parentSpanId === root.spanId)
    expect(goingOn.at(-1)).toMatchObject({
      name: 'invoke_workflow remote',
      traceId: root.traceId,
      attributes: { 'agentspec.resumed': 'failed', 'agentspec.run.status': 'completed' },
    })
  })
})

describe('however a run stops, its spans arrive', () => {
  test('when it is interrupted while a tool runs', async () => {
    using folder = createWorkspace({ 'waiting.yaml': WAITING, 'wait.ts': WAITING_TOOLS })
    await using collector = await startCollector()
    const command = startCommand(['run', 'waiting.yaml', 'Wait'], { cwd: folder.path, env: to(collector) })
    await command.waitFor('begun')
    command.signal('SIGTERM')
    expect((await command.ended).code).toBe(130)
    const spans = collector.spans()
    expect(treeOf(spans)).toContain('      execute_tool wait')
    expect(spanNamed(spans, 'invoke_workflow waiting').attributes).toMatchObject({
      'agentspec.run.status': 'interrupted',
    })
  })

  test('when a tool fails: its span is an error, the run is none', async () => {
    const source = `export function cancel() { throw new Error('private-reason') }`
    using folder = createWorkspace({ 'shop.yaml': SHOP, 'tools.ts': source })
    await using collector = await startCollector()
    await runCommand(['run', 'shop.yaml', 'Hi', '--approvals', 'allow'], {
      cwd: folder.path,
      env: to(collector),
    })
    const spans = collector.spans()
    expect(spanNamed(spans, 'execute_tool cancel')).toMatchObject({
      status: { code: 2 },
      attributes: { 'error.type': 'tool_error' },
    })
    expect(spanNamed(spans, 'invoke_workflow shop').status.code).toBe(0)
    expect(collector.requests.map(({ text }) => text).join()).not.toContain('private-reason')
  })

  test('when a person rejects a call: it has a span that says so', async () => {
    using folder = createWorkspace({ 'shop.yaml': SHOP, 'tools.ts': TOOLS })
    const options = { cwd: folder.path }
    await runCommand(['run', 'shop.yaml', 'Hi'], options)
    await runCommand(['reject', 'latest', '--resume', '--trace', 'trace.jsonl'], options)
    const rejected = spanNamed(readTraceFile(`${folder.path}/trace.jsonl`), 'execute_tool cancel')
    expect(rejected.attributes).toMatchObject({ 'agentspec.tool.reason': 'rejected' })
    expect(rejected.end).toBe(rejected.start)
  })

  test('and the span that started the process is linked', async () => {
    using folder = createWorkspace({ 'hello.yaml': HELLO })
    const starter = '0af7651916cd43dd8448eb211c80319c'
    await runCommand(['run', 'hello.yaml', 'Hi', '--trace', 'trace.jsonl'], {
      cwd: folder.path,
      env: { TRACEPARENT: `00-${starter}-b7ad6b7169203331-01` },
    })
    const root = spanNamed(readTraceFile(`${folder.path}/trace.jsonl`), 'invoke_workflow hello')
    expect(root.links).toEqual([starter])
    expect(root.traceId).not.toBe(starter)
  })
})
