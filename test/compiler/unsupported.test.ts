import { describe, expect, test } from 'vitest'
import { unsupportedKeys } from '../../src/compiler/unsupported.ts'
import { programOf } from '../support/compile-text.ts'

const code = '=== t.ts\nexport const t = 1\n'

async function unsupportedIn(text: string): Promise<readonly string[]> {
  return unsupportedKeys(await programOf(text + code)).map(({ pointer }) => pointer)
}

const spec = (agent: string, rest = ''): string =>
  `agentspec: 1\nname: demo\nentry: triage\nagents:\n  triage: ${agent}\n${rest}`

test('what runs today is not named', async () => {
  const keys = await unsupportedIn(`agentspec: 1
name: demo
version: 1.0.0
description: D
entry: triage
secrets: [S]
x-note: 1
context: { schema: { type: object }, default: {} }
defaults: { model: main, model_settings: { temperature: 0 }, tools: { timeout: 1s } }
models:
  main: { provider: openai, model: x, api: chat_completions, retry: { max_attempts: 1 } }
  script: { provider: scripted, script: [{ text: hi }] }
  claude: { provider: "@ai-sdk/anthropic", model: x }
guardrails:
  g: { type: regex, pattern: x, behavior: raise_exception }
  j: { type: agent, agent: other, trip_when: "output == 'bad'", run_in_parallel: false }
agents:
  triage:
    instructions: Hi
    input_guardrails: [g]
    output_guardrails: [j]
    tools: [t, h, s, p]
    handoffs: [{ agent: other, enabled: "agent == 'triage'", tool_name: go, tool_description: d, input_schema: { type: object }, on_handoff: { handler: ./t.ts#t }, input_filter: { last: 3 }, nest_handoff_history: true }]
    output: { schema: { type: object } }
    tool_use_behavior: { stop_at_tool_names: [t] }
    reset_tool_choice: false
  third: { model: claude }
  other: { instructions: { handler: ./t.ts#t }, model: script, tools: [c, m], handoff_description: d, tool_use_behavior: { handler: ./t.ts#t } }
tools:
  t: { type: function, name: t, input_guardrails: [g], output_guardrails: [j], description: T, handler: ./t.ts#t, parameters: { type: object }, strict: false, needs_approval: { handler: ./t.ts#t }, timeout: 1s, timeout_behavior: raise_exception, failure_error_function: null, on_unknown: retry, isolation: worker, enabled: { handler: ./t.ts#t } }
  h: { type: http, description: H, url: "https://x/" }
  s: { type: shell, cwd: ./w, env: [PATH], max_output_length: 9, on_approval: { handler: ./t.ts#t } }
  c: { type: shell, name: c, environment: { type: container_auto } }
  p: { type: apply_patch, root: ./w, needs_approval: true }
  m: { type: hosted_mcp, server_label: m, server_url: "https://x/mcp", require_approval: always }
approvals: { rules: [{ tool: t, when: "true", decide: ask }], expires_after: 1h, on_expired: ask, unattended: deny, rejection_message: { handler: ./t.ts#t }, pre_approval_guardrails: true, notify: { url: "https://x" } }
session: { store: "sqlite:x", limit: 5, resume_agent: entry }
run: { max_turns: null, input_guardrails: [j], output_guardrails: [g], on_error: { max_turns: { final_output: x }, model_refusal: { handler: ./t.ts#t } }, nest_handoff_history: true, handoff_input_filter: { handler: ./t.ts#t }, tool_not_found: fail, reasoning_item_id_policy: omit, call_model_input_filter: { trim_tool_outputs: {} }, max_tool_concurrency: 2, max_tool_calls_per_turn: 3 }
tracing: { enabled: false }
migrations: [{ from: 1.x, drop_pending: true }]
`)
  expect(keys).toEqual([])
})

describe('what does not run yet is named, with its place in the Program', () => {
  test.each([
    ['a tool of another type', '{ tools: [t] }', 'tools: { t: { type: codex } }\n', '/tools/t/type'],
    ['an inline one', '{ tools: [{ type: codex, name: t }] }', '', '/tools/triage.t/type'],
  ])('%s', async (_what, agent, rest, pointer) => {
    expect(await unsupportedIn(spec(agent, rest))).toEqual([pointer])
  })

  test('in words', async () => {
    const program = await programOf(spec('{ tools: [t] }', `tools: { t: { type: codex } }\n${code}`))
    expect(unsupportedKeys(program)).toEqual([
      { pointer: '/tools/t/type', key: 'type', message: '"type: codex" is not supported yet' },
    ])
  })
})

test('what no agent uses has no effect', async () => {
  const rest = `tools: { t: { type: codex } }
mcp_servers: { s: { command: x } }
guardrails: { g: { type: regex, pattern: x, block: matches } }
`
  expect(await unsupportedIn(spec('{}', rest))).toEqual([])
})
