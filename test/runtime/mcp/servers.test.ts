/** Runs that use MCP servers: what is offered, called, asked about, and what is left of the servers. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { eventsOf, logOf, startedIn, stillRunning, testServer, withServers } from '../../support/mcp.ts'
import { agent, agentTool, compiled, scripted } from '../../support/program.ts'
import { outputs, runtimeOver } from '../../support/runs.ts'
import { createWorkspace } from '../../support/workspace.ts'

const NOTE: ScriptStep = { tool_calls: [{ name: 'note', arguments: { text: 'hi' } }] }
const OK: ScriptStep = { text: 'ok' }

function folder(): string {
  const workspace = createWorkspace()
  onTestFinished(() => workspace[Symbol.dispose]())
  return workspace.path
}

describe('a run with a server', () => {
  test('offers its tools under usable names, and lists them once', async () => {
    const path = folder()
    const script = [{ ...NOTE, expect: { tools: ['note', 'read_it'] } }, NOTE, OK] as const
    const runtime = runtimeOver()
    const stream = runtime.start(compiled(withServers({ notes: testServer('good', path) }, script)), 'Go')
    const events = await eventsOf(stream)
    const result = await stream.result
    expect(result).toMatchObject({ status: 'completed', error: null })
    expect(await outputs(runtime, result.run_id)).toEqual({ call_1_1: 'noted', call_2_1: 'noted' })
    expect(logOf(path).filter((line) => line === 'list')).toHaveLength(1)
    expect(events.filter(({ type }) => type === 'mcp.connected')).toMatchObject([
      { server: 'notes', name: 'notes', version: '1.2.3' },
    ])
    expect(events.filter(({ type }) => type === 'tool.progress')).toMatchObject([
      { tool: 'note', text: 'half' },
      { tool: 'note', text: 'half' },
    ])
    expect(stillRunning(path)).toEqual([false])
  })

  test('journals what it offers once, as long as it stays the same', async () => {
    const runtime = runtimeOver()
    const spec = compiled(withServers({ notes: testServer('good', folder()) }, [NOTE, NOTE, OK]))
    const { run_id } = await runtime.start(spec, 'Go').result
    const turns = (await runtime.events(run_id)).filter((event) => event.type === 'turn.started')
    expect(turns.map(({ mcp_tools }) => mcp_tools?.map(({ name, tool }) => [name, tool]))).toEqual([
      [
        ['note', 'note'],
        ['read_it', 'read/it'],
      ],
      undefined,
      undefined,
    ])
  })

  test('tells the model what it left out, without calling the server', async () => {
    const path = folder()
    const script = [{ tool_calls: [{ name: 'note', arguments: {} }] }, OK]
    const runtime = runtimeOver()
    const { run_id } = await runtime.start(
      compiled(withServers({ notes: testServer('good', path) }, script)),
      'Go',
    ).result
    expect(Object.values(await outputs(runtime, run_id))[0]).toContain(
      'required arguments are missing: "text"',
    )
    expect(logOf(path)).toEqual(['list'])
  })

  test('reads its list again where it is not kept, page by page', async () => {
    const path = folder()
    const server = testServer('pages', path, { cache_tools_list: false })
    const script = [{ tool_calls: [{ name: 'second', arguments: { text: 'x' } }] }, OK]
    const { status } = await runtimeOver().start(compiled(withServers({ notes: server }, script)), 'Go')
      .result
    expect(status).toBe('completed')
    expect(logOf(path).filter((line) => line === 'list')).toHaveLength(4)
  })

  test('reads its list again when the server says that it changed, unless that is not wanted', async () => {
    for (const [refreshes, offered] of [
      [true, ['note', 'more']],
      [false, ['note']],
    ] as const) {
      const server = testServer('changes', folder(), { refresh_on_list_changed: refreshes })
      const script = [NOTE, { ...OK, expect: { tools: offered } }]
      const result = await runtimeOver().start(compiled(withServers({ notes: server }, script)), 'Go').result
      expect(result).toMatchObject({ status: 'completed', error: null })
    }
  })

  test('starts it once for all of its agents, those that are tools too', async () => {
    const path = folder()
    const servers = { notes: testServer('good', path) }
    const base = withServers(servers, [])
    const [helper, main] = [
      agent({ mcp_servers: ['notes'] }),
      agent({ mcp_servers: ['notes'], tools: ['ask'] }),
    ]
    const ask = { tool_calls: [{ name: 'ask', arguments: { input: 'x' } }] }
    const script = { main: [NOTE, ask, OK], helper: [NOTE, OK] }
    const spec = compiled({
      ...base,
      models: { main: scripted(script) },
      agents: { main, helper },
      tools: { ask: agentTool('ask', 'helper') },
    })
    expect(await runtimeOver().start(spec, 'Go').result).toMatchObject({ status: 'completed', error: null })
    expect(startedIn(path)).toHaveLength(1)
    expect(logOf(path).filter((line) => line.startsWith('call'))).toHaveLength(2)
  })

  test('gives an error as the tool worded it, and its structured content where that is wanted', async () => {
    const runtime = runtimeOver()
    for (const [how, given, output, isError] of [
      ['refuses', {}, 'No such note', true],
      ['good', { use_structured_content: true }, '{"id":1}', false],
    ] as const) {
      const spec = compiled(withServers({ notes: testServer(how, folder(), given) }, [NOTE, OK]))
      const { run_id } = await runtime.start(spec, 'Go').result
      const done = (await runtime.events(run_id)).find(({ type }) => type === 'tool.completed')
      expect(done).toMatchObject({ output, is_error: isError, kind: 'mcp', server: 'notes', tool: 'note' })
    }
  })

  test('takes back the nulls that a strict schema made the model write', async () => {
    const path = folder()
    const given = { text: 'hi', tags: null }
    const script = [{ tool_calls: [{ name: 'note', arguments: given }] }, OK]
    const strict = { agent: { mcp_config: { convert_schemas_to_strict: true } } }
    const spec = compiled(withServers({ notes: testServer('optional', path) }, script, strict))
    await runtimeOver().start(spec, 'Go').result
    expect(logOf(path).at(-1)).toContain('"arguments":{"text":"hi"}')
  })

  test('sends the values of tool_meta', async () => {
    const path = folder()
    const server = testServer('good', path, {
      tool_meta: { tenant: 'context.tenant', call: 'args.text + tool' },
    })
    const overrides = { context: { default: { tenant: 'acme' } } }
    await runtimeOver().start(compiled(withServers({ notes: server }, [NOTE, OK], { overrides })), 'Go')
      .result
    expect(logOf(path).at(-1)).toContain('"tenant":"acme","call":"hinotes/note"')
  })

  test('takes a prompt of a server as instructions, and journals them', async () => {
    const instructions = { mcp_prompt: { server: 'notes', name: 'style' } }
    const spec = compiled(
      withServers({ notes: testServer('good', folder()) }, [OK], { agent: { instructions } }),
    )
    const runtime = runtimeOver()
    const { run_id } = await runtime.start(spec, 'Go').result
    expect((await runtime.events(run_id))[1]).toMatchObject({ instructions: 'Be a pirate.' })
  })
})

describe('names and filters', () => {
  const two = (): Parameters<typeof withServers>[0] => ({
    a: testServer('good', folder(), { tool_filter: { block: ['read*'] } }),
    b: testServer('good', folder()),
  })

  test('two tools of one name end the run, naming the way out', async () => {
    const { error } = await runtimeOver().start(compiled(withServers(two(), [OK])), 'Go').result
    expect(error).toMatchObject({ code: 'tool_name_collision' })
    expect(error?.message).toContain('a/note, b/note.')
    expect(error?.message).toContain('include_server_in_tool_names')
  })

  test('or get the name of their server in front', async () => {
    const base = withServers(two(), [{ ...OK, expect: { tools: ['mcp_a__note', 'mcp_b__note', 'read_it'] } }])
    const prefixing = { ...base, run: { ...base.run, tool_name_collision: 'prefix' as const } }
    expect(await runtimeOver().start(compiled(prefixing), 'Go').result).toMatchObject({ status: 'completed' })
    const tools = ['mcp_a__note', 'mcp_b__note', 'mcp_b__read_it']
    const always = withServers(two(), [{ ...OK, expect: { tools } }], {
      agent: { mcp_config: { include_server_in_tool_names: true } },
    })
    expect(await runtimeOver().start(compiled(always), 'Go').result).toMatchObject({ status: 'completed' })
  })

  test('a filter that is a function decides by tool, and leaves out what it cannot judge', async () => {
    const source = `export function keep(tool, ctx) {
      if (tool.name === 'note') throw new Error('who knows')
      return ctx.server === 'a' && ctx.agent === 'main'
    }`
    const server = testServer('good', folder(), { tool_filter: { handler: 'tools.ts#keep' } })
    const script = [{ ...OK, expect: { tools: ['read_it'] } }]
    const spec = compiled(withServers({ a: server }, script, { source }))
    expect(await runtimeOver().start(spec, 'Go').result).toMatchObject({ status: 'completed' })
  })
})

describe('a gated tool', () => {
  test('waits for a person, and runs once in a runtime that has never seen its server', async () => {
    const path = folder()
    const store = memoryStore()
    const server = testServer('good', path, { require_approval: { note: 'always' } })
    const spec = compiled(withServers({ notes: server }, [NOTE, OK]))
    const first = createRuntime({ store, environment: {} })
    const paused = await first.start(spec, 'Go').result
    expect(paused).toMatchObject({
      status: 'paused',
      interruptions: [{ kind: 'mcp', server: 'notes', tool: 'note', arguments: { text: 'hi' } }],
    })
    expect(stillRunning(path)).toEqual([false])
    const second = createRuntime({ store, environment: {} })
    await second.decide(paused.run_id, { calls: 'all', decision: 'approve', by: 'ana' })
    expect(await second.resume(paused.run_id).result).toMatchObject({ status: 'completed' })
    expect(logOf(path).filter((line) => line.startsWith('call'))).toHaveLength(1)
    await second.close()
  })

  test('shows its arguments, whatever its server would rather hide', async () => {
    const server = testServer('hiding', folder(), { require_approval: 'always' })
    const paused = await runtimeOver().start(compiled(withServers({ notes: server }, [NOTE, OK])), 'Go')
      .result
    expect(paused.interruptions).toMatchObject([{ tool: 'note', arguments: { text: 'hi' } }])
  })

  test('is asked about anew when its server changed it meanwhile', async () => {
    const path = folder()
    const runtime = runtimeOver()
    const server = testServer('good', path, { require_approval: 'always' })
    const paused = await runtime.start(compiled(withServers({ notes: server }, [NOTE, OK])), 'Go').result
    await runtime.decide(paused.run_id, { calls: 'all', decision: 'approve', by: 'ana', always: true })
    writeFileSync(join(path, 'description'), 'Deletes everything')
    const again = await runtime.resume(paused.run_id).result
    expect(again.status).toBe('paused')
    expect(again.interruptions[0]?.digest).not.toBe(paused.interruptions[0]?.digest)
    expect(logOf(path).some((line) => line.startsWith('call'))).toBe(false)
    const asked = (await runtime.events(paused.run_id)).findLast(({ type }) => type === 'approval.requested')
    expect(asked).toMatchObject({ mcp_tool: { description: 'Deletes everything' } })
    await runtime.decide(paused.run_id, { calls: 'all', decision: 'approve', by: 'ana' })
    expect(await runtime.resume(paused.run_id).result).toMatchObject({ status: 'completed' })
  })

  test('moves to another store as a document, under the name the model gave it', async () => {
    const path = folder()
    const call = { tool_calls: [{ name: 'mcp_notes__read_it', arguments: { text: 'hi' } }] }
    const server = testServer('good', path, { require_approval: 'always' })
    const given = { agent: { mcp_config: { include_server_in_tool_names: true } } }
    const [here, there] = [runtimeOver(), runtimeOver()]
    const spec = compiled(withServers({ notes: server }, [call, OK], given))
    const paused = await here.start(spec, 'Go').result
    expect(paused.interruptions).toMatchObject([{ server: 'notes', tool: 'read/it' }])
    const document = await here.exportState(paused.run_id, { bundle: true, move: true })
    expect(await there.importState(document, { trustSpec: true })).toMatchObject({ status: 'paused' })
    await there.decide(paused.run_id, {
      calls: 'all',
      decision: 'approve',
      by: 'ana',
      args: { text: 'other' },
    })
    expect(await there.resume(paused.run_id).result).toMatchObject({ status: 'completed', error: null })
    expect(logOf(path).filter((line) => line.startsWith('call'))).toEqual([
      expect.stringContaining('"name":"read/it","arguments":{"text":"other"}'),
    ])
  })

  test('is decided by rules that name it server/tool, before the rule of its server', async () => {
    const path = folder()
    const approvals = {
      rules: [
        {
          tool: 'notes/*',
          when: "args.text == 'hi' && tool == 'notes/note'",
          decide: 'deny' as const,
          message: 'No.',
        },
      ],
      on_expired: 'deny' as const,
      unattended: 'pause' as const,
      pre_approval_guardrails: false,
    }
    const runtime = runtimeOver()
    const spec = compiled(
      withServers({ notes: testServer('good', path) }, [NOTE, OK], { overrides: { approvals } }),
    )
    const { run_id } = await runtime.start(spec, 'Go').result
    expect(await outputs(runtime, run_id)).toEqual({ call_1_1: 'No.' })
  })
})

describe('a server that cannot be reached', () => {
  const gone = { command: '/no/such/program' }

  test('ends the run, which can be resumed', async () => {
    const spec = compiled(withServers({ notes: testServer('good', folder(), gone) }, [OK]))
    const { status, error } = await runtimeOver().start(spec, 'Go').result
    expect(status).toBe('failed')
    expect(error).toMatchObject({ code: 'mcp_connection_failed' })
    expect(error?.message).toContain('"/no/such/program" could not be started')
  })

  test('is dropped with a warning where it is not required', async () => {
    const warnings: string[] = []
    const runtime = createRuntime({
      store: memoryStore(),
      environment: {},
      onWarning: (text) => warnings.push(text),
    })
    const servers = {
      gone: testServer('good', folder(), { ...gone, required: false }),
      notes: testServer('good', folder()),
    }
    expect(await runtime.start(compiled(withServers(servers, [NOTE, OK])), 'Go').result).toMatchObject({
      status: 'completed',
    })
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('MCP server gone cannot be used')
    await runtime.close()
  })

  test('that dies in a call makes an error of it, and is started again for the next', async () => {
    const path = folder()
    const runtime = runtimeOver()
    const spec = compiled(withServers({ notes: testServer('exits-once', path) }, [NOTE, NOTE, OK]))
    const { run_id, status } = await runtime.start(spec, 'Go').result
    expect(status).toBe('completed')
    const { call_1_1, call_2_1 } = await outputs(runtime, run_id)
    expect(call_1_1).toContain('An error occurred while running the tool')
    expect(call_2_1).toBe('noted')
    expect(startedIn(path)).toHaveLength(2)
  })

  test('is tried again as often as the spec says', async () => {
    const path = folder()
    const server = testServer('exits-once', path, { max_retry_attempts: 1 })
    const runtime = runtimeOver()
    const { run_id } = await runtime.start(compiled(withServers({ notes: server }, [NOTE, OK])), 'Go').result
    expect(await outputs(runtime, run_id)).toEqual({ call_1_1: 'noted' })
  })
})
