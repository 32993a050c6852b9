import { describe, expect, test } from 'vitest'
import { compileText } from '../../support/compile-text.ts'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const spec = (script: string, model = 'script'): string => `agentspec: 1
name: demo
entry: triage
defaults: { model: ${model} }
models:
  script: { provider: scripted, script: ${script} }
  other: { provider: openai, model: x, fallback: [script] }
agents:
  triage: { handoffs: [billing] }
  billing: { handoffs: [{ agent: refunds }] }
  refunds: { model: other }
`

describe('a script hands off to', () => {
  test('agents that its agent can hand off to', async () => {
    await expectValid(spec('{ triage: [{ handoff: billing }], billing: [{ handoff: refunds }] }'))
  })

  test('agents that one of those can hand off to that share it', async () => {
    await expectValid(spec('[{ handoff: billing }, { handoff: refunds }]'))
  })

  test('no unknown agent', async () => {
    await expectDiagnostics(spec('{ triage: [{ text: Hi }, { handoff: biling }] }'), [
      '6:77 AS3001 Unknown agent "biling". Did you mean "billing"?',
    ])
    const { diagnostics } = await compileText(spec('[{ handoff: biling }]'))
    expect(diagnostics).toMatchObject([{ severity: 'error', fix: { edits: [{ text: 'billing' }] } }])
  })

  test('no agent that its agent cannot hand off to', async () => {
    await expectDiagnostics(spec('{ triage: [{ handoff: refunds }] }'), [
      '6:63 AS4021 The script hands off to "refunds", which the agent "triage" cannot hand off to.',
    ])
    await expectDiagnostics(spec('[{ handoff: triage }]'), [
      '6:53 AS4021 The script hands off to "triage", which no agent that uses it can hand off to.',
    ])
  })
})

test('a script is for agents that are there', async () => {
  await expectDiagnostics(spec('{ triage: [{ handoff: billing }], biling: [{ text: Hi }] }'), [
    '6:75 AS3001 Unknown agent "biling". Did you mean "billing"?',
  ])
  const { diagnostics } = await compileText(spec('{ trage: [{ handoff: billing }] }'))
  expect(diagnostics).toMatchObject([
    { code: 'AS3001', pointer: '/models/script/script/trage', fix: { edits: [{ text: 'triage' }] } },
  ])
})

test('a tool that is not there may be called: what happens then can be tried', async () => {
  await expectValid(spec('[{ tool_calls: [{ name: no_such_tool }] }]'))
})

test('a script that no agent uses may hand off to any', async () => {
  const text = spec('[{ handoff: triage }]', 'openai/x').replace('fallback: [script]', 'fallback: []')
  await expectDiagnostics(text, ['6:3 AS4007 Nothing uses the model "script".'])
})

test('a misspelt handoff is one mistake', async () => {
  await expectDiagnostics(
    spec('{ triage: [{ handoff: billing }] }').replace('handoffs: [billing]', 'handoffs: [biling]'),
    ['9:24 AS3001 Unknown agent "biling". Did you mean "billing"?'],
  )
})
