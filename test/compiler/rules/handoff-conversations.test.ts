import { describe, test } from 'vitest'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const spec = (handoff: string, run: string): string => `agentspec: 1
name: demo
entry: a
agents:
  a: { handoffs: [{ agent: b${handoff} }] }
  b: {}
run: { ${run} }
=== t.ts
export const f = 1
`

const because = 'has no effect on a conversation that the provider keeps ("run.conversation")'

describe('what a handoff passes on', () => {
  test.each([
    [', input_filter: remove_all_tools, nest_handoff_history: true', 'conversation: none'],
    [
      ', input_filter: remove_all_tools',
      'nest_handoff_history: true, handoff_input_filter: { handler: ./t.ts#f }',
    ],
    ['', 'conversation: auto_previous_response_id'],
    [', nest_handoff_history: false', 'conversation: auto_previous_response_id, nest_handoff_history: false'],
  ])('is filtered or nested where we keep the conversation: %s, %s', async (handoff, run) => {
    await expectValid(spec(handoff, run))
  })

  test.each([
    [', input_filter: { last: 3 }', 'auto_previous_response_id', `5:31 AS4023 "input_filter" ${because}.`],
    [
      ', nest_handoff_history: true',
      '{ conversation_id: c }',
      `5:31 AS4023 "nest_handoff_history" ${because}.`,
    ],
  ])('is everything where the provider keeps it: %s', async (handoff, conversation, expected) => {
    await expectDiagnostics(spec(handoff, `conversation: ${conversation}`), [expected])
  })

  test('is everything for the run too', async () => {
    const run = `conversation: { conversation_id: c }, nest_handoff_history: true, handoff_input_filter: { handler: ./t.ts#f }`
    await expectDiagnostics(spec('', run), [
      `7:46 AS4023 "nest_handoff_history" ${because}.`,
      `7:74 AS4023 "handoff_input_filter" ${because}.`,
    ])
  })
})
