/** What a run that rests has in hand, and what that makes of a change of its spec. */
import { expect, test } from 'vitest'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { createRunJudge } from '../../../src/runtime/drift/run-judge.ts'
import { runInHand } from '../../../src/runtime/drift/run-in-hand.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import { agent, compiled, functionTool, program, scripted } from '../../support/program.ts'
import { call, read, runtimeOver, SOURCE, write } from '../../support/runs.ts'

const TWO: readonly ScriptStep[] = [
  { tool_calls: [{ name: 'write', arguments: { n: 1 } }, { name: 'read' }] },
  { text: 'done' },
]

test('calls that wait, with their arguments; not those that are done', async () => {
  const runtime = runtimeOver()
  const spec = compiled(program({ script: TWO, tools: [read, write], source: SOURCE }))
  const { run_id: id } = await runtime.start(spec, 'Go').result
  expect(runInHand(foldJournal(await runtime.events(id)))).toEqual({
    agents: ['main'],
    active: ['main'],
    calls: [{ agent: 'main', name: 'write', server: null, arguments: { n: 1 }, isAsked: true, request: 4 }],
    sticky: [],
  })
  await runtime.decide(id, { calls: [], decision: 'approve', by: 'ana', args: { n: 2 } })
  expect(runInHand(foldJournal(await runtime.events(id))).calls).toMatchObject([
    { arguments: { n: 2 }, isAsked: true },
  ])
})

test('decisions that hold on, after the call they were made for', async () => {
  const runtime = runtimeOver()
  const other = functionTool('other', { needs_approval: true, handler: 'tools.ts#read' })
  const script = [call('write', { n: 1 }), call('other'), { text: 'done' }]
  const spec = compiled(program({ script, tools: [write, other], source: SOURCE }))
  const { run_id: id } = await runtime.start(spec, 'Go').result
  await runtime.decide(id, { calls: [], decision: 'approve', by: 'ana', always: true })
  await runtime.resume(id).result
  expect(runInHand(foldJournal(await runtime.events(id)))).toMatchObject({
    calls: [{ name: 'other' }],
    sticky: [{ agent: 'main', name: 'write', server: null, decision: expect.any(Number) }],
  })
})

test('every agent that had a turn, and the one that goes on', async () => {
  const runtime = runtimeOver()
  const script = { main: [{ handoff: 'second' }], second: [call('write', { n: 1 })] }
  const spec = program({
    tools: [write],
    source: SOURCE,
    overrides: {
      models: { main: scripted(script) },
      agents: {
        main: agent({
          handoffs: [
            { agent: 'second', tool_name: 'transfer_to_second', tool_description: '', enabled: true },
          ],
        }),
        second: agent({ tools: ['write'] }),
      },
    },
  })
  const { run_id: id } = await runtime.start(compiled(spec), 'Go').result
  expect(runInHand(foldJournal(await runtime.events(id)))).toMatchObject({
    agents: ['main', 'second'],
    active: ['second'],
    calls: [{ agent: 'second', name: 'write' }],
  })
})

test('the arguments that wait decide whether a narrower schema breaks the run', async () => {
  const runtime = runtimeOver()
  const older = program({ script: TWO, tools: [read, write], source: SOURCE })
  const narrower = (maximum: number) =>
    program({
      script: TWO,
      tools: [read, { ...write, parameters: { type: 'object', properties: { n: { maximum } } } }],
      source: SOURCE,
    })
  const { run_id: id } = await runtime.start(compiled(older), 'Go').result
  const state = foldJournal(await runtime.events(id))
  expect((await createRunJudge(older, narrower(0)))(state)).toMatchObject({
    class: 'breaking',
    reasons: ['tool write: parameters.n must now be at most 0'],
    changes: [{ what: 'tool write: parameters.n must now be at most 0' }],
  })
  expect((await createRunJudge(older, narrower(1)))(state)).toMatchObject({
    class: 'needs_reapproval',
    ask_again: [4],
  })
  expect((await createRunJudge(older, older))(state)).toEqual({
    class: 'cosmetic',
    reasons: [],
    changes: [],
    ask_again: [],
    withdrawn: [],
  })
})
