import { describe, expect, test } from 'vitest'
import { compileText } from '../../support/compile-text.ts'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const head = 'agentspec: 1\nname: demo\n'

describe('JSON Schemas', () => {
  test('every schema of a spec is checked, at the place of the mistake', async () => {
    const { diagnostics } = await compileText(`${head}context: { schema: { type: strng } }
agents:
  triage:
    tools: [{ type: function, name: t, description: T, handler: ./t.ts#t, parameters: { required: id } }]
    output: { schema: { properties: { a: { minimum: low } } } }
    handoffs: [{ agent: other, input_schema: { enum: 3 } }]
  other: {}
entry: triage
=== t.ts
export const t = 1
`)
    expect(diagnostics.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'AS4014 /context/schema/type',
      'AS4014 /agents/triage/tools/0/parameters/required',
      'AS4014 /agents/triage/output/schema/properties/a/minimum',
      'AS4014 /agents/triage/handoffs/0/input_schema/enum',
    ])
  })

  test('the default context fits its schema', async () => {
    const spec = (value: string): string =>
      `${head}context: { schema: { type: object, properties: { n: { type: integer } } }, default: ${value} }\nagents: { a: {} }\n`
    await expectValid(spec('{ n: 1, other: x }'))
    const { diagnostics } = await compileText(spec('{ n: x }'))
    expect(diagnostics).toMatchObject([{ code: 'AS4015', pointer: '/context/default/n' }])
  })
})

describe('secrets', () => {
  const model = (keys: string): string =>
    `${head}agents: { a: { model: m } }\nmodels: { m: { provider: openai, model: x, ${keys} } }\n`

  test.each([
    ['an API key', 'api_key: sk-secret'],
    ['a header', 'headers: { authorization: Bearer sk-secret }'],
    ['a header that ends in key', 'headers: { X-Api-Key: sk-secret }'],
    ['a header that ends in token', 'headers: { x-auth-token: sk-secret }'],
    ['an extra header', 'settings: { extra_headers: { Authorization: sk-secret } }'],
  ])('%s in plain text is refused, and not repeated', async (_what, keys) => {
    const { diagnostics } = await compileText(model(keys))
    expect(diagnostics.map(({ code }) => code)).toEqual(['AS4016'])
    expect(JSON.stringify(diagnostics)).not.toContain('sk-secret')
  })

  test.each([
    'api_key: "${KEY}"',
    'headers: { Authorization: "Bearer ${KEY}" }',
    'headers: { X-Keyboard: qwerty }',
  ])('no secret: %s', async (keys) => {
    await expectValid(model(keys))
  })

  test('other places', async () => {
    const { diagnostics } = await compileText(`${head}agents: { a: { mcp_servers: [s], tools: [h] } }
mcp_servers: { s: { url: "https://x", authorization: abc, headers: { Authorization: abc } } }
tools: { h: { type: hosted_mcp, server_label: l, server_url: "https://x", authorization: abc } }
session: { encryption: { key: abc } }
`)
    expect(diagnostics.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'AS4016 /mcp_servers/s/authorization',
      'AS4016 /mcp_servers/s/headers/Authorization',
      'AS4016 /tools/h/authorization',
      'AS4016 /session/encryption/key',
    ])
  })
})

describe('variables', () => {
  const spec = (text: string): string => `${head}agents:\n  a: { instructions: "${text}" }\n`

  test('a broken one is pointed at inside its text', async () => {
    const { diagnostics } = await compileText(spec('Call ${LINE'))
    expect(diagnostics).toMatchObject([{ code: 'AS4017', start: { line: 4, column: 28 } }])
  })

  test('a required one that is not set is a warning, when the environment is known', async () => {
    const text = spec('Call ${LINE:?the number} or ${OTHER:-1} or ${THIRD}')
    await expectValid(text)
    await expectValid(text, { environment: { LINE: '1' } })
    await expectDiagnostics(text, ['4:28 AS4018 The environment variable LINE is not set: the number.'], {
      environment: { LINE: '' },
    })
  })

  test('where nothing is interpolated a "${" is text', async () => {
    await expectValid(`${head}description: "$\{ is fine"
agents: { a: { instructions: { file: ./a.md }, tools: [t] } }
tools: { t: { type: function, description: "$\{ too", handler: ./t.ts#t } }
=== a.md
Use \${ freely
=== t.ts
export const t = 1
`)
  })
})
