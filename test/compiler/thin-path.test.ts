import { expect, test } from 'vitest'
import { specHash } from '../../src/compiler/spec-hash.ts'
import { compileText } from '../support/compile-text.ts'

const spec = `
agentspec: 1
name: demo
entry: triage
agents:
  triage: { instructions: { file: ./triage.md }, model: main, tools: [cancel_order, { type: function, name: ping, handler: ./tools.ts#ping }], handoffs: [billing] }
  billing: { instructions: "Explain.", model: openai/gpt-5.6-luna }
models:
  main: { provider: scripted, script: [{ text: hi, delay: 1s }] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: { when: "args.amount > 1.0" }, parameters: { type: object, properties: { amount: { type: number } }, required: [amount] } }
=== triage.md
Help
=== tools.ts
import { x } from './lib.ts'
export const cancelOrder = (args: { amount: number }) => x(args)
export const ping = () => 1
=== lib.ts
export const x = (y: unknown) => y
`
test('a spec compiles', async () => {
  const result = await compileText(spec)
  expect(result.diagnostics).toEqual([])
  console.log(JSON.stringify(result.program, null, 1))
  expect(result.ok && specHash(result.program)).toBe(result.hash)
})
