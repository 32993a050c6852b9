import { describe, expect, test } from 'vitest'
import { compileText, programOf } from '../../support/compile-text.ts'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const spec = (schema: string, strict = ''): string => `agentspec: 1
name: demo
agents:
  a:
    output:
      schema: ${schema}
${strict}`

describe('what strict mode accepts, as it is or converted', () => {
  test.each([
    '{ type: object, properties: {}, additionalProperties: false }',
    '{ type: object, properties: { a: { type: [string, "null"] } }, required: [a], additionalProperties: false }',
    '{ type: object, properties: { a: { anyOf: [{ type: string }, { type: integer }] } }, required: [a], additionalProperties: false }',
    '{ type: object, properties: { a: { type: string }, b: { oneOf: [{ type: string }, { type: integer }] } } }',
  ])('%s', async (schema) => {
    await expectValid(spec(schema))
  })
})

describe('what strict mode refuses', () => {
  const closed = 'additionalProperties: false'

  test.each([
    ['{ type: object }', '6:7 AS4024 Strict mode wants the properties of every object.'],
    [
      `{ type: object, properties: { a: {}, b: { type: string } }, ${closed} }`,
      '6:45 AS4024 Strict mode wants a "type" for every value.',
    ],
    [
      `{ type: object, properties: { a: { type: object, additionalProperties: { type: string } } } }`,
      '6:64 AS4024 Strict mode wants "additionalProperties: false" in every object.',
    ],
    [`{ anyOf: [{ type: object, ${closed} }] }`, '6:17 AS4024 Strict mode has no choice at the root.'],
    ['{ type: array, items: { type: string } }', '6:7 AS4024 Strict mode wants "type: object" at the root.'],
    [
      `{ type: object, properties: { a: { type: string, not: { const: x } } }, required: [a], ${closed} }`,
      '6:64 AS4024 Strict mode has no "not".',
    ],
    [
      `{ type: object, properties: { a: { allOf: [{ type: string, not: { const: x } }] } } }`,
      '6:45 AS4024 Strict mode has no "not".',
    ],
  ])('%s', async (schema, expected) => {
    await expectDiagnostics(spec(schema), [expected])
    await expectValid(spec(schema, '      strict: false\n'))
  })

  test('in the parameters of functions', async () => {
    const tool = (more: string): string => `agentspec: 1
name: demo
agents: { a: { tools: [t, { name: u, type: function, description: U, handler: ./t.ts#t${more} }] } }
tools:
  t: { type: function, description: T, handler: ./t.ts#t${more} }
=== t.ts
export const t = 1
`
    const { diagnostics } = await compileText(tool(', parameters: { type: object }'))
    expect(diagnostics.map(({ severity, code, pointer }) => [severity, code, pointer])).toEqual([
      ['info', 'AS4024', '/agents/a/tools/1/parameters'],
      ['info', 'AS4024', '/tools/t/parameters'],
    ])
    await expectValid(tool(', parameters: { type: object }, strict: false'))
    await expectValid(tool(''))
  })

  test('the spec runs all the same', async () => {
    expect(await programOf(spec('{ type: object }'))).toMatchObject({ name: 'demo' })
  })

  test('a schema that is broken has that one mistake', async () => {
    const { diagnostics } = await compileText(spec('{ type: objct }'))
    expect(diagnostics.map(({ code }) => code)).toEqual(['AS4014'])
  })
})

test('schemas that no model is held to are free', async () => {
  await expectValid(`agentspec: 1
name: demo
context: { schema: { type: object, properties: { a: {} } } }
agents: { a: { tools: [t, u], handoffs: [{ agent: b, input_schema: { type: object } }] }, b: {} }
entry: a
tools:
  t: { type: http, description: T, url: "https://x/", parameters: { type: object } }
  u: { type: agent, description: U, agent: b, parameters: { type: object } }
`)
})
