/** Whatever a spec says: compiling ends with a result, in reasonable time, and changes nothing outside. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileText } from '../support/compile-text.ts'

const valid = `agentspec: 1
name: demo
entry: triage
include: [./more.yaml]
context: { schema: { type: object, properties: { tier: { enum: [free, pro] } } }, default: { tier: free } }
defaults: { model: main, tools: { timeout: 5s } }
models: { main: { provider: openai, model: x, headers: { X-Key: "\${K:?k}" } } }
agents:
  triage: { instructions: "{{ context.tier }}", tools: [t, { type: shell, name: s }], handoffs: [{ agent: other }], mcp_servers: [files] }
  other: { instructions: { file: ./o.md }, output: { schema: { type: object } }, input_guardrails: [g] }
tools: { t: { type: function, description: T, handler: ./t.ts#t, needs_approval: { when: "args.x > 1" } } }
mcp_servers: { files: { command: x, require_approval: { always: { tool_names: [a] } } } }
guardrails: { g: { type: regex, pattern: x } }
approvals: { rules: [{ tool: "*", when: "agent == 'x'", decide: ask }] }
run: { max_turns: 3, on_error: { max_turns: { final_output: x } } }
migrations: [{ from: 1.x, map_arguments: { t: { f: "args.x" } } }]
`
const files =
  '=== more.yaml\ntools: { u: { type: web_search } }\n=== o.md\nHi {{ context.tier }}\n=== t.ts\nexport const t = 1\n'

const odd = [
  'null',
  '5',
  '""',
  '[]',
  '{}',
  '[[]]',
  '{ a: [1] }',
  'true',
  '"${"',
  '"{{"',
  '"#"',
  '"*"',
  '{ file: 5 }',
  '{ handler: [] }',
  '{ when: {} }',
  '-1',
  '.5',
  '"../x"',
  '"a\\u0000b"',
  'toString',
]

test('any value in any place is a diagnostic at most', async () => {
  const lines = valid.split('\n')
  const places = lines.flatMap((line, index) =>
    [...line.matchAll(/(?<=: |\[|, )(?:\{|\[|"|[\w.])/g)].map((match) => [index, match.index] as const),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), fc.constantFrom(...odd), async ([index, column], value) => {
      const line = lines[index] ?? ''
      const rest = line.slice(column)
      const end = rest.search(/[,}\]]|$/)
      const edited = lines.with(index, line.slice(0, column) + value + rest.slice(end)).join('\n')
      const result = await compileText(edited + files, { environment: {} })
      expect(result.ok).toBe(!result.diagnostics.some(({ severity }) => severity === 'error'))
    }),
    { numRuns: 120 },
  )
})

describe('names that are properties of every object', () => {
  test.each(['toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', '__defineGetter__'])(
    '%s',
    async (name) => {
      const text = `agentspec: 1
name: demo
entry: ${name}
agents: { ${name}: { model: ${name}, tools: [${name}], mcp_servers: [${name}], input_guardrails: [${name}] } }
models: { ${name}: openai/x }
tools: { ${name}: { type: function, description: T, handler: ./t.ts#t } }
mcp_servers: { ${name}: { command: x } }
guardrails: { ${name}: { type: regex, pattern: x, block: matches } }
=== t.ts
export const t = 1
`
      const result = await compileText(text)
      expect(result.diagnostics).toEqual([])
      expect(Object.keys(result.program?.agents ?? {})).toEqual([name])
    },
  )
})

test('values that stay below every limit but are many', async () => {
  const agents = Array.from(
    { length: 500 },
    (_, index) => `  a${index}: { handoffs: [a${(index + 1) % 500}], tools: [t${index}] }`,
  )
  const tools = Array.from(
    { length: 500 },
    (_, index) => `  t${index}: { type: function, description: T, handler: ./t.ts#t }`,
  )
  const text = `agentspec: 1\nname: demo\nentry: a0\nagents:\n${agents.join('\n')}\ntools:\n${tools.join('\n')}\n=== t.ts\nexport const t = 1\n`
  const result = await compileText(text)
  expect(result.diagnostics).toEqual([])
})

test('a module of many imports, and a chain of many modules', async () => {
  const chain = Array.from(
    { length: 300 },
    (_, index) => `=== m${index}.ts\nimport './m${index + 1}.ts'\nexport const t = 1\n`,
  )
  const text = `agentspec: 1
name: demo
agents: { a: { tools: [{ type: function, name: t, description: T, handler: ./m0.ts#t }] } }
${chain.join('')}=== m300.ts
export {}
`
  const result = await compileText(text)
  expect(result.diagnostics).toEqual([])
  expect(Object.keys(result.program?.modules ?? {})).toHaveLength(301)
})
