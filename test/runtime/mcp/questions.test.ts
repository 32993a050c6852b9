/** Questions of servers during a call: a person answers, and the call begins again with the answer. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { McpServerDefinition } from '../../../src/compiler/program-mcp.ts'
import type { Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { RunResult } from '../../../src/runtime/run-result.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { serverProgram, withServers } from '../../support/mcp.ts'
import { agent, compiled, mcpServer } from '../../support/program.ts'
import { outputs, runtimeOver, types } from '../../support/runs.ts'
import { createWorkspace } from '../../support/workspace.ts'
import { agentTool, guarded } from '../guardrails/support.ts'

const SERVER = fileURLToPath(new URL('children/asking-server.ts', import.meta.url))
const DEPLOY: ScriptStep = { tool_calls: [{ name: 'deploy', arguments: { env: 'prod' } }] }
const OK: ScriptStep = { text: 'ok' }
const BY = { by: 'ana' } as const

interface Asked {
  readonly runtime: Runtime
  readonly result: RunResult
  readonly said: () => readonly string[]
  /** The server describes its tool otherwise from here on. */
  readonly change: () => void
}

async function asked(
  given: Partial<McpServerDefinition> = {},
  options: Parameters<Runtime['start']>[2] = {},
  script: readonly ScriptStep[] = [DEPLOY, OK],
  overrides: Partial<Program> = {},
): Promise<Asked> {
  const workspace = createWorkspace()
  onTestFinished(() => workspace[Symbol.dispose]())
  const log = join(workspace.path, 'server.log')
  const server = mcpServer({ command: process.execPath, args: [SERVER, log], cwd: workspace.path, ...given })
  const runtime = runtimeOver()
  const result = await runtime.start(
    compiled(withServers({ ops: server }, script, { overrides })),
    'Go',
    options,
  ).result
  return {
    runtime,
    result,
    said: () => readFileSync(log, 'utf8').trim().split('\n'),
    change: () => writeFileSync(`${log}.changed`, ''),
  }
}

describe.each(['legacy', '2026-07-28'])('a question of a server that speaks %s', (negotiation) => {
  test('waits for a person with its fields, and gets the answer when it is asked again', async () => {
    const { runtime, result, said } = await asked({ negotiation })
    expect(result).toMatchObject({
      status: 'paused',
      interruptions: [
        {
          kind: 'elicitation',
          tool: 'deploy',
          server: 'ops',
          arguments: { env: 'prod' },
          elicitation: {
            message: 'Deploy to prod?',
            schema: {
              properties: { sure: { type: 'boolean', title: 'Sure?' }, note: { maxLength: 10 } },
              required: ['sure'],
            },
          },
        },
      ],
    })
    await runtime.decide(result.run_id, { ...BY, calls: [], decision: 'approve', result: { sure: true } })
    const ended = await runtime.resume(result.run_id).result
    expect(ended.status).toBe('completed')
    expect(await outputs(runtime, result.run_id)).toEqual({ call_1_1: 'deployed to prod: none' })
    expect(said().at(-1)).toBe('deploy prod {"action":"accept","content":{"note":"none","sure":true}}')
  })

  test('is declined by a rejection, which the tool carries out as it likes', async () => {
    const { runtime, result } = await asked({ negotiation })
    await runtime.decide(result.run_id, { ...BY, calls: [], decision: 'reject' })
    await runtime.resume(result.run_id).result
    expect(await outputs(runtime, result.run_id)).toEqual({ call_1_1: 'not deployed' })
  })

  test('is declined where nobody is asked', async () => {
    const { runtime, result } = await asked({ negotiation }, { unattended: 'deny' })
    expect(result.status).toBe('completed')
    expect(await outputs(runtime, result.run_id)).toEqual({ call_1_1: 'not deployed' })
  })
})

describe('a question', () => {
  test('is journaled as a request about the call, which then starts again', async () => {
    const { runtime, result } = await asked()
    await runtime.decide(result.run_id, { ...BY, calls: [], decision: 'approve', result: { sure: true } })
    await runtime.resume(result.run_id).result
    expect((await types(runtime, result.run_id)).slice(3, 10)).toEqual([
      'tool.started',
      'approval.requested',
      'run.paused',
      'approval.decided',
      'run.resumed',
      'tool.started',
      'tool.completed',
    ])
  })

  test('is nothing that may be allowed without an answer', async () => {
    const { result } = await asked({}, { unattended: 'allow' })
    expect(result).toMatchObject({ status: 'paused', interruptions: [{ kind: 'elicitation' }] })
  })

  test('ends a run that fails instead of asking', async () => {
    const { result } = await asked({}, { unattended: 'fail' })
    expect(result).toMatchObject({ status: 'failed', error: { code: 'approval_denied_unattended' } })
    expect(result.error?.message).toContain('asks a question')
  })

  test.each([
    [{ result: { sure: 'yes' } }, 'invalid_answer', 'sure: expected'],
    [{ result: { sure: true, more: 1 } }, 'invalid_answer', 'more'],
    [{ result: { sure: true, note: 'far too long' } }, 'invalid_answer', 'note: expected'],
    [{ result: [] }, 'invalid_answer', ''],
    [{}, 'invalid_answer', 'sure (boolean, required)'],
    [{ result: { sure: true }, always: true }, 'always_not_wanted', ''],
    [{ args: { env: 'dev' } }, 'args_not_wanted', ''],
  ] as const)('is not answered by %j', async (given, code, words) => {
    const { runtime, result } = await asked()
    const deciding = runtime.decide(result.run_id, { ...BY, calls: [], decision: 'approve', ...given })
    const failure: unknown = await deciding.then(
      () => null,
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code })
    expect(JSON.stringify([failure, String(failure)])).toContain(words)
    expect((await runtime.show(result.run_id)).interruptions).toHaveLength(1)
  })

  test('of one call waits until the other calls of the server are done, and leaves them alone', async () => {
    const both: ScriptStep = {
      tool_calls: [
        { name: 'wait', arguments: { env: 'a' } },
        { name: 'deploy', arguments: { env: 'prod' } },
      ],
    }
    const { runtime, result, said } = await asked({}, {}, [both, OK])
    expect(result.interruptions).toMatchObject([{ kind: 'elicitation', tool: 'deploy' }])
    await runtime.decide(result.run_id, { ...BY, calls: [], decision: 'approve', result: { sure: true } })
    await runtime.resume(result.run_id).result
    expect(await outputs(runtime, result.run_id)).toEqual({
      call_1_1: 'waited a',
      call_1_2: 'deployed to prod: none',
    })
    expect(said().filter((line) => line === 'waited a')).toHaveLength(1)
  })

  test.each(['legacy', '2026-07-28'])('of each of two calls gets the answer to itself (%s)', async (how) => {
    const both: ScriptStep = {
      tool_calls: [
        { name: 'deploy', arguments: { env: 'a' } },
        { name: 'deploy', arguments: { env: 'b' } },
      ],
    }
    const { runtime, result } = await asked({ negotiation: how }, {}, [both, OK])
    for (const { request, elicitation } of result.interruptions) {
      const sure = elicitation?.message === 'Deploy to a?'
      await runtime.decide(result.run_id, {
        ...BY,
        calls: [`#${request}`],
        decision: 'approve',
        result: { sure },
      })
    }
    expect((await runtime.resume(result.run_id).result).status).toBe('completed')
    const given = Object.values(await outputs(runtime, result.run_id))
    expect(given).toHaveLength(2)
    // In the older generation a server does not say which of its calls asks: then only one of them gets to.
    if (how === 'legacy') expect(given).toContain('not deployed')
    else expect(given).toEqual(['deployed to a: none', 'not deployed'])
  })

  test('is cancelled with its run', async () => {
    const { runtime, result, said } = await asked()
    expect((await runtime.cancel(result.run_id, { by: 'ana' })).status).toBe('cancelled')
    expect(said()).not.toContain('deployed')
  })

  test('travels in a state document, and is answered where that is imported', async () => {
    const { runtime, result } = await asked()
    const document = await runtime.exportState(result.run_id, { bundle: true, move: true })
    const there = runtimeOver()
    const imported = await there.importState(document, { trustSpec: true })
    expect(imported).toMatchObject({ status: 'paused' })
    await there.decide(result.run_id, { ...BY, calls: [], decision: 'approve', result: { sure: true } })
    expect((await there.resume(result.run_id).result).status).toBe('completed')
    const again = await there.exportState(result.run_id, { bundle: true })
    expect(await runtimeOver().importState(again, { trustSpec: true })).toMatchObject({ status: 'completed' })
    expect(await outputs(there, result.run_id)).toEqual({ call_1_1: 'deployed to prod: none' })
  })

  test('whose tool the server changed meanwhile becomes a call in doubt, and the answer is for nobody', async () => {
    const { runtime, result, change } = await asked()
    await runtime.decide(result.run_id, { ...BY, calls: [], decision: 'approve', result: { sure: true } })
    change()
    const again = await runtime.resume(result.run_id).result
    expect(again).toMatchObject({ status: 'paused', interruptions: [{ kind: 'in_doubt', tool: 'deploy' }] })
    await runtime.decide(result.run_id, { ...BY, calls: [], decision: 'approve' })
    const anew = await runtime.resume(result.run_id).result
    expect(anew).toMatchObject({ status: 'paused', interruptions: [{ kind: 'elicitation' }] })
  })

  test('is answered by no decision that holds for every later call of its tool', async () => {
    const { runtime, result } = await asked({ require_approval: 'always' })
    await runtime.decide(result.run_id, { ...BY, calls: [], decision: 'approve', always: true })
    const asking = await runtime.resume(result.run_id).result
    expect(asking).toMatchObject({ status: 'paused', interruptions: [{ kind: 'elicitation' }] })
    const again = await runtime.resume(result.run_id, { input: 'Hurry.' }).result
    expect(again).toMatchObject({ status: 'paused', interruptions: asking.interruptions })
    expect((await types(runtime, result.run_id)).filter((type) => type === 'tool.completed')).toEqual([])
  })

  test('that a document words otherwise is not answered there', async () => {
    const { runtime, result } = await asked()
    const document = JSON.stringify(await runtime.exportState(result.run_id, { bundle: true, move: true }))
    const there = runtimeOver()
    await there.importState(JSON.parse(document.replaceAll('Deploy to prod?', 'Deploy to test?')), {
      trustSpec: true,
    })
    const deciding = there.decide(result.run_id, {
      ...BY,
      calls: [],
      decision: 'approve',
      result: { sure: true },
    })
    await expect(deciding).rejects.toMatchObject({ code: 'stale' })
  })

  test('that nobody answers in time is an error the model is told of', async () => {
    const approvals = {
      rules: [],
      on_expired: 'deny' as const,
      expires_after: 1,
      unattended: 'pause' as const,
      pre_approval_guardrails: false,
    }
    const { runtime, result } = await asked({}, {}, [DEPLOY, OK], { approvals })
    // It may have expired before the run could pause.
    const isOver = result.status === 'completed'
    const ended = isOver ? result : await runtime.resume(result.run_id).result
    expect(ended).toMatchObject({ status: 'completed' })
    expect(Object.values(await outputs(runtime, result.run_id))[0]).toContain('nobody answered in time')
  })

  test('that is asked again whenever it is declined comes to an end', async () => {
    const nag: ScriptStep = { tool_calls: [{ name: 'nag', arguments: { env: 'prod' } }] }
    const { runtime, result } = await asked({ max_retry_attempts: -1 }, { unattended: 'deny' }, [nag, OK])
    expect(result.status).toBe('completed')
    expect(Object.values(await outputs(runtime, result.run_id))[0]).toContain('more than 20 questions')
  })

  test('inside the run of an agent tool surfaces on the outer run, and goes back in', async () => {
    const workspace = createWorkspace()
    onTestFinished(() => workspace[Symbol.dispose]())
    const { path: cwd } = workspace
    const ops = mcpServer({ command: process.execPath, args: [SERVER, join(cwd, 'server.log')], cwd })
    const inner: ScriptStep = { tool_calls: [{ name: 'helper', arguments: { input: 'deploy' } }] }
    const spec = guarded({
      guardrails: {},
      scripts: { main: [inner, OK], helper: [DEPLOY, { text: 'deployed' }] },
      tools: { helper: agentTool('helper', 'helper') },
      agents: { helper: agent({ mcp_servers: ['ops'] }) },
    })
    const runtime = runtimeOver()
    const paused = await runtime.start(compiled({ ...spec, mcp_servers: { ops } }), 'Go').result
    expect(paused.interruptions).toMatchObject([{ kind: 'elicitation', path: ['call_1_1'] }])
    await runtime.decide(paused.run_id, { ...BY, calls: [], decision: 'approve', result: { sure: true } })
    expect((await runtime.resume(paused.run_id).result).status).toBe('completed')
    expect(await outputs(runtime, paused.run_id)).toEqual({ call_1_1: 'deployed' })
    expect(readFileSync(join(cwd, 'server.log'), 'utf8')).toContain('"action":"accept"')
  })

  test('to the model instead of a person is refused, and the model is told', async () => {
    const think: ScriptStep = { tool_calls: [{ name: 'think', arguments: { env: 'prod' } }] }
    const { runtime, result } = await asked({ negotiation: '2026-07-28' }, {}, [think, OK])
    expect(result.status).toBe('completed')
    expect(Object.values(await outputs(runtime, result.run_id))[0]).toContain('sampling/createMessage')
  })
})

test('the everything server of npm gets an answer over stdio', async () => {
  const script: readonly ScriptStep[] = [
    { tool_calls: [{ name: 'trigger-elicitation-request', arguments: {} }] },
    OK,
  ]
  const { runtime, result } = await asked({ args: [serverProgram('everything'), 'stdio'] }, {}, script)
  const [question] = result.interruptions
  expect(question).toMatchObject({ kind: 'elicitation', server: 'ops' })
  await runtime.decide(result.run_id, { ...BY, calls: [], decision: 'approve', result: { name: 'Ana' } })
  await runtime.resume(result.run_id).result
  expect(JSON.stringify(await outputs(runtime, result.run_id))).toContain('Ana')
})
