/** Where values come from: each way a value can get into a Program. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { CompileSuccess } from '../../../src/compiler/compile-result.ts'
import { compileText } from '../../support/compile-text.ts'

const SPEC = `agentspec: 1
name: demo
entry: triage
include: [./shared.yaml]
x-shape: &shape { temperature: 0.5, top_p: 0.9 }
defaults:
  model: main
  model_settings: { verbosity: low }
  tools: { timeout: 30s, failure_error_function: null }
  mcp_servers: { require_approval: always }
models:
  main: { provider: openai, model: gpt-x }
  short: openai/gpt-y
agents:
  triage:
    instructions: { file: ./triage.md }
    model_settings: *shape
    tools:
      - find
      - { type: function, name: inline, description: d, handler: ./tools.ts#run, on_unknown: retry }
    mcp_servers: [files]
    handoffs: [billing, { agent: helper, tool_name: ask_helper }]
  billing:
    instructions: Explain the invoice.
    model: openai/gpt-z
    model_settings: { <<: *shape, top_p: 0.1 }
    tools: [box]
  helper: { instructions: Help., model: short }
tools:
  find:
    type: function
    description: d
    handler: ./tools.ts#run
    parameters: { file: ./find.schema.json }
    timeout: 1m
    failure_error_function: { message: "It failed" }
  box: { type: codex, working_directory: ./workspace, needs_approval: true }
mcp_servers:
  files: { command: ./server }
approvals:
  rules:
    - { tool: find, decide: ask }
=== shared.yaml
agentspec: 1
tools:
  shared:
    type: http
    description: d
    method: GET
    url: https://example.com
agents:
  reader: { instructions: Read., tools: [shared] }
=== triage.md
Look an order up.
Then hand over.
=== find.schema.json
{
  "type": "object",
  "properties": { "id": { "type": "integer" } }
}
=== tools.ts
export const run = () => 1
`

let spec: CompileSuccess

beforeAll(async () => {
  const result = await compileText(SPEC)
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics.map(({ message }) => message)))
  spec = result
})

/** `origin file:line:column = value`. */
function told(pointer: string): string | undefined {
  const found = spec.provenanceOf(pointer)
  return (
    found &&
    `${found.origin} ${found.file}:${found.start.line}:${found.start.column} = ${JSON.stringify(found.value)}`
  )
}

/** The place of a piece of the spec: its line and column. */
function at(piece: string): string {
  const before = SPEC.slice(0, SPEC.indexOf(piece)).split('\n')
  return `spec.yaml:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}

describe('a value', () => {
  test.for<readonly [string, string, string]>([
    ['that is written', '/agents/billing/model', `spec ${at('openai/gpt-z')} = "openai/gpt-z"`],
    ['with another form in the Program', '/tools/find/timeout', `spec ${at('1m')} = 60000`],
    ['of an item of a list', '/approvals/rules/0/decide', `spec ${at('ask }')} = "ask"`],
    ['of a model written as text', '/models/short/provider', `spec ${at('openai/gpt-y')} = "openai"`],
    [
      'of instructions written as text',
      '/agents/billing/instructions/template',
      `spec ${at('Explain the')} = "Explain the invoice."`,
    ],
    [
      'of a handoff written as a name',
      '/agents/triage/handoffs/0/agent',
      `spec ${at('billing, {')} = "billing"`,
    ],
    ['of a handoff', '/agents/triage/handoffs/1/tool_name', `spec ${at('ask_helper')} = "ask_helper"`],
    [
      'of a failure text',
      '/tools/find/failure_error_function/template',
      `spec ${at('{ message')} = "It failed"`,
    ],
    [
      'of an inline tool, by its path in the Program',
      '/tools/triage.inline/on_unknown',
      `spec ${at('retry')} = "retry"`,
    ],
    [
      'of an inline tool, by its path in the spec',
      '/agents/triage/tools/1/on_unknown',
      `spec ${at('retry')} = "retry"`,
    ],
    [
      'among the settings of a tool, by its path in the Program',
      '/tools/box/settings/working_directory',
      `spec ${at('./workspace')} = "./workspace"`,
    ],
    [
      'among the settings of a tool, by its path in the spec',
      '/tools/box/working_directory',
      `spec ${at('./workspace')} = "./workspace"`,
    ],
    [
      'of a model that is named in place',
      '/models/openai~1gpt-z/model',
      `spec ${at('openai/gpt-z')} = "gpt-z"`,
    ],
    ['that only the spec has', '/include/0', `spec ${at('./shared.yaml')} = "./shared.yaml"`],
    ['in an included file', '/tools/shared/method', 'include shared.yaml:6:13 = "GET"'],
    ['of an agent of an included file', '/agents/reader/tools/0', 'include shared.yaml:9:42 = "shared"'],
    [
      'that is the text of a file',
      '/agents/triage/instructions/template',
      'file triage.md:1:1 = "Look an order up.\\nThen hand over.\\n"',
    ],
    [
      'in a schema from a file',
      '/tools/find/parameters/properties/id/type',
      'file find.schema.json:3:35 = "integer"',
    ],
    [
      'that is the code of a tool',
      '/modules/tools.ts/source',
      'file tools.ts:1:1 = "export const run = () => 1\\n"',
    ],
    ['from the defaults', '/agents/triage/model', `defaults ${at('main\n')} = "main"`],
    [
      'from the default settings of models',
      '/agents/billing/model_settings/verbosity',
      `defaults ${at('low }')} = "low"`,
    ],
    ['from the defaults of tools', '/tools/triage.inline/timeout', `defaults ${at('30s')} = 30000`],
    [
      'from the defaults of tools, by its path in the spec',
      '/agents/triage/tools/1/timeout',
      `defaults ${at('30s')} = 30000`,
    ],
    [
      'from the defaults of tools, in another form',
      '/tools/box/failure_error_function/kind',
      `defaults ${at('null')} = "raise"`,
    ],
    [
      'from the defaults of servers',
      '/mcp_servers/files/require_approval',
      `defaults ${at('always')} = "always"`,
    ],
    ['of an anchor', '/agents/triage/model_settings/temperature', `spec ${at('0.5')} = 0.5`],
    ['that is merged', '/agents/billing/model_settings/temperature', `spec ${at('0.5')} = 0.5`],
    ['beside what is merged', '/agents/billing/model_settings/top_p', `spec ${at('0.1')} = 0.1`],
    ['that is built in', '/agents/billing/reset_tool_choice', `default ${at('billing:')} = true`],
    ['built in for a model written as text', '/models/short/timeout', `default ${at('short:')} = 600000`],
    [
      'built in for a model named in place',
      '/models/openai~1gpt-z/api',
      `default ${at('model: openai/gpt-z')} = "responses"`,
    ],
    [
      'built in for a handoff',
      '/agents/triage/handoffs/0/tool_name',
      `default ${at('billing, {')} = "transfer_to_billing"`,
    ],
    ['built in for a section that is not there', '/run/max_turns', 'default spec.yaml:1:1 = 10'],
  ])('%s: %s', ([, pointer, expected]) => {
    expect(told(pointer)).toBe(expected)
  })
})

test('a value behind an alias says where the alias is', () => {
  const [alias] = spec.provenanceOf('/agents/triage/model_settings/top_p')?.aliases ?? []
  expect(`${alias?.file}:${alias?.start.line}:${alias?.start.column}`).toBe(at('*shape'))
})

test('the end of a place is where the value ends', () => {
  const found = spec.provenanceOf('/agents/billing/model')
  expect(SPEC.slice(found?.start.offset, found?.end.offset)).toBe('openai/gpt-z')
})

test('the instructions as a whole come from the file that they are', () => {
  expect(spec.provenanceOf('/agents/triage/instructions')).toMatchObject({
    value: { file: 'triage.md', template: 'Look an order up.\nThen hand over.\n' },
    origin: 'file',
    file: 'triage.md',
    start: { line: 1, column: 1 },
  })
})

test.for([
  '/agents/nobody',
  '/agents/triage/output',
  '/approvals/rules/1',
  '/approvals/rules/',
  '/approvals/rules/00',
  '/approvals/rules/length',
  '/agents/constructor',
  '/agents/__proto__',
  '/name/0',
])('there is none at %s', (pointer) => {
  expect(spec.provenanceOf(pointer)).toBeUndefined()
})

test('every value of a Program has a place in a file of its spec', () => {
  const pointers: string[] = []
  const walk = (value: unknown, pointer: string): void => {
    pointers.push(pointer)
    if (typeof value !== 'object' || value === null) return
    for (const [key, member] of Object.entries(value)) {
      walk(member, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    }
  }
  walk(spec.program, '')
  expect(pointers.length).toBeGreaterThan(150)
  for (const pointer of pointers) {
    const found = spec.provenanceOf(pointer)
    expect(spec.files).toContain(found?.file)
    expect(found?.start.offset).toBeLessThanOrEqual(found?.end.offset ?? -1)
  }
})
