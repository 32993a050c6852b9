/** Servers that mean no good, or are broken: the run says so or goes on, and nothing of them is left. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { McpServerDefinition } from '../../../src/compiler/program-mcp.ts'
import type { RunResult } from '../../../src/runtime/run-result.ts'
import { logOf, stillRunning, testServer, withServers } from '../../support/mcp.ts'
import { compiled } from '../../support/program.ts'
import { outputs, runtimeOver } from '../../support/runs.ts'
import { createWorkspace } from '../../support/workspace.ts'

const NOTE: ScriptStep = { tool_calls: [{ name: 'note', arguments: { text: 'hi' } }] }

interface Outcome {
  readonly result: RunResult
  readonly output: unknown
  readonly path: string
}

async function runWith(how: string, given: Partial<McpServerDefinition> = {}): Promise<Outcome> {
  const workspace = createWorkspace()
  onTestFinished(() => workspace[Symbol.dispose]())
  const { path } = workspace
  const runtime = runtimeOver()
  const spec = compiled(withServers({ notes: testServer(how, path, given) }, [NOTE, { text: 'ok' }]))
  const result = await runtime.start(spec, 'Go').result
  // A process that was killed is there until its parent has noticed.
  await expect.poll(() => stillRunning(path), { timeout: 10_000 }).not.toContain(true)
  return { result, output: (await outputs(runtime, result.run_id))['call_1_1'], path }
}

describe('a list of tools', () => {
  test.each([
    ['many', 'it lists more than 1000 tools'],
    ['huge', 'a line of more than 10485760 bytes'],
    ['endless', 'more than 100 pages'],
    ['circle', 'it gave one cursor twice'],
    ['twice', 'it lists the tool "note" twice'],
    ['giant', 'at most 262144 are allowed'],
  ])('that is beyond limits (%s) ends the run with a clear word', async (how, words) => {
    const { result } = await runWith(how)
    expect(result.error).toMatchObject({ code: 'mcp_connection_failed' })
    expect(result.error?.message).toContain(words)
  })
})

describe('a call', () => {
  test('is answered in spite of noise, and by the first of two answers', async () => {
    expect(await runWith('noise')).toMatchObject({ result: { status: 'completed' }, output: 'noted' })
    expect(await runWith('reused')).toMatchObject({ result: { status: 'completed' }, output: 'first' })
  })

  test('that is never answered ends when its time is up, and the server is told', async () => {
    const { result, output, path } = await runWith('silent', { timeout: 300 })
    expect(result.status).toBe('completed')
    expect(output).toContain("Tool 'note' timed out after 0.3 seconds.")
    expect(logOf(path)).toContain('cancelled')
  })

  test('whose answer has no end is an error, within bounded memory', async () => {
    const { result, output } = await runWith('flood')
    expect(result.status).toBe('completed')
    expect(output).toContain('An error occurred while running the tool')
  })

  test('whose server asks for a completion of ours goes on once that is refused', async () => {
    const { output, path } = await runWith('asks')
    expect(output).toBe('refused')
    expect(logOf(path).some((line) => line.startsWith('refused '))).toBe(true)
  })

  test('whose server exits is an error', async () => {
    const { result, output } = await runWith('exits')
    expect(result.status).toBe('completed')
    expect(output).toContain('An error occurred while running the tool')
  })

  test('fails the run where the server says so', async () => {
    const { result } = await runWith('exits', { failure_error_function: { kind: 'raise' } })
    expect(result.error).toMatchObject({ code: 'tool_failed', tool: 'note' })
  })
})

test.each(['parent', 'dying-parent'])('what a server has started ends with it (%s)', async (how) => {
  expect((await runWith(how)).result.status).toBe('completed')
})

test('a server that does not end when asked to is ended', async () => {
  expect((await runWith('stays')).result.status).toBe('completed')
})

test('a server that never speaks is given up after its time to connect, and ended', async () => {
  const { result } = await runWith('never', { connect_timeout: 500 })
  expect(result.error?.message).toContain('no connection within 0.5 seconds')
})
