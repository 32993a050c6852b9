import { describe, test } from 'vitest'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const tools = `tools:
  look: { type: function, description: L, handler: ./t.ts#a }
  cancel: { type: function, name: cancel_order, description: C, handler: ./t.ts#b }
  find: { type: web_search }
=== t.ts
export const a = 1, b = 2
`

describe('the tool that an agent must call', () => {
  const spec = (choice: string, agent = ''): string => `agentspec: 1
name: demo
entry: triage
agents:
  triage: { tools: [look, cancel, find], handoffs: [billing, { agent: other, tool_name: pass_on }]${agent}, model_settings: { tool_choice: ${choice} } }
  billing: {}
  other: {}
${tools}`

  test.each([
    'auto',
    'required',
    'none',
    'look',
    'cancel_order',
    'web_search',
    'transfer_to_billing',
    'pass_on',
    '"${CHOICE}"',
  ])('may be %s', async (choice) => {
    await expectValid(spec(choice))
  })

  const place = '5:132'

  test.each([
    ['lok', 'The agent "triage" has no tool "lok". Did you mean "look"?'],
    ['cancel', 'The agent "triage" has no tool "cancel". Did you mean "cancel_order"?'],
    ['transfer_to_other', 'The agent "triage" has no tool "transfer_to_other".'],
    ['toString', 'The agent "triage" has no tool "toString".'],
  ])('may not be %s', async (choice, message) => {
    await expectDiagnostics(spec(choice), [`${place} AS4020 ${message}`])
  })

  test('may be one of an MCP server, whatever that offers', async () => {
    const server = 'mcp_servers: { files: { command: x } }\n'
    await expectValid(spec('read_file', ', mcp_servers: [files]').replace('tools:\n', `${server}tools:\n`))
  })

  test('is not judged where a tool is misspelt: that is one mistake, not two', async () => {
    await expectDiagnostics(spec('look').replace('[look, ', '[lok, '), [
      '5:21 AS3002 Unknown tool "lok". Did you mean "look"?',
    ])
  })
})

describe('a choice for several agents', () => {
  const spec = (more: string, agents: readonly [string, string] = ['', '']): string => `agentspec: 1
name: demo
entry: a
${more}agents:
  a: { tools: [look, cancel, find], handoffs: [b]${agents[0]} }
  b: { tools: []${agents[1]} }
${tools}`
  const byDefault = 'defaults: { model: m, model_settings: { tool_choice: NAME } }\n'
  const ofModel = 'models: { m: { provider: openai, model: x, settings: { tool_choice: NAME } } }\n'
  const anyModel = 'models: { m: openai/x }\n'

  test('is right when one of them has the tool', async () => {
    await expectValid(spec(anyModel + byDefault.replace('NAME', 'look')))
    await expectValid(spec(`defaults: { model: m }\n${ofModel.replace('NAME', 'look')}`))
  })

  test('is wrong when none has it', async () => {
    const message = 'AS4020 None of the agents that go by it has a tool "lock". Did you mean "look"?'
    await expectDiagnostics(spec(anyModel + byDefault.replace('NAME', 'lock')), [`5:54 ${message}`])
    await expectDiagnostics(spec(`defaults: { model: m }\n${ofModel.replace('NAME', 'lock')}`), [
      `5:69 ${message}`,
    ])
  })

  test('is judged by the agents that use the model, as a fallback too, and choose nothing themselves', async () => {
    const onlyB = ofModel.replace('NAME', 'look')
    const wrong = ['4:69 AS4020 The agent "b" has no tool "look".']
    await expectDiagnostics(spec(onlyB, ['', ', model: m']), wrong)
    await expectValid(spec(onlyB, [', model: m', ', model: m']))
    await expectDiagnostics(
      spec(onlyB, [', model: m, model_settings: { tool_choice: auto }', ', model: m']),
      wrong,
    )
    const fallback = onlyB.replace('} }\n', '}, n: { provider: openai, model: y, fallback: [m] } }\n')
    await expectDiagnostics(spec(fallback, ['', ', model: n']), wrong)
  })

  test('of a model says nothing where the defaults choose', async () => {
    await expectValid(spec(byDefault.replace('NAME', 'auto') + ofModel.replace('NAME', 'nothing')))
  })
})
