// In a file of its own: after this, Node's reader of TypeScript reads nothing more in the same process.
import { test } from 'vitest'
import { expectDiagnostics } from '../../support/expect-diagnostics.ts'

test('a module that is nested too deeply for Node is a diagnostic', async () => {
  const text = `agentspec: 1
name: demo
agents: { triage: { tools: [t] } }
tools: { t: { type: function, description: T, handler: ./t.ts#t } }
=== t.ts
export const t = ${'['.repeat(20_000)}${']'.repeat(20_000)}
`
  await expectDiagnostics(text, [
    't.ts:1:1 AS3019 "t.ts" has a syntax error: Node cannot read it; perhaps it is nested too deeply.',
  ])
})
