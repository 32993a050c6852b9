import { describe, test } from 'vitest'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const spec = (session: string): string => `agentspec: 1
name: demo
agents: { a: { instructions: Hi. } }
session: { ${session} }
=== s.ts
export const open = 1
`

const compaction = 'compaction: { mode: input }'
const encryption = 'encryption: { key: "${SESSION_KEY}" }'

describe('sessions whose settings go together', () => {
  test.each([
    ['compacted beside the runs', compaction],
    ['compacted in a database that may be that of the runs', `store: "sqlite:runs.db", ${compaction}`],
    ['compacted in a place that only a run knows', `store: "\${SESSIONS}", ${compaction}`],
    ['encrypted elsewhere', `store: redis://localhost, ${encryption}`],
  ])('%s', async (_what, session) => {
    await expectValid(spec(session))
  })
})

describe('sessions whose settings contradict each other', () => {
  const elsewhere = '"compaction" needs the session beside the runs, and "store" names another place.'
  test.each([
    [`store: redis://localhost, ${compaction}`, `4:38 AS4023 ${elsewhere}`],
    [`store: openai_conversations, ${compaction}`, `4:41 AS4023 ${elsewhere}`],
    [`store: { handler: ./s.ts#open }, ${compaction}`, `4:45 AS4023 ${elsewhere}`],
    [
      `store: openai_conversations, ${encryption}`,
      '4:41 AS4023 "encryption" cannot hide what OpenAI keeps, and "store" is "openai_conversations".',
    ],
  ])('%s', async (session, expected) => {
    await expectDiagnostics(spec(session), [expected])
  })
})
