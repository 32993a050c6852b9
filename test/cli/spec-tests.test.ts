/** `agentspec test`: what test files can say, and what is told of them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { sse, startModelServer, stream } from '../support/model-server.ts'
import { called, said } from '../support/responses.ts'
import { startCommand } from '../support/live-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const DESK = `agentspec: 1
name: desk
entry: triage
models: { real: openai/any }
agents:
  triage: { model: real, instructions: "Help {{ context.name }} with \${DESK_TOPIC:-orders}.", tools: [look, cancel], handoffs: [billing] }
  billing: { model: real, instructions: Explain the invoice. }
tools:
  look: { type: function, description: Looks, handler: ./tools.ts#look, parameters: { type: object, properties: { id: { type: integer } } } }
  cancel:
    type: function
    description: Cancels
    handler: ./tools.ts#cancel
    parameters: { type: object, properties: { id: { type: integer }, amount: { type: number } }, required: [id] }
    needs_approval: { when: "has(args.amount) && args.amount > 100.0" }
`
const TOOLS = `export function look() { throw new Error('the real body of look') }
export function cancel(args) { return { cancelled: args.id } }
`

async function testing(
  tests: string,
  words: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  using folder = createWorkspace({ 'desk.yaml': DESK, 'tools.ts': TOOLS, 'desk.test.yaml': tests, ...files })
  return await runCommand(['test', ...words], { cwd: folder.path })
}

const CALL = (name: string, args: string, more = ''): string =>
  `{ tool_calls: [{ name: ${name}, arguments: ${args}${more} }] }`

describe('agentspec test', () => {
  test('approves and rejects calls step by step, and sees what the model and the tools were given', async () => {
    const { code, stdout, stderr } = await testing(
      `spec: ./desk.yaml
tests:
  - name: two calls, decided one by one
    input: Cancel 7 and 8
    context: { name: Ana }
    env: { DESK_TOPIC: refunds }
    model:
      - tool_calls:
          - { name: cancel, arguments: { id: 7, amount: 150 }, call_id: seven }
          - { name: cancel, arguments: { id: 8, amount: 250 }, call_id: eight }
          - { name: look, arguments: { id: 9 } }
      - handoff: billing
      - text: Order 7 is cancelled.
    tools: { look: { returns: { state: open } } }
    steps:
      - expect:
          status: paused
          exit_code: 4
          final_output: null
          interruptions: [{ tool: cancel, arguments: { id: 7 } }, { call_id: eight }]
          tool_calls: [{ tool: look, output: { contains: open } }]
          model_input: { instructions: Help Ana with refunds., tools: [look, cancel] }
      - approve: { call: seven, args: { id: 7, amount: 120 } }
      - reject: { call: eight, message: Too much }
      - expect:
          status: completed
          final_output: { matches: "^Order 7" }
          last_agent: billing
          tool_calls: [{ tool: look }, { tool: cancel, arguments: { amount: 120 }, is_error: false }]
          model_input: { contains: Too much }
          events: [{ type: approval.decided, by: test }, { type: handoff.occurred, to: billing }]
          usage: { requests: 3 }
          error: null
  - name: stubs throw, and call functions of the test
    input: Look
    context: { name: Ben }
    model: [${CALL('look', '{ id: 1 }')}, ${CALL('cancel', '{ id: 2 }')}, { text: Done }]
    tools: { look: { throws: closed today }, cancel: { handler: ./stubs.ts#cancel } }
    steps:
      - expect:
          tool_calls: [{ tool: look, output: { contains: closed today } }, { output: stub of 2 }]
          final_output: { schema: { enum: [Done] }, not: { contains: later } }
  - name: several turns are one conversation
    inputs: [One, Two]
    context: { name: Cyd }
    model: [{ text: First }, { text: Second }, { error: { message: broken } }, { text: Fourth }]
    steps:
      - expect: { final_output: Second, model_input: { contains: First } }
      - input: Three
      - expect: { status: failed, exit_code: 1, error: { code: model_error } }
      - resume: true
      - expect: { final_output: Fourth, model_input: { contains: Three } }
policies:
  - { tool: cancel, args: { id: 1, amount: 150 }, expect: ask }
  - { agent: triage, tool: cancel, args: { id: 1, amount: 50 }, context: { name: Ana }, expect: allow }
diagnostics: []
`,
      [],
      { 'stubs.ts': 'export const cancel = (args: { id: number }) => `stub of ${args.id}`\n' },
    )
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/ok: 6 tests passed\n$/),
    })
  })

  test('says what is not as expected, at its place, and exits 1', async () => {
    const { code, stdout } = await testing(`spec: ./desk.yaml
tests:
  - name: wrong
    input: Hello
    context: { name: Ana }
    model: [{ text: "Hello\\nAna" }]
    steps:
      - expect: { final_output: "Hello\\nBen", usage: { requests: 1 } }
  - name: right
    input: Hello
    context: { name: Ana }
    model: [{ text: Hello }]
policies:
  - { tool: cancel, args: { id: 1 }, expect: deny }
`)
    expect(code).toBe(1)
    expect(stdout).toContain('desk.test.yaml:8:33 final_output is "Hello\\nAna", expected "Hello\\nBen"')
    expect(stdout).toContain('  - Ben\n')
    expect(stdout).toContain('  + Ana\n')
    expect(stdout).toContain('✓ right')
    expect(stdout).toContain('desk.test.yaml:14:46 the decision is allow, expected deny')
    expect(stdout).toMatch(/2 tests failed, 1 passed\n$/)
  })

  test.for([
    [
      'a test that ends in an approval nobody expects',
      `model: [${CALL('cancel', '{ id: 1, amount: 900 }')}]`,
      'waits for approval of cancel',
    ],
    [
      'a failure nobody looks at',
      'model: [{ error: { message: broken } }]\n    steps: [{ approve: {} }]',
      'is not waiting|Nothing is waiting',
    ],
    ['a provider that would have to be asked', '', 'Nothing says what model "real" answers'],
    [
      'a call that is not there',
      'model: [{ text: a }]\n    steps: [{ reject: { call: nothing } }]',
      'has no call nothing',
    ],
  ] as const)('fails for %s', async ([, keys, message]) => {
    const { code, stdout } = await testing(
      `spec: ./desk.yaml\ntests:\n  - name: t\n    input: a\n    context: { name: Ana }\n    ${keys}\n`,
    )
    expect(code).toBe(1)
    expect(stdout).toMatch(new RegExp(message))
  })

  test('checks every file before it runs anything: mistakes are diagnostics, exit 2', async () => {
    const { code, json } = await testing(
      `spec: ./desk.yaml
tests:
  - { name: a, input: a, agent: billling, tools: { cancle: { returns: 1 } }, steps: [{ expect: { status: pausd } }] }
  - { name: b, input: b, inputs: [c], stepps: [] }
`,
      ['--json'],
    )
    expect(code).toBe(2)
    expect(json).toMatchObject({ error: { code: 'spec_invalid' } })
    const { error } = json as { error: { diagnostics: { message: string; start: { line: number } }[] } }
    expect(error.diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining('"inputs"'),
      expect.stringContaining('Unknown key "stepps". Did you mean "steps"?'),
    ])
    const second = await testing(
      `spec: ./desk.yaml
tests:
  - { name: a, input: a, agent: billling, tools: { cancle: { handler: ./no.ts#x } }, steps: [{ expect: { status: pausd } }] }
diagnostics: [AS9999]
`,
      ['--json'],
    )
    const found = second.json as { error: { diagnostics: { code: string }[] } }
    expect(found.error.diagnostics.map((one) => one.code).toSorted()).toEqual([
      'AS2007',
      'AS2007',
      'AS3001',
      'AS3002',
      'AS3008',
    ])
  })

  test('compares the diagnostics of a spec, which may be invalid', async () => {
    const broken = DESK.replace('handoffs: [billing]', 'handoffs: [biling]')
    const files = { 'broken.yaml': broken }
    const tests = 'spec: ./broken.yaml\ndiagnostics: [{ code: AS3001, line: 6 }]\n'
    expect(await testing(tests, [], files)).toMatchObject({ code: 0 })
    const wrong = await testing('spec: ./broken.yaml\ndiagnostics: [{ code: AS3001, line: 7 }]\n', [], files)
    expect(wrong.code).toBe(1)
    expect(wrong.stdout).toContain('AS3001 is expected here, but it is at AS3001 (broken.yaml:6)')
    expect(wrong.stdout).toContain('nobody expects AS3001')
    const unexpected = await testing('spec: ./broken.yaml\n', [], files)
    expect(unexpected).toMatchObject({ code: 2, stdout: '' })
    expect(unexpected.stderr).toContain('broken.yaml:6:')
  })

  test('runs what --filter names, and reports as JSON and JUnit', async () => {
    const tests = `spec: ./desk.yaml
tests:
  - { name: Says <hello>, input: a, context: { name: A }, model: [{ text: a }] }
  - { name: other, input: a, context: { name: A }, model: [{ text: b }], steps: [{ expect: { final_output: a } }] }
`
    const json = await testing(tests, ['--json'])
    expect(json).toMatchObject({
      code: 1,
      json: {
        passed: 1,
        failed: 1,
        tests: [
          { file: 'desk.test.yaml', name: 'Says <hello>', kind: 'test', passed: true, failures: [] },
          { passed: false, failures: [{ start: { line: 4 }, expected: 'a', actual: 'b' }] },
        ],
      },
    })
    const junit = await testing(tests, ['--reporter', 'junit', '--filter', 'HELLO'])
    expect(junit.code).toBe(0)
    expect(junit.stdout).toContain('<testsuites tests="1" failures="0"')
    expect(junit.stdout).toContain('name="Says &lt;hello&gt;"')
    expect(await testing(tests, ['--filter', 'nothing'])).toMatchObject({ code: 2 })
  })

  test('--record keeps what the provider answers, --replay plays it and says where the spec differs', async () => {
    const answers = [called('call_1', 'look', { id: 1 }), said('It is open.')].map((item, index) => {
      const response = { id: `resp_${index}`, object: 'response', status: 'completed', output: [item] }
      return stream([sse([{ type: 'response.completed', sequence_number: 0, response }])])
    })
    await using server = await startModelServer(...answers)
    using folder = createWorkspace({
      'desk.yaml': DESK,
      'tools.ts': TOOLS,
      'desk.test.yaml': `spec: ./desk.yaml
tests:
  - name: taped
    input: Look
    context: { name: Ana }
    replay: ./tapes/look.json
    tools: { look: { returns: open } }
    steps: [{ expect: { final_output: It is open., usage: { requests: 2 } } }]
`,
    })
    const cwd = folder.path
    expect(await runCommand(['test'], { cwd })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Record it with --record'),
    })
    const env = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-test-not-a-real-key' }
    const recorded = await runCommand(['test', '--record'], { cwd, env })
    expect(recorded, recorded.stdout).toMatchObject({ code: 0 })
    expect(server.requests).toHaveLength(2)
    expect(readFileSync(join(cwd, 'tapes/look.json'), 'utf8')).not.toContain('sk-test-not-a-real-key')
    expect(await runCommand(['test', '--replay'], { cwd })).toMatchObject({ code: 0 })
    folder.write('desk.yaml', DESK.replace('Help {{', 'Do help {{'))
    const differs = await runCommand(['test', '--replay'], { cwd })
    expect(differs.code).toBe(5)
    expect(differs.stdout).toContain('desk.yaml:6:40 instructions is not as recorded')
    folder.write('desk.yaml', DESK.replace('Looks', 'Looks it up'))
    const tool = await runCommand(['test', '--replay', '--json'], { cwd })
    expect(tool).toMatchObject({
      code: 5,
      json: { tests: [{ failures: [{ pointer: '/tools/look', diverges: true }] }] },
    })
    expect(server.requests).toHaveLength(2)
  })

  test('--watch runs again when the spec changes', async () => {
    using folder = createWorkspace({
      'desk.yaml': DESK,
      'tools.ts': TOOLS,
      'desk.test.yaml': 'spec: ./desk.yaml\npolicies: [{ tool: cancel, args: { id: 1 }, expect: allow }]\n',
    })
    const live = startCommand(['test', '--watch'], { cwd: folder.path })
    try {
      await live.waitFor('ok: 1 test passed')
      await live.waitFor('Ctrl-C ends')
      folder.write('desk.yaml', DESK.replace(/needs_approval: .*/, 'needs_approval: true'))
      await live.waitFor('the decision is ask, expected allow')
      await live.waitFor('Ctrl-C ends')
      folder.write('desk.yaml', 'agentspec: 1\nname: desk\nagents: []\n')
      await live.waitFor('No test was run')
      live.signal('SIGINT')
      expect((await live.ended).code).toBe(0)
    } finally {
      live.signal('SIGKILL')
    }
  })
})
