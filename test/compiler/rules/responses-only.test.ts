import { expect, test } from 'vitest'
import { compileText } from '../../support/compile-text.ts'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const CHAT =
  'models: { local: { provider: openai, api: chat_completions, model: m, base_url: "http://127.0.0.1/v1" }, good: openai/m, both: { provider: openai, model: m, fallback: [local] } }'
const spec = (agent: string, rest = '', models = CHAT): string =>
  `agentspec: 1\nname: demo\n${models}\nentry: a\nagents:\n  a: ${agent}\n${rest}`
const says = (what: string, model = 'local'): string =>
  `AS4027 ${what} needs the Responses API of OpenAI, and the agent "a" uses the model "${model}", which speaks another.`

async function errorsOf(text: string): Promise<readonly string[]> {
  const { diagnostics } = await compileText(text)
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ start, code, message }) => `${start.line}:${start.column} ${code} ${message}`)
}

test.each([
  [
    'a hosted tool',
    '{ model: local, tools: [s] }',
    'tools: { s: { type: web_search } }\n',
    '6:30',
    says('The tool "s" (web_search)'),
  ],
  [
    'an inline one',
    '{ model: local, tools: [{ type: image_generation, name: paint }] }',
    '',
    '6:30',
    says('The tool "paint" (image_generation)'),
  ],
  ['a prompt', '{ model: local, prompt: { id: p } }', '', '6:30', says('"prompt"')],
  [
    'a conversation',
    '{ model: local }',
    'run: { conversation: { conversation_id: c } }\n',
    '7:22',
    says('"conversation"'),
  ],
  [
    'a session to be compacted',
    '{ model: local }',
    'session: { compaction: { mode: input } }\n',
    '7:24',
    says('"compaction"'),
  ],
  ['a fallback', '{ model: both, prompt: { id: p } }', '', '6:29', says('"prompt"')],
  [
    'another provider',
    '{ model: "@ai-sdk/x/y", prompt: { id: p } }',
    '',
    '6:38',
    says('"prompt"', '@ai-sdk/x/y'),
  ],
])('%s', async (_, agent, rest, place, message) => {
  expect(await errorsOf(spec(agent, rest))).toEqual([`${place} ${message}`])
})

test('models that speak it, scripts, and names only known later may have all of it', async () => {
  const models = 'models: { s: { provider: scripted, script: [] }, v: "${MODEL}" }'
  for (const model of ['openai/m', 's', 'v']) {
    const agent = `{ model: ${model}, prompt: { id: p }, tools: [{ type: web_search, name: w }] }`
    expect(await errorsOf(spec(agent, 'run: { conversation: auto_previous_response_id }\n', models))).toEqual(
      [],
    )
  }
})

test('an agent that only runs inside keeps its own history', async () => {
  const nested =
    'tools: { t: { type: agent, agent: b, description: B } }\nrun: { conversation: auto_previous_response_id }\n'
  expect(await errorsOf(spec('{ model: good, tools: [t] }', `  b: { model: local }\n${nested}`))).toEqual([])
})

test('responses that are not stored cannot be gone on from', async () => {
  await expectDiagnostics(
    `agentspec: 1
name: demo
agents: { a: { model_settings: { store: false } } }
run: { conversation: auto_previous_response_id }
`,
    [
      '4:22 AS4023 "auto_previous_response_id" goes on from stored responses, and "store" is false for the agent "a".',
    ],
  )
  await expectValid(`agentspec: 1
name: demo
agents: { a: { model_settings: { store: true } } }
run: { conversation: auto_previous_response_id }
`)
})
