/** Every fix that a diagnostic offers: it takes the mistake away, and brings no other. */
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/compiler/fix/apply-edits.ts'
import { diagnosticCodes } from '../../../src/spec/diagnostic-codes.ts'
import { compileText, renderDiagnostic } from '../../support/compile-text.ts'

const HEAD = `agentspec: 1
name: demo
`

/** A spec in which everything can be named wrongly. */
function spec(changes: Readonly<Record<string, string>>): string {
  let text = `${HEAD}entry: triage
models: { main: { provider: scripted, script: [ { text: Hi. } ] } }
agents:
  triage:
    model: main
    instructions: { file: ./triage.md }
    tools: [cancel_order]
    handoffs: [billing]
    mcp_servers: [files]
    input_guardrails: [no_cards]
  billing: { model: main, instructions: Bill. }
tools:
  cancel_order: { type: function, description: Cancel, handler: "./tools.ts#cancelOrder", needs_approval: true, timeout: 10s }
mcp_servers:
  files: { transport: stdio, command: files, require_approval: always }
guardrails:
  no_cards: { type: regex, pattern: "\\\\d{16}", block: matches }
=== triage.md
Help.
=== tools.ts
export function cancelOrder() {}
`
  for (const [part, changed] of Object.entries(changes)) {
    expect(text).toContain(part)
    text = text.replace(part, () => changed)
  }
  return text
}

/** `‹wrong›right‹›` in a text: the mistake, and what the fix makes of it. */
function bothOf(text: string): { readonly wrong: string; readonly right: string } {
  const mark = /‹([^›]*)›([^‹]*)‹›/g
  return { wrong: text.replace(mark, '$1'), right: text.replace(mark, '$2') }
}

const cases: readonly (readonly [code: string, what: string, text: string])[] = [
  ['AS2001', 'a key', spec({ 'handoffs: [': '‹handofs›handoffs‹›: [' })],
  ['AS2001', 'a key in quotes', spec({ 'handoffs: [': '‹"handofs"›"handoffs"‹›: [' })],
  [
    'AS2001',
    'a key in a map in brackets',
    spec({ 'instructions: Bill': '‹instuctions›instructions‹›: Bill' }),
  ],
  [
    'AS2006',
    'a number as text',
    `${HEAD}agents: { a: { instructions: Hi. } }\nrun: { max_turns: ‹"20"›20‹› }\n`,
  ],
  ['AS2006', 'a switch as text', spec({ 'needs_approval: true': "needs_approval: ‹'Yes'›true‹›" })],
  [
    'AS2006',
    'a fraction as text',
    `${HEAD}agents: { a: { instructions: Hi., model_settings: { temperature: ‹"0.5"›0.5‹› } } }\n`,
  ],
  ['AS2007', 'a word', spec({ 'type: function': 'type: ‹functon›function‹›' })],
  ['AS2007', 'a word in single quotes', spec({ 'type: function': "type: ‹'functon'›'function'‹›" })],
  ['AS2007', 'a switch among words', spec({ 'approval: always': 'approval: { move: ‹ture›true‹› }' })],
  [
    'AS2007',
    'a switch as text among words',
    spec({ 'approval: always': 'approval: { move: ‹"true"›true‹› }' }),
  ],
  [
    'AS2008',
    'the version of the format',
    `agentspec: ‹"1"›1‹›\nname: demo\nagents: { a: { instructions: Hi. } }\n`,
  ],
  ['AS2009', 'a duration', spec({ '10s': '‹10 seconds›10s‹›' })],
  ['AS2009', 'a duration in quotes', spec({ '10s': '‹"1 day"›"24h"‹›' })],
  ['AS2010', 'a slug', spec({ 'name: demo': 'name: ‹The Demo!›the-demo‹›' })],
  ['AS2011', 'a version', spec({ 'name: demo': 'name: demo\nversion: ‹v1.2›1.2.0‹›' })],
  ['AS2014', 'a name', `${HEAD}agents: { ‹"front  desk "›"front desk"‹›: { instructions: Hi. } }\n`],
  ['AS3001', 'an agent', spec({ '[billing]': '[‹biling›billing‹›]' })],
  ['AS3001', 'the entry', spec({ 'entry: triage': 'entry: ‹triag›triage‹›' })],
  ['AS3002', 'a tool', spec({ '[cancel_order]': '[‹cancel_ordr›cancel_order‹›]' })],
  ['AS3003', 'a model', spec({ 'model: main\n': 'model: ‹mian›main‹›\n' })],
  ['AS3004', 'an MCP server', spec({ '[files]': '[‹file›files‹›]' })],
  ['AS3005', 'a guardrail', spec({ '[no_cards]': '[‹no_card›no_cards‹›]' })],
  ['AS3008', 'a file', spec({ './triage.md': '‹./triag.md›./triage.md‹›' })],
  [
    'AS3008',
    'a module',
    spec({ '"./tools.ts#cancelOrder"': '‹"./tolls.ts#cancelOrder"›"./tools.ts#cancelOrder"‹›' }),
  ],
  [
    'AS3008',
    'the ending of a module',
    spec({ '"./tools.ts#cancelOrder"': '‹./tools.js#cancelOrder›./tools.ts#cancelOrder‹›' }),
  ],
  [
    'AS3008',
    'an included file',
    `${HEAD}include: [‹./team.yml›./team.yaml‹›]\nentry: a\n=== team.yaml\nagents: { a: { instructions: Hi. } }\n`,
  ],
  [
    'AS3008',
    'a schema',
    spec({
      'instructions: Bill.': 'instructions: Bill., output: { schema: { file: ‹./bil.json›./bill.json‹› } }',
    }) +
      '=== bill.json\n{ "type": "object", "properties": { "n": { "type": "integer" } }, "required": ["n"], "additionalProperties": false }\n',
  ],
  ['AS3014', 'an export', spec({ '#cancelOrder': '#‹cancelOrdr›cancelOrder‹›' })],
  [
    'AS3022',
    'a tool to stop at',
    spec({
      'tools: [cancel_order]':
        'tools: [cancel_order]\n    tool_use_behavior: { stop_at_tool_names: [‹cancel›cancel_order‹›] }',
    })
      .replace('    mcp_servers: [files]\n', '')
      .replace('Bill. }', 'Bill., mcp_servers: [files] }'),
  ],
  [
    'AS4020',
    'a tool that must be called',
    spec({
      'tools: [cancel_order]':
        'tools: [cancel_order]\n    model_settings: { tool_choice: ‹cancel_ordr›cancel_order‹› }',
    })
      .replace('    mcp_servers: [files]\n', '')
      .replace('Bill. }', 'Bill., mcp_servers: [files] }'),
  ],
  [
    'AS4004',
    'the tool of a rule',
    spec({
      'guardrails:\n':
        'approvals: { rules: [ { tool: ‹cancel_ordr›cancel_order‹›, decide: ask } ] }\nguardrails:\n',
    }),
  ],
]

test('every code whose example is offered a fix is among the cases', async () => {
  const offered = new Set<string>()
  for (const { wrong } of Object.values(diagnosticCodes)) {
    for (const { code, fix } of (await compileText(wrong)).diagnostics)
      if (fix !== undefined) offered.add(code)
  }
  expect([...offered.difference(new Set(cases.map(([code]) => code)))]).toEqual([])
  expect(offered.size).toBeGreaterThan(10)
})

describe('a fix takes away its mistake and brings no other', () => {
  test.for(cases)('%s: %s', async ([code, , text]) => {
    const { wrong, right } = bothOf(text)
    const { diagnostics } = await compileText(wrong)
    const offered = diagnostics.filter(({ fix }) => fix !== undefined)
    expect(offered.map(renderDiagnostic)).toEqual([expect.stringContaining(` ${code} `)])
    expect(applyEdits(wrong, offered[0]?.fix?.edits ?? [])).toBe(right)
    expect((await compileText(right)).diagnostics.map(renderDiagnostic)).toEqual([])
  })

  test('in the text of an anchor, however often an alias repeats it', async () => {
    const { wrong, right } = bothOf(
      spec({ 'handoffs: [billing]': 'handoffs: &others [‹biling›billing‹›]' }).replace(
        'instructions: Bill.',
        'instructions: Bill., handoffs: *others',
      ),
    )
    const { diagnostics } = await compileText(wrong)
    const [unknown] = diagnostics
    expect(unknown).toMatchObject({ code: 'AS3001' })
    expect(applyEdits(wrong, unknown?.fix?.edits ?? [])).toBe(right)
  })
})

describe('no fix is offered', () => {
  const rule = (text: string): string =>
    spec({ 'guardrails:\n': `approvals: { rules: [ ${text} ] }\nguardrails:\n` })

  test.for([
    ['AS4004', 'that would open a gate', rule('{ tool: cancel_ordr, decide: allow }')],
    ['AS4004', 'for a pattern', rule('{ tool: "cancl_*", decide: deny }')],
    ['AS3003', 'in a text over several lines', spec({ 'model: main\n': 'model: >-\n      mian\n' })],
    ['AS2001', 'when the right key is there, too', spec({ 'handoffs: [': 'handofs: []\n    handoffs: [' })],
    ['AS3008', 'that names a file of another kind', `${spec({ './tools.ts#': './desk.ts#' })}=== desk.md\n`],
    ['AS3008', 'that includes the spec in itself', `${HEAD}include: [./spce.yaml]\nagents: { a: {} }\n`],
  ] as const)('%s: %s', async ([code, , text]) => {
    const { diagnostics } = await compileText(text)
    const found = diagnostics.find((diagnostic) => diagnostic.code === code)
    expect(found).toBeDefined()
    expect(found?.fix).toBeUndefined()
  })
})
