/** Questions for approval at a real terminal: every choice, and that an answer changes nothing but what it is about. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/util/json.ts'
import { KEYS } from '../support/live-command.ts'
import { startAtTerminal } from '../support/pseudo-terminal.ts'
import type { PseudoTerminal } from '../support/pseudo-terminal.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

const SPEC = `agentspec: 1
name: till
context:
  schema: { type: object, properties: { token: { type: string, x-sensitive: true }, paid: { type: integer } } }
  default: { paid: 0 }
models:
  main:
    provider: scripted
    script:
      - tool_calls:
          - { name: pay, arguments: { amount: 1, card: "4111-2222" }, call_id: call_a }
          - { name: pay, arguments: { amount: 2, card: "4111-2222" }, call_id: call_b }
      - tool_calls: [ { name: pay, arguments: { amount: 3, card: "4111-2222" }, call_id: call_c } ]
      - text: All said.
agents:
  desk: { model: main, instructions: Help., tools: [pay] }
tools:
  pay:
    type: function
    description: Pays
    handler: ./pay.js#pay
    needs_approval: true
    parameters:
      type: object
      properties: { amount: { type: integer }, card: { type: string, x-sensitive: true } }
      required: [amount, card]
      additionalProperties: false
`
const TOOLS = `import { appendFileSync } from 'node:fs'
export function pay({ amount, card }, ctx) {
  ctx.context.paid += amount
  appendFileSync('paid.log', amount + ' ' + card + ' ' + ctx.context.token + '\\n')
  return 'paid ' + amount
}
`

const choose = (position: number): string => KEYS.down.repeat(position) + KEYS.enter
const [YES, NO, ALWAYS, NEVER, EDIT, LATER] = [0, 1, 2, 3, 4, 5].map(choose) as [
  string,
  string,
  string,
  string,
  string,
  string,
]

const CONTEXT = ['--context', '{"token":"tok-53cr3t-0","paid":0}']

interface Till extends Workspace {
  start(...words: readonly string[]): PseudoTerminal
  /** Presses keys once the question about this amount is on the screen. */
  answer(terminal: PseudoTerminal, amount: number, keys: string): Promise<void>
  paid(): readonly string[]
  show(...flags: readonly string[]): Promise<JsonObject>
}

function openTill(): Till {
  const folder = createWorkspace({ 'till.yaml': SPEC, 'pay.js': TOOLS })
  const log = join(folder.path, 'paid.log')
  return {
    ...folder,
    start: (...words) =>
      startAtTerminal(words, { cwd: folder.path, env: { AGENTSPEC_BY: 'ana', EDITOR: '' } }),
    async answer(terminal, amount, keys) {
      await terminal.waitFor(`amount  ${amount}`)
      await terminal.waitFor('Decide later')
      terminal.press(keys)
    },
    paid: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    async show(...flags) {
      const { json } = await runCommand(['show', 'latest', ...flags, '--json'], { cwd: folder.path })
      return json as JsonObject
    },
  }
}

async function decisions(till: Till): Promise<readonly unknown[]> {
  const { events } = await till.show('--events')
  const decided = (events as readonly JsonObject[]).filter(({ type }) => type === 'approval.decided')
  return decided.map(({ call_id, decision, always, by }) => [call_id, decision, always, by])
}

describe('at a terminal', () => {
  test('always holds for the rest of the run', async () => {
    using till = openTill()
    const terminal = till.start('run', 'till.yaml', 'Pay', ...CONTEXT)
    await till.answer(terminal, 1, ALWAYS)
    expect(await terminal.exitCode).toBe(0)
    expect(
      till
        .paid()
        .map((line) => line.charAt(0))
        .toSorted(),
    ).toEqual(['1', '2', '3'])
    expect(terminal.screen()).toContain('All said.')
    expect((await decisions(till))[0]).toEqual(['call_a', 'approve', true, 'ana'])
  })

  test('never holds for the rest of the run, and the agent is told why', async () => {
    using till = openTill()
    const terminal = till.start('run', 'till.yaml', 'Pay', ...CONTEXT)
    await till.answer(terminal, 1, NEVER)
    await terminal.waitFor('What is the agent told?')
    terminal.press('Not with this card', KEYS.enter)
    expect(await terminal.exitCode).toBe(0)
    expect(till.paid()).toEqual([])
    expect((await decisions(till))[0]).toEqual(['call_a', 'reject', true, 'ana'])
    const { items } = await till.show()
    const outputs = (items as readonly JsonObject[]).filter(({ type }) => type === 'function_call_output')
    expect(outputs.map(({ output }) => output)).toEqual(Array(3).fill('Not with this card'))
  })

  test('later keeps a call for another day; the others are carried out, and resume asks about it again', async () => {
    using till = openTill()
    const terminal = till.start('run', 'till.yaml', 'Pay', ...CONTEXT)
    await till.answer(terminal, 1, LATER)
    await till.answer(terminal, 2, YES)
    expect(await terminal.exitCode).toBe(4)
    expect(terminal.screen()).toMatch(/is paused: 1 call waits for approval/u)
    expect(till.paid()).toEqual(['2 4111-2222 tok-53cr3t-0'])
    const again = till.start('resume', 'latest', ...CONTEXT)
    await till.answer(again, 1, NO)
    await again.waitFor('What is the agent told?')
    again.press(KEYS.enter)
    await till.answer(again, 3, YES)
    expect(await again.exitCode).toBe(0)
    expect(till.paid().map((line) => line.split(' ')[0])).toEqual(['2', '3'])
  })

  test('shows no sensitive argument, also not to be edited, and keeps it when it is left as it is', async () => {
    using till = openTill()
    const terminal = till.start('run', 'till.yaml', 'Pay', ...CONTEXT)
    await till.answer(terminal, 1, EDIT)
    await terminal.waitFor('{"amount":1,"card":"[redacted:args.card]"}')
    terminal.press(KEYS.enter)
    await till.answer(terminal, 2, NEVER)
    await terminal.waitFor('What is the agent told?')
    terminal.press(KEYS.enter)
    expect(await terminal.exitCode).toBe(0)
    expect(till.paid()).toEqual(['1 4111-2222 tok-53cr3t-0'])
    expect(terminal.screen()).not.toMatch(/4111|tok-53cr3t/u)
  })

  test('an answer leaves the context as the tools have made it', async () => {
    using till = openTill()
    const terminal = till.start('run', 'till.yaml', 'Pay', ...CONTEXT)
    for (const amount of [1, 2, 3]) await till.answer(terminal, amount, YES)
    expect(await terminal.exitCode).toBe(0)
    expect(await till.show()).toMatchObject({
      context: { paid: expect.any(Number), token: '[redacted:context.token]' },
    })
    const { events } = await till.show('--events')
    const resumed = (events as readonly JsonObject[]).filter(({ type }) => type === 'run.resumed')
    expect(resumed.map(({ context }) => context)).toEqual([undefined, undefined])
  })
})
