/** What a change of the spec means for one run. */
import { describe, expect, test } from 'vitest'
import { diffPrograms } from '../../../src/compiler/diff/diff-programs.ts'
import { judgeRun } from '../../../src/compiler/diff/judge-run.ts'
import type { CallInHand, RunInHand } from '../../../src/compiler/diff/judge-run.ts'
import { createSchemaValidator } from '../../../src/compiler/json-schema/schema-validator.ts'
import { programOf } from '../../support/compile-text.ts'

const BEFORE = `agentspec: 1
name: shop
version: 1.0.0
entry: desk
agents:
  desk: { instructions: Help., tools: [pay, look], handoffs: [bills], mcp_servers: [files] }
  bills: { instructions: Bill., tools: [pay] }
  lost: { instructions: Alone., tools: [other] }
tools:
  pay:
    type: function
    handler: ./t.ts#pay
    needs_approval: true
    parameters: { type: object, properties: { sum: { type: number } }, required: [sum], additionalProperties: false }
  look: { type: function, handler: ./t.ts#look }
  other: { type: function, handler: ./t.ts#look, needs_approval: true }
mcp_servers:
  files: { command: files, require_approval: always }
=== t.ts
export const pay = () => 1
export const look = () => 1
`

const RUN: RunInHand = { agents: ['desk'], active: ['desk'], calls: [], sticky: [] }

const asked = (name: string, args: unknown = { sum: 150 }): CallInHand => ({
  agent: 'desk',
  name,
  server: null,
  arguments: args,
  isAsked: true,
})

/** The run is in for this, if the spec changes so: from a text to another, as often as given. */
async function expectVerdict(
  run: Partial<RunInHand>,
  edits: readonly (readonly [string, string])[],
  expected: readonly [verdict: string, ...reasons: readonly string[]],
): Promise<void> {
  const after = edits.reduce((text, [from, to]) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  }, BEFORE)
  const [older, newer] = [await programOf(BEFORE), await programOf(after)]
  const validator = await createSchemaValidator()
  const specs = { older, newer, changes: diffPrograms(older, newer) }
  const verdict = judgeRun(
    specs,
    { ...RUN, ...run },
    (schema, value) => validator.validate(schema, value).length === 0,
  )
  expect([verdict.class, ...verdict.reasons]).toEqual(expected)
}

const NARROWER = ['sum: { type: number }', 'sum: { type: number, maximum: 100 }'] as const
const NARROWED = 'tool pay: parameters.sum must now be at most 100'
const UNGATED = ['needs_approval: true\n', 'needs_approval: false\n'] as const
const GATE = 'tool pay: needs_approval is now false, was true'

describe('a run whose spec changes', () => {
  test('is not touched by what it cannot come to, nor by how runs start', async () => {
    await expectVerdict(
      {},
      [
        ['Alone.', 'Alone!'],
        ['./t.ts#look, needs_approval: true', './t.ts#look'],
      ],
      ['compatible'],
    )
    await expectVerdict({}, [['entry: desk', 'entry: bills']], ['compatible'])
    await expectVerdict({}, [['version: 1.0.0', 'version: 1.0.1']], ['cosmetic'])
    await expectVerdict({}, [], ['cosmetic'])
  })

  test('may act differently where it may come to', async () => {
    await expectVerdict({}, [['Bill.', 'Bill!']], ['behavioural', 'agent bills: instructions changed'])
    await expectVerdict({}, [UNGATED], ['behavioural', GATE])
    await expectVerdict({}, [NARROWER], ['behavioural', NARROWED])
    await expectVerdict(
      { active: ['bills'] },
      [['Help.', 'Help!']],
      ['behavioural', 'agent desk: instructions changed'],
    )
    await expectVerdict({ agents: ['bills'], active: ['bills'] }, [['Help.', 'Help!']], ['compatible'])
  })

  test('asks again about a call that waits, when what was approved is different', async () => {
    const calls = [asked('pay')]
    await expectVerdict({ calls }, [UNGATED], ['needs_reapproval', GATE])
    await expectVerdict({ calls: [asked('look', {})] }, [UNGATED], ['behavioural', GATE])
    await expectVerdict({ calls: [{ ...asked('pay'), isAsked: false }] }, [UNGATED], ['behavioural', GATE])
    await expectVerdict({ sticky: [{ ...asked('pay'), decision: 7 }] }, [UNGATED], ['needs_reapproval', GATE])
    await expectVerdict(
      { calls: [{ ...asked('read_file'), server: 'files' }] },
      [['command: files', 'command: other']],
      ['needs_reapproval', 'server files: command is now "other", was "files"'],
    )
  })

  test('asks again about a call in doubt, also of a tool that nothing gates', async () => {
    await expectVerdict(
      { calls: [asked('look', {})] },
      [
        ['look = () => 1', 'look = () => 2'],
        ['instructions: Help.', 'instructions: Help!'],
      ],
      [
        'needs_reapproval',
        'tool look: the code behind handler changed (t.ts)',
        'tool pay: the code behind handler changed (t.ts)',
        'agent desk: instructions changed',
      ],
    )
  })

  test('cannot go on when the arguments that wait do not fit any more, and can when they do', async () => {
    await expectVerdict({ calls: [asked('pay')] }, [NARROWER], ['breaking', NARROWED])
    await expectVerdict({ calls: [asked('pay', { sum: 99 })] }, [NARROWER], ['needs_reapproval', NARROWED])
    await expectVerdict({ calls: [asked('pay', '{"sum":')] }, [NARROWER], ['needs_reapproval', NARROWED])
    await expectVerdict(
      { sticky: [{ ...asked('pay'), decision: 7 }] },
      [NARROWER],
      ['needs_reapproval', NARROWED],
    )
  })

  test('cannot go on without the agent, the tool, the server or the handoff it has in hand', async () => {
    const gone = [
      ['handoffs: [bills]', 'handoffs: []'],
      ['tools: [pay, look]', 'tools: [look]'],
      ['mcp_servers: [files]', 'mcp_servers: []'],
    ] as const
    const said = [
      'agent desk: no longer has tool pay',
      'agent desk: no longer has the tools of server files',
      'agent desk: no longer hands over to bills',
    ]
    await expectVerdict({}, gone, ['behavioural', ...said])
    await expectVerdict({ calls: [asked('pay')] }, gone, ['breaking', ...said])
    await expectVerdict({ calls: [asked('transfer_to_bills')] }, [gone[0]], ['breaking', said[2]!])
    await expectVerdict({ calls: [asked('read_file')] }, [gone[2]], ['breaking', said[1]!])
    const without = [gone[0], ['  bills: { instructions: Bill., tools: [pay] }\n', '']] as const
    await expectVerdict({ agents: ['desk', 'bills'] }, without, ['breaking', 'agent bills: removed'])
    await expectVerdict({}, without, ['behavioural', 'agent bills: removed'])
  })
})
