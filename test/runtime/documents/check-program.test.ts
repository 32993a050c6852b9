import { describe, expect, test } from 'vitest'
import { programProblem } from '../../../src/runtime/documents/check-program.ts'
import { importRun } from '../../../src/runtime/documents/import-run.ts'
import { specHash } from '../../../src/compiler/spec-hash.ts'
import type { Program } from '../../../src/compiler/program.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { agent, functionTool } from '../../support/program.ts'
import { byAgent, byCel } from '../guardrails/support.ts'
import { mutationsOf } from './mutations.ts'
import { asJson, deskSpec, makeRun, portsOver } from './support.ts'

const spec = deskSpec([])

function withTool(given: object): Program {
  return { ...spec, tools: { ...spec.tools, read: { ...functionTool('read'), ...given } } }
}

describe('a Program whose parts fit together', () => {
  test('has nothing to be said against it', () => {
    expect(programProblem(spec)).toBeNull()
    expect(programProblem(withTool({ needs_approval: { handler: 'tools.ts#read' } }))).toBeNull()
  })
})

describe('a Program is refused', () => {
  const module = { source: '', imports: {} }
  test.for<readonly [string, Program, string, string]>([
    [
      'a handler without its module',
      withTool({ handler: 'other.ts#read' }),
      '/tools/read/handler',
      'there is no module for handler "other.ts#read"',
    ],
    [
      'a handler without its export',
      withTool({ handler: 'tools.ts' }),
      '/tools/read/handler',
      'there is no module for handler "tools.ts"',
    ],
    [
      'a rule without its module',
      withTool({ needs_approval: { handler: 'x#y' } }),
      '/tools/read/needs_approval/handler',
      'there is no module for handler "x#y"',
    ],
    [
      'a handler of the prototype',
      withTool({ handler: 'constructor#read' }),
      '/tools/read/handler',
      'there is no module for handler "constructor#read"',
    ],
    ...['../evil.ts', '/etc/evil.ts', 'a/./b.ts', 'a//b.ts', '..\\evil.ts', ''].map(
      (path): readonly [string, Program, string, string] => [
        `a module outside of its folder, ${JSON.stringify(path)}`,
        { ...spec, modules: { ...spec.modules, [path]: module } },
        `/modules/${path.replaceAll('/', '~1')}`,
        `the path of a module leads out of the spec's folder`,
      ],
    ),
    [
      'an import of nothing',
      { ...spec, modules: { 'tools.ts': { source: '', imports: { './x.ts': 'x.ts' } } } },
      '/modules/tools.ts/imports/.~1x.ts',
      'there is no module "x.ts"',
    ],
    ['an entry that is no agent', { ...spec, entry: 'toString' }, '/entry', 'there is no agent "toString"'],
    [
      'an agent with a tool that is none',
      { ...spec, agents: { main: agent({ tools: ['gone'] }) } },
      '/agents/main/tools/0',
      'there is no tool "gone"',
    ],
    [
      'an agent with a model that is none',
      { ...spec, agents: { main: agent({ model: 'gone' }) } },
      '/agents/main/model',
      'there is no model "gone"',
    ],
    [
      'an agent tool over nobody',
      withTool({ type: 'agent', agent: 'gone' }),
      '/tools/read/agent',
      'there is no agent "gone"',
    ],
    [
      'an output without its module',
      withTool({ type: 'agent', agent: 'main', output: { handler: 'x#y' } }),
      '/tools/read/output/handler',
      'there is no module for handler "x#y"',
    ],
    [
      'a guardrail without its module',
      { ...spec, guardrails: { g: { ...byCel('true'), type: 'handler', handler: 'x#y' } } },
      '/guardrails/g/handler',
      'there is no module for handler "x#y"',
    ],
    [
      'a guardrail that asks nobody',
      { ...spec, guardrails: { g: byAgent('gone', 'true') } },
      '/guardrails/g/agent',
      'there is no agent "gone"',
    ],
    [
      'an agent with a guardrail that is none',
      { ...spec, agents: { main: agent({ output_guardrails: ['gone'] }) } },
      '/agents/main/output_guardrails/0',
      'there is no guardrail "gone"',
    ],
    [
      'a tool with a guardrail that is none',
      withTool({ input_guardrails: ['toString'] }),
      '/tools/read/input_guardrails/0',
      'there is no guardrail "toString"',
    ],
    [
      'a run with a guardrail that is none',
      { ...spec, run: { ...spec.run, input_guardrails: ['gone'] } },
      '/run/input_guardrails/0',
      'there is no guardrail "gone"',
    ],
    [
      'a handoff to nobody',
      {
        ...spec,
        agents: {
          main: agent({ handoffs: [{ agent: 'gone', tool_name: 't', tool_description: '', enabled: true }] }),
        },
      },
      '/agents/main/handoffs/0/agent',
      'there is no agent "gone"',
    ],
  ])('for %s', ([, program, pointer, problem]) => {
    expect(programProblem(program)).toEqual({ pointer, problem })
  })
})

describe('a Program that comes with a document', () => {
  test('is what its hash says', async () => {
    const { runtime, run_id } = await makeRun('paused', null)
    const document = asJson(await runtime.exportState(run_id, { bundle: true }))
    let refused = 0
    for (const { document: program } of mutationsOf(document['program'] ?? null)) {
      await expect(
        importRun(portsOver(memoryStore()), { ...document, program }, { trustSpec: true }),
      ).rejects.toMatchObject({
        name: 'UsageFailure',
        code: 'invalid_document',
      })
      refused += 1
    }
    expect(refused).toBeGreaterThan(400)
  })

  test('is looked at even when its hash is right', async () => {
    const { runtime, run_id, spec: honest } = await makeRun('paused', null)
    const document = JSON.stringify(await runtime.exportState(run_id))
    const tried = async (program: object): Promise<unknown> => {
      const forged = {
        ...JSON.parse(document.replaceAll(specHash(honest), specHash(program as Program))),
        program,
      }
      const store = memoryStore()
      const outcome = await importRun(portsOver(store), forged, { trustSpec: true }).catch(
        (error: unknown) => error,
      )
      expect((await store.listSpecs()).length).toBe(outcome instanceof Error ? 0 : 1)
      return outcome
    }
    expect(await tried(honest)).toMatchObject({ run_id })
    expect(await tried({ ...honest, entry: 'gone' })).toMatchObject({
      message: expect.stringContaining('/program/entry: there is no agent "gone"'),
    })
    expect(await tried({ ...honest, agents: { main: {} } })).toMatchObject({
      message: expect.stringContaining('/program/agents/main: "model" is missing'),
    })
    expect(await tried({ ...honest, tools: { ...honest.tools, read: { type: 'function' } } })).toMatchObject({
      message: expect.stringContaining('/program/tools/read: "handler" is missing'),
    })
    expect(await tried({ ...honest, modules: { 'tools.ts': 'source' } })).toMatchObject({
      message: expect.stringContaining('/program/modules/tools.ts: must be object, not "source"'),
    })
  })
})
