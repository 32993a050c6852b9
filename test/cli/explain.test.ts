/** `explain`: a diagnostic, a value, a decision. */
import { describe, expect, test } from 'vitest'
import { diagnosticCodes } from '../../src/spec/diagnostic-codes.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const SPEC = `agentspec: 1
name: shop
entry: desk
context: { schema: { type: object, properties: { tier: { enum: [free, pro] } }, required: [tier] }, default: { tier: free } }
include: [./more.yaml]
agents:
  desk: { instructions: Help., tools: [cancel, refund, look, write], handoffs: [billing] }
  billing: { instructions: Bill., tools: [refund] }
tools:
  cancel:
    type: function
    description: Cancel an order
    handler: ./tools.ts#cancel
    parameters: { type: object, properties: { amount: { type: number } }, required: [amount], additionalProperties: false }
    needs_approval: { when: "args.amount > 100.0 && context.tier == 'free'" }
  refund: { type: function, description: Refund, handler: ./tools.ts#cancel, needs_approval: true }
  look: { type: function, description: Look, handler: ./tools.ts#cancel }
approvals:
  rules:
    - { tool: refund, agent: billing, decide: deny, message: Not you }
    - { tool: refund, when: "context.tier == 'pro'", decide: allow }
`
const MORE = `agentspec: 1
tools:
  write: { type: function, name: write_note, description: Write, handler: ./tools.ts#cancel, needs_approval: true }
`
const TOOLS = 'export const cancel = () => 1\n'
const files = { 'specs/shop.yaml': SPEC, 'specs/more.yaml': MORE, 'specs/tools.ts': TOOLS }

/** \`explain\` in a folder with the specs. */
async function explain(...words: readonly string[]): Promise<CommandResult> {
  using folder = createWorkspace(files)
  return await runCommand(['explain', ...words], { cwd: folder.path })
}

/** The line and column of a piece of the spec. */
function startOf(piece: string, text = SPEC): { line: number; column: number; offset: number } {
  const offset = text.indexOf(piece)
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, offset }
}

describe('a code', () => {
  test('is shown with its title, a finding, a wrong and a right example, in any case', async () => {
    const { code, stdout, stderr } = await explain('as3001')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /^AS3001 \(error\) Unknown agent\n\nspec\.yaml:5:58 error AS3001: Unknown agent "biling"\./,
    )
    expect(stdout).toContain('\n> 5 |   triage: { instructions: Help the customer., handoffs: [biling] }\n')
    expect(stdout).toMatch(/\n\nWrong:\n {2}agentspec: 1\n[^]*\n\nRight:\n {2}agentspec: 1\n/)
  })

  test('is shown with every file of its examples', async () => {
    const { stdout } = await explain('AS3014')
    expect(stdout).toMatch(
      /\n\nWrong, spec\.yaml:\n[^]*\n\nand tools\.ts:\n[^]*\n\nRight, spec\.yaml:\n[^]*\n\nand tools\.ts:\n/,
    )
  })

  test('is an object with --json', async () => {
    const { code, json } = await explain('AS1002', '--json')
    expect(code).toBe(0)
    expect(json).toEqual({
      code: 'AS1002',
      severity: 'error',
      title: 'Tab used as indentation',
      message: 'A tab cannot indent a line in YAML.',
      hint: 'Use spaces; two for each level is usual.',
      wrong: [{ path: 'spec.yaml', text: diagnosticCodes.AS1002.wrong }],
      right: [{ path: 'spec.yaml', text: diagnosticCodes.AS1002.right }],
    })
  })

  test('that does not exist is refused with the nearest one and the way to the list', async () => {
    const result = await explain('AS3O01', '--json')
    expect(result).toMatchObject({ code: 2, json: { error: { code: 'unknown_code' } } })
    expect(result.stderr).toContain('There is no diagnostic "AS3O01". Did you mean "AS3001"?')
    expect(result.stderr).toContain('agentspec explain lists them all')
  })

  test('is in the list that there is without one', async () => {
    const { code, stdout } = await explain()
    expect(code).toBe(0)
    expect(stdout.split('\n')).toContain('AS3001  error    Unknown agent')
    const { json } = await explain('--json')
    const listed = (json as { codes: { code: string }[] }).codes.map((one) => one.code)
    expect(listed).toEqual(Object.keys(diagnosticCodes).toSorted())
  })
})

describe('a value', () => {
  test('is shown with its place and where it comes from', async () => {
    const { code, stdout } = await explain('specs/shop.yaml#/tools/cancel/needs_approval/when')
    const { line, column } = startOf('"args.amount')
    expect(code).toBe(0)
    expect(stdout).toContain(`written in the spec: specs/shop.yaml:${line}:${column}\n`)
    expect(stdout).toContain(`\n> ${line} |     needs_approval: { when: `)
    const builtIn = await explain('specs/shop.yaml#/tools/cancel/on_unknown')
    expect(builtIn.stdout).toBe(
      `/tools/cancel/on_unknown: "ask"\nbuilt in, nothing is written for it; the nearest place is specs/shop.yaml:${startOf('cancel:').line}:3\n`,
    )
  })

  test('is an object with --json, with the file relative to where one stands', async () => {
    const { json } = await explain('specs/shop.yaml#/tools/write/name', '--json')
    const start = startOf('write_note', MORE)
    expect(json).toEqual({
      value: 'write_note',
      file: 'specs/more.yaml',
      start,
      end: { ...start, column: start.column + 10, offset: start.offset + 10 },
      origin: 'include',
    })
    expect((await explain('specs/shop.yaml#', '--json')).json).toMatchObject({
      value: { name: 'shop' },
      origin: 'spec',
    })
  })

  test('that is not there is refused with the nearest pointer', async () => {
    const missing = await explain('specs/shop.yaml#/agents/dek/model')
    expect(missing).toMatchObject({ code: 2, stdout: '' })
    expect(missing.stderr).toContain(
      'There is no value at /agents/dek/model. Did you mean "/agents/desk/model"?',
    )
    expect(missing.stderr).toContain('/agents has "desk", "billing"')
    const index = await explain('specs/shop.yaml#/approvals/rules/7')
    expect(index.stderr).toContain('/approvals/rules has "0", "1"')
  })

  test('needs a pointer that is one, and a spec without errors', async () => {
    const pointer = await explain('specs/shop.yaml#agents')
    expect(pointer).toMatchObject({ code: 2 })
    expect(pointer.stderr).toContain('agentspec explain specs/shop.yaml#/agents')
    const none = await explain('none.yaml#/agents', '--json')
    expect(none).toMatchObject({ code: 2, json: { error: { diagnostics: [{ code: 'AS1027' }] } } })
    const nothing = await explain('specs/shop.yaml')
    expect(nothing).toMatchObject({ code: 2, stdout: '' })
    expect(nothing.stderr).toContain('agentspec explain specs/shop.yaml#/agents')
  })
})

describe('a call', () => {
  const ask = (agent: string, tool: string, ...more: readonly string[]): Promise<CommandResult> =>
    explain('specs/shop.yaml', '--agent', agent, '--tool', tool, ...more)

  test('is an object with --json: the decision, the rule with its place, and the reason', async () => {
    const given = ['--args', '{"amount":150}', '--context', '{"tier":"free"}', '--json']
    const { code, json, stderr } = await ask('desk', 'cancel', ...given)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const pointer = '/tools/cancel/needs_approval'
    expect(json).toEqual({
      decision: 'ask',
      rule: { kind: 'tool', file: 'specs/shop.yaml', start: startOf('{ when: "args'), pointer },
      reason: "needs_approval: args.amount > 100.0 && context.tier == 'free'",
    })
  })

  test('without a rule is shown where one could be', async () => {
    const { json } = await ask('desk', 'look', '--json')
    const rule = { kind: 'default', file: 'specs/shop.yaml', start: startOf('look: {'), pointer: null }
    expect(json).toEqual({ decision: 'allow', rule, reason: 'the tool needs no approval' })
  })

  test('is told in words, with the rule', async () => {
    const { stdout } = await ask('billing', 'refund')
    const { line } = startOf('{ tool: refund, agent')
    expect(stdout).toContain("deny: billing's call of refund is refused\n")
    expect(stdout).toContain(`specs/shop.yaml:${line}:7\n`)
    expect(stdout).toContain(`\n> ${line} |     - { tool: refund, agent: billing, decide: deny`)
  })

  test('whose arguments do not fit is decided all the same, with a note', async () => {
    const { code, json, stderr } = await ask('desk', 'cancel', '--args', '{"amount":"much"}', '--json')
    expect({ code, json }).toMatchObject({ code: 0, json: { decision: 'ask' } })
    expect(stderr).toContain('note: the tool would not run with these arguments: amount: expected a number')
  })

  test('of an unknown name is refused with the nearest one', async () => {
    const tool = await ask('desk', 'cancle')
    expect(tool).toMatchObject({ code: 2, stdout: '' })
    expect(tool.stderr).toContain('Agent desk has no tool "cancle". Did you mean "cancel"?')
  })

  test.for([
    ['--agent is missing', ['specs/shop.yaml', '--tool', 'cancel']],
    ['--tool is missing', ['specs/shop.yaml', '--args', '{}', '--agent', 'desk']],
    ['The spec is missing', ['--tool', 'cancel', '--agent', 'desk']],
    [
      '--args must be a JSON object',
      ['specs/shop.yaml', '--agent', 'desk', '--tool', 'look', '--args', '[1]'],
    ],
    [
      '--context is not valid JSON',
      ['specs/shop.yaml', '--agent', 'desk', '--tool', 'look', '--context', '{'],
    ],
  ] as const)('cannot be explained when %s', async ([message, words]) => {
    const result = await explain(...words)
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain(message)
  })
})
