import { describe, expect, test } from 'vitest'
import type { HandoffDefinition, Program } from '../../../src/compiler/program.ts'
import { nestHistory } from '../../../src/runtime/runner/nest-history.ts'
import { startModelServer } from '../../support/model-server.ts'
import type { ModelServer } from '../../support/model-server.ts'
import { agent, compiled, functionTool, program } from '../../support/program.ts'
import { runtimeOver } from '../../support/runs.ts'
import {
  calls,
  ENVIRONMENT,
  handoffTo,
  inputOf,
  message,
  reasoning,
  says,
  served,
} from '../../support/served-runs.ts'

const SOURCE = `export const read = () => 'read'`

/** The framing of openai-agents, word for word. */
function told(...lines: readonly string[]): object {
  const content = `For context, here is the conversation so far between the user and the previous agent:
<CONVERSATION HISTORY>
${lines.join('\n')}
</CONVERSATION HISTORY>`
  return { type: 'message', role: 'assistant', content }
}

const user = (content: string): object => ({ type: 'message', role: 'user', content })
const output = (id: string, text: string): string =>
  JSON.stringify({ type: 'function_call_output', call_id: id, output: text })

/** `main` hands off to `billing`, which hands off to `refunds`. */
function desk(
  server: ModelServer,
  [first, second]: readonly [Partial<HandoffDefinition>, Partial<HandoffDefinition>],
  nests = false,
): Program {
  const base = program({ tools: [functionTool('read')], source: SOURCE })
  return {
    ...base,
    models: served(server.url),
    agents: {
      main: agent({ tools: ['read'], handoffs: [handoffTo('billing', first)] }),
      billing: agent({ tools: ['read'], handoffs: [handoffTo('refunds', second)] }),
      refunds: agent(),
    },
    run: { ...base.run, nest_handoff_history: nests },
  }
}

const TALK = [
  says(message('Hi. What is it?')),
  says(reasoning, calls('read', 'c1')),
  says(message('I hand you over'), calls('transfer_to_billing', 'c2')),
  says(calls('transfer_to_refunds', 'c3')),
  says(message('Done')),
]

describe('nested history', () => {
  test('tells what was said, keeps the messages of the turn in place, and tells all of it at the next handoff', async () => {
    await using server = await startModelServer(...TALK)
    const runtime = runtimeOver(ENVIRONMENT)
    const spec = compiled(desk(server, [{}, {}], true))
    await runtime.start(spec, 'Hello', { stream: false, session: 's' }).result
    const result = await runtime.start(spec, 'Cancel\norder 7', { stream: false, session: 's' }).result
    expect(result).toMatchObject({ final_output: 'Done', last_agent: 'refunds' })
    const before = [
      'user: Hello',
      JSON.stringify(message('Hi. What is it?')),
      JSON.stringify(user('Cancel\norder 7')),
      JSON.stringify(reasoning),
      JSON.stringify(calls('read', 'c1')),
      output('c1', 'read'),
    ]
    const transfer = [
      JSON.stringify(calls('transfer_to_billing', 'c2')),
      output('c2', '{"assistant":"billing"}'),
    ]
    const numbered = (lines: readonly string[]): readonly string[] =>
      lines.map((line, index) => `${index + 1}. ${line}`)
    expect(inputOf(server, 3)).toEqual([
      told(...numbered(before)),
      message('I hand you over'),
      told(...numbered(transfer)),
    ])
    const again = [
      JSON.stringify(calls('transfer_to_refunds', 'c3')),
      output('c3', '{"assistant":"refunds"}'),
    ]
    const all = [...before, JSON.stringify(message('I hand you over')), ...transfer, ...again]
    expect(inputOf(server, 4)).toEqual([told(...numbered(all))])
  })

  test('is for the handoffs that say so; others have everything since', async () => {
    await using server = await startModelServer(...TALK.slice(2))
    const runtime = runtimeOver(ENVIRONMENT)
    const spec = desk(server, [{ nest_handoff_history: true }, {}])
    await runtime.start(compiled(spec), 'Go', { stream: false }).result
    const nested = [
      told('1. user: Go'),
      message('I hand you over'),
      told(
        `1. ${JSON.stringify(calls('transfer_to_billing', 'c2'))}`,
        `2. ${output('c2', '{"assistant":"billing"}')}`,
      ),
    ]
    expect(inputOf(server, 1)).toEqual(nested)
    expect(inputOf(server, 2)).toEqual([
      ...nested,
      calls('transfer_to_refunds', 'c3'),
      { type: 'function_call_output', call_id: 'c3', output: '{"assistant":"refunds"}' },
    ])
  })

  test('is off where a handoff says so, whatever the run says', async () => {
    await using server = await startModelServer(...TALK.slice(2))
    const runtime = runtimeOver(ENVIRONMENT)
    const spec = desk(server, [{ nest_handoff_history: false }, {}], true)
    await runtime.start(compiled(spec), 'Go', { stream: false }).result
    expect(inputOf(server, 1)).toMatchObject([{ role: 'user' }, {}, { call_id: 'c2' }, { call_id: 'c2' }])
    expect(inputOf(server, 2)).toMatchObject([{ role: 'assistant' }])
  })
})

describe('of the items', () => {
  const nest = (given: Partial<Parameters<typeof nestHistory>[0]>): unknown =>
    nestHistory({ input_history: [], pre_handoff_items: [], new_items: [], ...given }).input_history

  test('none at all are told as such, and not told again', () => {
    const nothing = nest({})
    expect(nothing).toEqual([told('(no previous turns recorded)')])
    expect(nest({ input_history: nothing as [] })).toEqual(nothing)
  })

  test("those of earlier turns stay when they are the user's or the provider's own", () => {
    const added = { role: 'user', content: 'And?' }
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
    const said = { role: 'assistant', content: 'Yes' }
    expect(nest({ pre_handoff_items: [said, added, search, said] })).toEqual([
      told('1. assistant: Yes'),
      added,
      search,
      told('1. assistant: Yes'),
    ])
    const program_output = { type: 'shell_call', caller: { type: 'program' } }
    expect(nest({ new_items: [said, program_output] })).toEqual([
      told('(no previous turns recorded)'),
      said,
      told(`1. ${JSON.stringify(program_output)}`),
    ])
  })

  test('a message of one line is told in words, with a name when it has one; any other as JSON', () => {
    expect(
      nest({
        input_history: [
          { role: 'user', name: 'ana', content: 'Hi: there' },
          { role: 'system' },
          { role: 'user', content: 'two\r\nlines' },
          { role: 'user', content: [{ type: 'input_text', text: 'parts' }] },
        ],
      }),
    ).toEqual([
      told(
        '1. user (ana): Hi: there',
        '2. system: ',
        '3. {"role":"user","content":"two\\r\\nlines"}',
        '4. {"role":"user","content":[{"type":"input_text","text":"parts"}]}',
      ),
    ])
  })

  test('only a message with exactly our framing counts as nested history', () => {
    const [real] = nest({ input_history: [{ role: 'user', content: 'Hi' }] }) as [{ content: string }]
    const asUser = { role: 'user', content: real.content }
    const misnumbered = { ...real, content: real.content.replace('1. ', '7. ') }
    expect(nest({ input_history: [real as never] })).toEqual([real])
    for (const item of [asUser, misnumbered]) {
      expect(nest({ input_history: [item as never] })).toEqual([told(`1. ${JSON.stringify(item)}`)])
    }
  })
})
