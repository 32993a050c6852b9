/** Specs and tools that the tests of the command line run. */

/** One gated call, then an answer. */
export const SHOP = `agentspec: 1
name: shop
version: 1.0.0
models:
  main:
    provider: scripted
    script:
      - tool_calls: [ { name: cancel, arguments: { order_id: 7 }, call_id: call_a } ]
      - text: Cancelled.
agents:
  desk: { model: main, instructions: Help., tools: [cancel] }
tools:
  cancel:
    type: function
    description: Cancel an order
    handler: ./tools.ts#cancel
    parameters: { type: object, properties: { order_id: { type: integer } }, required: [order_id], additionalProperties: false }
    needs_approval: true
`

/** Two gated calls in one turn. */
export const TWO_CALLS: string = SHOP.replace(
  'call_id: call_a } ]',
  'call_id: call_a }, { name: cancel, arguments: { order_id: 8 }, call_id: call_b } ]',
)

/** No tools: one answer. */
export const HELLO = `agentspec: 1
name: hello
version: 0.1.0
models:
  main: { provider: scripted, script: [ { text: Hello there. } ] }
agents:
  greeter: { model: main, instructions: Greet. }
`

/** Appends each call to a file, so that a test can count the bodies that ran. */
export const TOOLS = `import { appendFileSync } from 'node:fs'
export function cancel(args: { order_id: number }) {
  appendFileSync('calls.log', args.order_id + '\\n')
  return { cancelled: args.order_id }
}
`

/** A call that says it has begun (\`begun\`) and ends once it is allowed to (\`go\`). */
export const WAITING = `agentspec: 1
name: waiting
models:
  main:
    provider: scripted
    script:
      - tool_calls: [ { name: wait, arguments: {}, call_id: call_a } ]
      - text: Waited.
agents:
  desk: { model: main, instructions: Help., tools: [wait] }
tools:
  wait:
    type: function
    description: Wait
    handler: ./wait.ts#wait
    parameters: { type: object, properties: {}, additionalProperties: false }
`

export const WAITING_TOOLS = `import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
export async function wait(args: object, ctx: { progress: (text: string) => void }) {
  ctx.progress('begun')
  while (!existsSync('go')) await setTimeout(20)
  return 'waited'
}
`
