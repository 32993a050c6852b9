/** Where spans go, what they never hold, and that nothing about them fails or delays a run. */
import { linkSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HELLO, SHOP, TOOLS } from '../support/cli-specs.ts'
import { readTraceFile, spanNamed, startCollector, treeOf } from '../support/otlp.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

const HELLO_TREE = ['invoke_workflow hello', '  invoke_agent greeter', '    turn 1', '      chat main']

function traced(spec: string, tracing: string): string {
  return spec.replace('models:', `tracing: ${tracing}\nmodels:`)
}

function hello(tracing: string, files: Record<string, string> = {}): Workspace {
  return createWorkspace({ 'hello.yaml': traced(HELLO, tracing), ...files })
}

const run = (folder: Workspace, env: Record<string, string> = {}, flags: readonly string[] = []) =>
  runCommand(['run', 'hello.yaml', 'Hi', ...flags], { cwd: folder.path, env })

describe('what was said', () => {
  const WORDS = ['private-input', 'private-instructions', 'private-output', 'order_id', 'private-answer']
  const spec = (tracing: string): string =>
    traced(SHOP, tracing)
      .replace('Help.', 'Help with private-instructions.')
      .replace('text: Cancelled.', 'text: private-answer')
  const source = `export function cancel() { return 'private-output' }`

  async function traceOf(tracing: string, env: Record<string, string> = {}): Promise<string> {
    using folder = createWorkspace({ 'shop.yaml': spec(tracing), 'tools.ts': source })
    const flags = ['--approvals', 'allow', '--trace', 'trace.jsonl']
    const { code } = await runCommand(['run', 'shop.yaml', 'private-input', ...flags], {
      cwd: folder.path,
      env,
    })
    expect(code).toBe(0)
    return readFileSync(join(folder.path, 'trace.jsonl'), 'utf8')
  }

  test('is in no span by default', async () => {
    const trace = await traceOf('{}')
    expect(WORDS.filter((word) => trace.includes(word))).toEqual([])
  })

  test('is there when the spec asks for it, in the form of the conventions', async () => {
    const trace = await traceOf('{ include_sensitive_data: true }')
    expect(WORDS.filter((word) => !trace.includes(word))).toEqual([])
    const input = [{ role: 'user', parts: [{ type: 'text', content: 'private-input' }] }]
    expect(trace).toContain(JSON.stringify(JSON.stringify(input)))
  })

  test('is not there when the user says no, whatever the spec says; and there when the user says yes', async () => {
    const quiet = await traceOf('{ include_sensitive_data: true }', { AGENTSPEC_TRACE_CONTENT: '0' })
    expect(WORDS.filter((word) => quiet.includes(word))).toEqual([])
    const open = await traceOf('{ include_sensitive_data: false }', { AGENTSPEC_TRACE_CONTENT: '1' })
    expect(WORDS.filter((word) => !open.includes(word))).toEqual([])
  })

  test('never holds a secret: not from tools, instructions, input, nor from the tracing settings', async () => {
    const secret = 'very-"secret"-value'
    const tracing = `{ include_sensitive_data: true, workflow_name: "\${A_TOKEN}", group_id: "\${A_TOKEN}", metadata: { a: "\${A_TOKEN}" } }`
    using folder = createWorkspace({
      'shop.yaml': traced(SHOP, tracing).replace('Help.', '"Help ${A_TOKEN}"'),
      'tools.ts': `export function cancel() { return { token: process.env.A_TOKEN } }`,
    })
    await using collector = await startCollector()
    const env = { A_TOKEN: secret, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
    const { code } = await runCommand(['run', 'shop.yaml', `Say ${secret}`, '--approvals', 'allow'], {
      cwd: folder.path,
      env,
    })
    expect(code).toBe(0)
    const text = collector.requests.map((request) => request.text).join()
    expect(text).not.toMatch(/very-[\\"]+secret/)
    expect(text.split('[redacted:A_TOKEN]').length).toBeGreaterThan(6)
  })
})

describe('spans go', () => {
  test('with --trace to a file, as lines of OTLP JSON; another run is appended', async () => {
    using folder = createWorkspace({ 'hello.yaml': HELLO })
    const { code, stdout, stderr } = await run(folder, {}, ['--trace', 'out.jsonl'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello there.\n' })
    expect(stderr).toContain('tracing to out.jsonl')
    const file = join(folder.path, 'out.jsonl')
    expect(treeOf(readTraceFile(file))).toEqual(HELLO_TREE)
    await run(folder, {}, ['--trace', 'out.jsonl'])
    expect(treeOf(readTraceFile(file))).toEqual([...HELLO_TREE, ...HELLO_TREE])
  })

  test('to the file a spec names, and to a collector beside it', async () => {
    using folder = hello('{ exporter: { file: ./trace.ndjson } }')
    await using collector = await startCollector()
    await run(folder, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
    expect(treeOf(readTraceFile(join(folder.path, 'trace.ndjson')))).toEqual(HELLO_TREE)
    expect(treeOf(collector.spans())).toEqual(HELLO_TREE)
  })

  test('to the standard path of an endpoint, with the headers of the environment', async () => {
    using folder = createWorkspace({ 'hello.yaml': HELLO })
    await using collector = await startCollector()
    await run(folder, {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/base`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=support',
    })
    expect(collector.requests[0]).toMatchObject({
      path: '/base/v1/traces',
      headers: { 'x-team': 'support', 'content-type': 'application/json' },
    })
  })

  test('to the endpoint for traces, as it is', async () => {
    using folder = createWorkspace({ 'hello.yaml': HELLO })
    await using collector = await startCollector()
    await run(folder, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/traces` })
    expect(collector.requests.map(({ path }) => path)).toEqual(['/traces'])
  })

  test('with the names and metadata of the spec', async () => {
    using folder = hello(
      '{ workflow_name: greeting, group_id: g-1, metadata: { team: a, level: 2, tags: [x, y], more: { k: 1 } } }',
    )
    await run(folder, {}, ['--trace', 'out.jsonl'])
    const root = spanNamed(readTraceFile(join(folder.path, 'out.jsonl')), 'invoke_workflow greeting')
    expect(root.attributes).toMatchObject({
      'gen_ai.workflow.name': 'greeting',
      'agentspec.spec.name': 'hello',
      'agentspec.group.id': 'g-1',
      'agentspec.metadata.team': 'a',
      'agentspec.metadata.level': 2,
      'agentspec.metadata.tags': ['x', 'y'],
      'agentspec.metadata.more': '{"k":1}',
    })
  })
})

describe('nothing is sent', () => {
  test.for([
    ['a spec that is not traced', '{ enabled: false, exporter: otlp }', {}],
    ['a spec that exports nothing', '{ exporter: none }', {}],
    ['a disabled SDK', '{}', { OTEL_SDK_DISABLED: 'true' }],
    ['no exporter for traces', '{}', { OTEL_TRACES_EXPORTER: 'none' }],
  ] as const)('with %s', async ([, tracing, more]) => {
    using folder = hello(tracing)
    await using collector = await startCollector()
    const { code } = await run(folder, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...more })
    expect(code).toBe(0)
    expect(collector.requests).toEqual([])
  })

  test('where a .env of the spec wants it sent', async () => {
    await using collector = await startCollector()
    using folder = createWorkspace({
      'hello.yaml': HELLO,
      '.env': `OTEL_EXPORTER_OTLP_ENDPOINT=${collector.url}\n`,
    })
    await run(folder)
    expect(collector.requests).toEqual([])
  })

  test('and nothing of OpenTelemetry is loaded without a reason', async () => {
    const log = `import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) { appendFileSync('loaded.log', url + '\\n'); return next(url, context) } })`
    using folder = createWorkspace({ 'hello.yaml': HELLO, 'log.mjs': log })
    const env = { NODE_OPTIONS: `--import=${join(folder.path, 'log.mjs')}` }
    const loaded = (): string => readFileSync(join(folder.path, 'loaded.log'), 'utf8')
    await run(folder, env)
    expect(loaded()).toContain('cli.mjs')
    expect(loaded()).not.toMatch(/opentelemetry|tracer-provider|segment-spans/)
    await run(folder, env, ['--trace', 'out.jsonl'])
    expect(loaded()).toMatch(/tracer-provider/)
  })
})

describe('a run is not failed', () => {
  test('by a collector that is not there: one warning, and its own exit code', async () => {
    using folder = createWorkspace({ 'hello.yaml': HELLO })
    const gone = await startCollector()
    await gone[Symbol.asyncDispose]()
    const { code, stdout, stderr } = await run(folder, { OTEL_EXPORTER_OTLP_ENDPOINT: gone.url })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello there.\n' })
    expect(stderr.match(/traces could not be delivered: .*ECONNREFUSED/g)).toHaveLength(1)
  })

  test('by a collector that never answers: it waits a few seconds', async () => {
    using folder = createWorkspace({ 'hello.yaml': HELLO })
    await using collector = await startCollector({ hangs: true })
    const { code, stdout, stderr } = await run(folder, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello there.\n' })
    expect(stderr).toContain('traces could not be delivered')
    expect(collector.requests).toHaveLength(1)
  })

  test('by an address that is none', async () => {
    using folder = createWorkspace({ 'hello.yaml': HELLO })
    const { code, stdout, stderr } = await run(folder, { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello there.\n' })
    expect(stderr).toContain('OTEL_EXPORTER_OTLP_ENDPOINT is no http address')
  })

  test('by a protocol that is not supported', async () => {
    using folder = createWorkspace({ 'hello.yaml': HELLO })
    await using collector = await startCollector()
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
    const { code, stderr } = await run(folder, env)
    expect(code).toBe(0)
    expect(stderr).toContain('OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"')
    expect(collector.requests).toEqual([])
  })
})

describe('nothing but a trace is ever written to', () => {
  const VICTIM = 'mine\n'

  test('by --trace: a file with something else in it is refused before anything runs', async () => {
    using folder = createWorkspace({ 'hello.yaml': HELLO, 'notes.txt': VICTIM })
    const { code, stderr } = await run(folder, {}, ['--trace', 'notes.txt'])
    expect(code).toBe(2)
    expect(stderr).toContain('there is something else in it')
    expect(readFileSync(join(folder.path, 'notes.txt'), 'utf8')).toBe(VICTIM)
    const listed = await runCommand(['runs', '--json'], { cwd: folder.path })
    expect(listed.json).toEqual({ runs: [] })
  })

  test('by a spec whose path leaves its folder: that is an error of the spec', async () => {
    using folder = hello('{ exporter: { file: ../trace.ndjson } }')
    const { code, stderr } = await run(folder)
    expect(code).toBe(2)
    expect(stderr).toContain('AS3011')
  })

  test.for([
    ['a variable that leads out of the folder', (victim: string): string => victim],
    ['a path with dots in a variable', (): string => '../victim/notes.txt'],
  ] as const)('by a spec with %s', async ([, pathTo]) => {
    using other = createWorkspace({ 'notes.txt': VICTIM })
    using folder = hello('{ exporter: { file: "${OUT}" } }')
    const victim = join(other.path, 'notes.txt')
    const { code, stdout, stderr } = await run(folder, { OUT: pathTo(victim) })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello there.\n' })
    expect(stderr).toContain('cannot be written')
    expect(readFileSync(victim, 'utf8')).toBe(VICTIM)
  })

  test.for(['link', 'folder', 'second name', 'content'] as const)(
    'by a spec that names a %s of something else',
    async (trick) => {
      using other = createWorkspace({ 'notes.txt': '' })
      const victim = join(other.path, 'notes.txt')
      using folder = hello(`{ exporter: { file: ${trick === 'folder' ? 'out/notes.txt' : 'trace.ndjson'} } }`)
      const inside = join(folder.path, trick === 'folder' ? 'out' : 'trace.ndjson')
      if (trick === 'link') symlinkSync(victim, inside)
      if (trick === 'folder') symlinkSync(other.path, inside)
      if (trick === 'second name') linkSync(victim, inside)
      if (trick === 'content') writeFileSync(inside, VICTIM)
      const { code, stderr } = await run(folder)
      expect(code).toBe(0)
      expect(stderr.match(/the trace file .* cannot be written/g)).toHaveLength(1)
      expect(readFileSync(victim, 'utf8')).toBe('')
      if (trick === 'content') expect(readFileSync(inside, 'utf8')).toBe(VICTIM)
    },
  )
})

describe('--trace', () => {
  test('works on every command that goes on with a run, and outranks a spec that is not traced', async () => {
    using folder = createWorkspace({ 'shop.yaml': traced(SHOP, '{ enabled: false }'), 'tools.ts': TOOLS })
    const options = { cwd: folder.path }
    const names = (file: string): string[] => readTraceFile(join(folder.path, file)).map(({ name }) => name)
    await runCommand(['run', 'shop.yaml', 'Hi', '--trace', 'a.jsonl'], options)
    expect(names('a.jsonl')).toContain('chat main')
    await runCommand(['approve', 'latest'], options)
    await runCommand(['resume', 'latest'], { ...options, env: { AGENTSPEC_TRACE: 'b.jsonl' } })
    expect(names('b.jsonl')).toContain('execute_tool cancel')
  })

  test('in a folder that does not exist is refused', async () => {
    using folder = createWorkspace({ 'hello.yaml': HELLO })
    const { code, json } = await run(folder, {}, ['--trace', 'no/such/out.jsonl', '--json'])
    expect(code).toBe(2)
    expect(json).toMatchObject({ error: { code: 'trace_file' } })
  })
})
