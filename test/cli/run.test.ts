/** `run` and `resume` without a person: inputs, sessions, output, exit codes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HELLO, SHOP, TOOLS } from '../support/cli-specs.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const files = { 'hello.yaml': HELLO, 'shop.yaml': SHOP, 'tools.ts': TOOLS }

describe('the answer', () => {
  test('is all there is on stdout; the rest is on stderr', async () => {
    using folder = createWorkspace(files)
    const { code, stdout, stderr } = await runCommand(['run', 'hello.yaml', 'Hi'], { cwd: folder.path })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello there.\n' })
    expect(stderr).toMatch(/^● greeter\nrun_\w+ · 1 turn · 1 request · 0 tokens \(0 in, 0 out\)\n$/)
    const quiet = await runCommand(['run', 'hello.yaml', 'Hi', '--quiet'], { cwd: folder.path })
    expect(quiet).toMatchObject({ stdout: 'Hello there.\n', stderr: '' })
  })

  test('is the value, when the agent declares one', async () => {
    const spec = HELLO.replace('text: Hello there.', 'output: { ok: true }').replace(
      'instructions: Greet.',
      'instructions: Greet., output: { schema: { type: object, properties: { ok: { type: boolean } }, required: [ok], additionalProperties: false } }',
    )
    using folder = createWorkspace({ 'a.yaml': spec })
    expect((await runCommand(['run', 'a.yaml', 'Hi'], { cwd: folder.path })).json).toEqual({ ok: true })
    const result = await runCommand(['run', 'a.yaml', 'Hi', '--json'], { cwd: folder.path })
    expect(result.json).toMatchObject({ status: 'completed', final_output: { ok: true } })
  })

  test('as JSON is the result of the contract', async () => {
    using folder = createWorkspace(files)
    const { code, json } = await runCommand(['run', 'hello.yaml', 'Hi', '--json'], { cwd: folder.path })
    expect(code).toBe(0)
    expect(json).toEqual({
      type: 'result',
      run_id: expect.stringMatching(/^run_/),
      status: 'completed',
      session_id: null,
      spec: { name: 'hello', version: '0.1.0', hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      final_output: 'Hello there.',
      last_agent: 'greeter',
      turns: 1,
      interruptions: [],
      usage: {
        requests: 1,
        input_tokens: 0,
        output_tokens: 0,
        total_tokens: 0,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 0 },
      },
      last_response_id: expect.anything(),
      started_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
      error: null,
    })
  })

  test('with --events comes after every event, a line each', async () => {
    using folder = createWorkspace(files)
    const { code, stdout, stderr } = await runCommand(['run', 'shop.yaml', 'Hi', '--events'], {
      cwd: folder.path,
    })
    expect(code).toBe(4)
    const lines = stdout
      .trim()
      .split('\n')
      .map((line): { type: string; seq?: number } => JSON.parse(line))
    expect(lines.at(-1)).toMatchObject({ type: 'result', status: 'paused' })
    const journaled = lines.filter(({ seq }) => seq !== undefined)
    expect(journaled.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'run.started'],
      [2, 'turn.started'],
      [3, 'model.responded'],
      [4, 'approval.requested'],
      [5, 'run.paused'],
    ])
    expect(lines.map(({ type }) => type)).toContain('model.requested')
    expect(stderr).not.toContain('●')
    expect(stderr).toContain('agentspec approve run_')
  })
})

test('a failure with --events is a line of JSON, too', async () => {
  using folder = createWorkspace(files)
  const { code, json } = await runCommand(['run', 'none.yaml', 'Hi', '--events'], { cwd: folder.path })
  expect({ code, json }).toMatchObject({ code: 2, json: { error: { code: 'spec_invalid' } } })
})

describe('input', () => {
  test('comes from stdin for "-", and when nothing else is given', async () => {
    using folder = createWorkspace(files)
    const said = async (args: readonly string[], stdin: string): Promise<unknown> => {
      await runCommand(['run', 'hello.yaml', ...args, '--json'], { cwd: folder.path, stdin })
      const { json } = await runCommand(['show', 'latest', '--json'], { cwd: folder.path })
      return (json as { items: { content: unknown }[] }).items[0]?.content
    }
    expect(await said(['-'], 'from\nstdin\n')).toBe('from\nstdin')
    expect(await said([], 'piped')).toBe('piped')
    expect(await said(['given'], 'not read')).toBe('given')
    expect(await said(['--', '--json'], '')).toBe('--json')
  })

  test('is required', async () => {
    using folder = createWorkspace(files)
    const { code, stdout, stderr } = await runCommand(['run', 'hello.yaml'], { cwd: folder.path })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('error: There is no input for the agent')
    expect((await runCommand(['runs', '--json'], { cwd: folder.path })).json).toEqual({ runs: [] })
  })

  test('several are several runs in a temporary session, of which the last is printed', async () => {
    using folder = createWorkspace(files)
    const { code, json } = await runCommand(['run', 'hello.yaml', 'one', 'two', '--json'], {
      cwd: folder.path,
    })
    expect(code).toBe(0)
    const { runs } = (await runCommand(['runs', '--json'], { cwd: folder.path })).json as {
      runs: { run_id: string }[]
    }
    expect(runs).toHaveLength(2)
    expect(json).toMatchObject({ run_id: runs[0]?.run_id, session_id: expect.stringMatching(/^session_/) })
    const { stdout } = await runCommand(['run', 'hello.yaml', 'one', 'two', '-q'], { cwd: folder.path })
    expect(stdout).toBe('Hello there.\n')
    expect((await runCommand(['sessions', '--json'], { cwd: folder.path })).json).toEqual({ sessions: [] })
  })

  test('after a pause or a failure is not sent, and the session stays for going on', async () => {
    using folder = createWorkspace(files)
    const paused = await runCommand(['run', 'shop.yaml', 'one', 'two', '--json'], { cwd: folder.path })
    expect(paused).toMatchObject({ code: 4, json: { status: 'paused' } })
    expect((await runCommand(['runs', '--json'], { cwd: folder.path })).json).toMatchObject({ runs: [{}] })
    const done = await runCommand(['approve', '-1', '--resume', '--json'], { cwd: folder.path })
    expect(done).toMatchObject({
      code: 0,
      json: { status: 'completed', session_id: (paused.json as { session_id: string }).session_id },
    })
  })
})

test('a session keeps the conversation', async () => {
  using folder = createWorkspace(files)
  const flags = { cwd: folder.path, env: { AGENTSPEC_SESSION: 'from-env' } }
  await runCommand(['run', 'hello.yaml', 'one', '--session', 'c12'], flags)
  await runCommand(['run', 'hello.yaml', 'two', '--session', 'c12'], flags)
  await runCommand(['run', 'hello.yaml', 'three'], flags)
  const shown = await runCommand(['sessions', 'show', 'c12', '--json'], { cwd: folder.path })
  expect(shown.json).toMatchObject({ session_id: 'c12', last_agent: 'greeter', items: [{}, {}, {}, {}] })
  const list = await runCommand(['sessions', 'list', '--json'], { cwd: folder.path })
  expect(list.json).toMatchObject({
    sessions: [
      { session_id: 'from-env', items: 2 },
      { session_id: 'c12', items: 4 },
    ],
  })
})

describe('the exit code and the error', () => {
  async function fail(spec: string, flags: readonly string[] = []): Promise<CommandResult> {
    using folder = createWorkspace({ ...files, 'x.yaml': spec })
    return await runCommand(['run', 'x.yaml', 'Hi', '--json', ...flags], { cwd: folder.path })
  }

  test('of a run that failed: 1, the result on stdout, error and next step on stderr', async () => {
    const { code, json, stderr } = await fail(
      HELLO.replace('text: Hello there.', 'error: { status: 401, message: bad key }'),
    )
    expect(code).toBe(1)
    expect(json).toMatchObject({
      type: 'result',
      status: 'failed',
      error: { code: 'model_error' },
      final_output: null,
    })
    expect(stderr).toMatch(
      /^error: .*bad key.* \(model_error\)\n {2}hint: agentspec resume run_\w+ tries again/m,
    )
  })

  test('of a run out of turns: 1, and how to allow more', async () => {
    const spec = SHOP.replace('needs_approval: true', 'needs_approval: false')
    const { code, json, stderr } = await fail(spec, ['--max-turns', '1'])
    expect(code).toBe(1)
    expect(json).toMatchObject({ error: { code: 'max_turns_exceeded' } })
    expect(stderr).toContain('--max-turns 2')
  })

  test('of a spec with errors: 2, with every diagnostic', async () => {
    const { code, json, stderr } = await fail(HELLO.replace('model: main,', 'model: mian,'))
    expect(code).toBe(2)
    expect(json).toMatchObject({
      error: { code: 'spec_invalid', diagnostics: [{ code: 'AS3003', file: 'x.yaml' }] },
    })
    expect(stderr).toContain('x.yaml:7:21 error AS3003')
    expect(stderr).toContain('^^^^')
  })

  test('of a key that does not work yet: 2, with key and place', async () => {
    const spec = HELLO.replace('instructions: Greet.', 'instructions: Greet., tools: [box]')
    const { code, json, stderr } = await fail(
      `${spec}tools: { box: { type: codex, needs_approval: true } }\n`,
    )
    expect(code).toBe(2)
    expect(json).toMatchObject({ error: { code: 'not_supported' } })
    expect(stderr).toMatch(/^error: x\.yaml:8:23: "type: codex" is not supported yet$/m)
  })

  test('of a context, agent or variable that does not fit: 2, and nothing is started', async () => {
    using folder = createWorkspace({
      'x.yaml': `${HELLO}context: { schema: { type: object, properties: { id: { type: integer } }, required: [id] } }\n`,
    })
    const run = async (...flags: readonly string[]): Promise<unknown> => {
      const { code, json } = await runCommand(['run', 'x.yaml', 'Hi', '--json', ...flags], {
        cwd: folder.path,
      })
      return [code, (json as { error?: { code: string } }).error?.code]
    }
    expect(await run()).toEqual([2, 'invalid_context'])
    expect(await run('--context', '{"id":"x"}')).toEqual([2, 'invalid_context'])
    expect(await run('--context', '{"id":1}', '--agent', 'nobody')).toEqual([2, 'unknown_agent'])
    expect((await runCommand(['runs', '--json'], { cwd: folder.path })).json).toEqual({ runs: [] })
    expect(await run('--context', '{"id":1}', '--agent', 'greeter')).toEqual([0, undefined])
  })
})

describe('resume', () => {
  test('of a completed run: 3; of an unknown one: 2', async () => {
    using folder = createWorkspace(files)
    await runCommand(['run', 'hello.yaml', 'Hi'], { cwd: folder.path })
    expect(await runCommand(['resume', 'latest', '--json'], { cwd: folder.path })).toMatchObject({
      code: 3,
      json: { error: { code: 'run_ended' } },
    })
    expect(await runCommand(['resume', 'run_zzz', '--json'], { cwd: folder.path })).toMatchObject({ code: 2 })
  })

  test('goes on where the turns ended, with more of them', async () => {
    using folder = createWorkspace({
      ...files,
      'x.yaml': SHOP.replace('needs_approval: true', 'needs_approval: false'),
    })
    expect((await runCommand(['run', 'x.yaml', 'Hi', '--max-turns', '1'], { cwd: folder.path })).code).toBe(1)
    const { code, json } = await runCommand(['resume', '-1', '--max-turns', '5', '--json'], {
      cwd: folder.path,
    })
    expect({ code, json }).toMatchObject({ code: 0, json: { final_output: 'Cancelled.', turns: 2 } })
    expect(readFileSync(join(folder.path, 'calls.log'), 'utf8')).toBe('7\n')
  })

  test('with calls undecided: 4, and nothing happens', async () => {
    using folder = createWorkspace(files)
    await runCommand(['run', 'shop.yaml', 'Hi'], { cwd: folder.path })
    const { code, json } = await runCommand(['resume', '-1', '--json'], { cwd: folder.path })
    expect({ code, json }).toMatchObject({
      code: 4,
      json: { status: 'paused', interruptions: [{ call_id: 'call_a' }] },
    })
  })
})
