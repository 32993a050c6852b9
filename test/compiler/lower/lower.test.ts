import { describe, expect, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import { programOf } from '../../support/compile-text.ts'

const code = '=== t.ts\nexport const t = 1\n'
const spec = (more: string): string => `agentspec: 1\nname: demo\nentry: triage\n${more}${code}`
const tool = (keys: string): string => `{ type: function, description: T, handler: ./t.ts#t${keys} }`

describe('defaults', () => {
  test('the smallest spec says everything', async () => {
    const { modules: _, ...program } = await programOf('agentspec: 1\nname: demo\nagents: { triage: {} }\n')
    expect(program).toEqual({
      agentspec: 1,
      name: 'demo',
      version: '0.0.0',
      entry: 'triage',
      secrets: [],
      context: { default: {} },
      models: {
        'openai/gpt-5.6-luna': {
          provider: 'openai',
          model: 'gpt-5.6-luna',
          api: 'responses',
          headers: {},
          timeout: 600_000,
          idle_timeout: 120_000,
          max_output_bytes: 10_485_760,
          settings: {},
          retry: {
            max_attempts: 3,
            on: ['rate_limit', 'server_error', 'timeout', 'network'],
            backoff: { initial: 500, max: 30_000, multiplier: 2, jitter: true },
          },
          fallback: [],
        },
      },
      agents: {
        triage: {
          model: 'openai/gpt-5.6-luna',
          model_settings: {},
          tools: [],
          mcp_servers: [],
          mcp_config: { convert_schemas_to_strict: false, include_server_in_tool_names: false },
          handoffs: [],
          input_guardrails: [],
          output_guardrails: [],
          tool_use_behavior: 'run_llm_again',
          reset_tool_choice: true,
        },
      },
      tools: {},
      mcp_servers: {},
      guardrails: {},
      approvals: { rules: [], on_expired: 'deny', unattended: 'pause', pre_approval_guardrails: false },
      session: { resume_agent: 'last' },
      run: {
        max_turns: 10,
        on_error: {},
        tool_not_found: 'return_error',
        tool_name_collision: 'error',
        nest_handoff_history: false,
        reasoning_item_id_policy: 'preserve',
        conversation: 'none',
        input_guardrails: [],
        output_guardrails: [],
        max_tool_calls_per_turn: 128,
      },
      tracing: { enabled: true, include_sensitive_data: false },
      migrations: [],
    })
  })

  test('of the spec reach every agent, tool and server that says nothing else', async () => {
    const program = await programOf(
      spec(`defaults:
  model: main
  model_settings: { temperature: 0, top_p: 1 }
  tools: { timeout: 5s, timeout_behavior: raise_exception, failure_error_function: null, on_unknown: retry, isolation: worker }
  mcp_servers: { timeout: 1m, required: false, require_approval: always, failure_error_function: { message: m } }
models: { main: openai/x }
agents:
  triage: { model_settings: { top_p: 0.5 }, tools: [a, b], mcp_servers: [s, r] }
tools:
  a: ${tool('')}
  b: ${tool(', timeout: 1s, timeout_behavior: error_as_result, failure_error_function: { message: x }, on_unknown: fail, isolation: none')}
mcp_servers:
  s: { command: x }
  r: { url: "https://x", timeout: 2s, required: true, require_approval: never, failure_error_function: null }
`),
    )
    expect(program.agents['triage']).toMatchObject({
      model: 'main',
      model_settings: { temperature: 0, top_p: 0.5 },
    })
    expect(program.tools['a']).toMatchObject({
      timeout: 5000,
      timeout_behavior: 'raise_exception',
      failure_error_function: { kind: 'raise' },
      on_unknown: 'retry',
      isolation: 'worker',
    })
    expect(program.tools['b']).toMatchObject({
      timeout: 1000,
      timeout_behavior: 'error_as_result',
      failure_error_function: { kind: 'message', template: 'x' },
      on_unknown: 'fail',
      isolation: 'none',
    })
    expect(program.mcp_servers['s']).toMatchObject({
      transport: 'stdio',
      timeout: 60_000,
      connect_timeout: 10_000,
      negotiation: 'legacy',
      required: false,
      require_approval: 'always',
      failure_error_function: { kind: 'message', template: 'm' },
    })
    expect(program.mcp_servers['r']).toMatchObject({
      transport: 'streamable_http',
      timeout: 2000,
      negotiation: 'auto',
      required: true,
      require_approval: 'never',
      failure_error_function: { kind: 'raise' },
    })
  })

  test('do not reach a tool that says null', async () => {
    const program = await programOf(
      spec(`defaults: { tools: { failure_error_function: { message: m } } }
agents: { triage: { tools: [a] } }
tools: { a: ${tool(', failure_error_function: null')} }
`),
    )
    expect(program.tools['a']?.failure_error_function).toEqual({ kind: 'raise' })
  })

  test('that a spec writes as null keep their meaning', async () => {
    const program = await programOf(spec('agents: { triage: {} }\nrun: { max_turns: null }\n'))
    expect(program.run.max_turns).toBeNull()
  })
})

describe('agents', () => {
  test('a handoff gets its tool name and description, and may have its own', async () => {
    const program = await programOf(
      spec(`agents:
  triage: { handoffs: ["Billing Désk", { agent: refunds, tool_name: go, tool_description: Go., enabled: "agent == 'x'", input_filter: { last: 3 }, on_handoff: { handler: ./t.ts#t } }] }
  Billing Désk: { handoff_description: Invoices and payments }
  refunds: {}
`),
    )
    expect(program.agents['triage']?.handoffs).toEqual([
      {
        agent: 'Billing Désk',
        tool_name: 'transfer_to_billing_d_sk',
        tool_description: 'Handoff to the Billing Désk agent to handle the request. Invoices and payments',
        enabled: true,
      },
      {
        agent: 'refunds',
        tool_name: 'go',
        tool_description: 'Go.',
        on_handoff: { handler: 't.ts#t' },
        enabled: "agent == 'x'",
        input_filter: { last: 3 },
      },
    ])
  })

  test('an agent without a description has none at the end of that of a handoff', async () => {
    const program = await programOf(spec('agents: { triage: { handoffs: [b] }, b: {} }\n'))
    const [handoff] = program.agents['triage']?.handoffs ?? []
    expect(handoff?.tool_description).toBe('Handoff to the b agent to handle the request.')
  })

  test('inline tools move among the tools, under the name of their agent', async () => {
    const program = await programOf(
      spec(`agents:\n  triage: { tools: [a, ${tool(', name: a-b')}] }\ntools: { a: ${tool(', name: x')} }\n`),
    )
    expect(program.agents['triage']?.tools).toEqual(['a', 'triage.a-b'])
    expect(program.tools['triage.a-b']).toMatchObject({ name: 'a-b', handler: 't.ts#t' })
    expect(program.tools['a']).toMatchObject({ name: 'x' })
  })

  test('instructions of every kind', async () => {
    const program = await programOf(
      spec(`agents:
  triage: { instructions: "Hi \${X}", handoffs: [b, c, d] }
  b: { instructions: { file: ./b.md } }
  c: { instructions: { handler: ./t.ts#t } }
  d: { instructions: { mcp_prompt: { server: s, name: p, arguments: { x-y: z } } } }
mcp_servers: { s: { command: x } }
=== b.md
Text
`),
    )
    const instructions = Object.values(program.agents).map((agent) => agent.instructions)
    expect(instructions).toEqual([
      { template: 'Hi ${X}' },
      { file: 'b.md', template: 'Text\n' },
      { handler: 't.ts#t' },
      { mcp_prompt: { server: 's', name: 'p', arguments: { 'x-y': 'z' } } },
    ])
  })

  test('an output schema has a name and is strict', async () => {
    const program = await programOf(spec('agents: { triage: { output: { schema: { type: object } } } }\n'))
    expect(program.agents['triage']?.output).toEqual({
      schema: { type: 'object' },
      name: 'final_output',
      strict: true,
    })
  })
})

describe('models', () => {
  test.each([
    ['openai/gpt-5.6-luna', 'openai', 'gpt-5.6-luna'],
    ['openrouter/meta/llama', 'openrouter', 'meta/llama'],
    ['@ai-sdk/anthropic/claude', '@ai-sdk/anthropic', 'claude'],
    ['openai/${MODEL:-a/b}', 'openai', '${MODEL:-a/b}'],
  ])('%s', async (id, provider, model) => {
    const program = await programOf(spec(`agents: { triage: { model: m } }\nmodels: { m: "${id}" }\n`))
    expect(program.models['m']).toMatchObject({ provider, model, api: 'responses' })
  })

  test('a script keeps its steps, durations in milliseconds', async () => {
    const program = await programOf(
      spec(`agents: { triage: { model: m } }
models:
  m:
    provider: scripted
    script:
      triage: [{ tool_calls: [{ name: t, arguments: { x-a: 1 } }], delay: 1.5s }, { error: { status: 429, retry_after: 2 } }, { output: { x-b: null } }]
`),
    )
    expect(program.models['m']?.script).toEqual({
      triage: [
        { tool_calls: [{ name: 't', arguments: { 'x-a': 1 } }], delay: 1500 },
        { error: { status: 429, retry_after: 2000 } },
        { output: { 'x-b': null } },
      ],
    })
  })
})

describe('tools of other types', () => {
  test('keep their own settings apart from what all tools have', async () => {
    const program = await programOf(
      spec(`agents: { triage: { tools: [h, s] } }
tools:
  h: { type: hosted_mcp, server_label: l, server_url: "https://x", headers: { X-Y: "1" }, x-note: gone, timeout: 3s }
  s: { type: web_search, search_context_size: low }
`),
    )
    expect(program.tools['h']).toMatchObject({
      type: 'hosted_mcp',
      name: 'h',
      timeout: 3000,
      settings: { server_label: 'l', headers: { 'X-Y': '1' } },
    })
    expect(program.tools['h']).not.toHaveProperty('settings.x-note')
    expect(program.tools['s']).toMatchObject({
      needs_approval: false,
      settings: { search_context_size: 'low' },
    })
  })
})

describe('HTTP tools', () => {
  const written = (keys: string): Promise<Program> =>
    programOf(
      spec(
        `agents: { triage: { tools: [h] } }\ntools: { h: { type: http, url: "https://x/\${V}", ${keys} } }\n`,
      ),
    )

  test('have a time and a size that they end at, and take no arguments, unless they say otherwise', async () => {
    const { tools } = await written('x-note: gone')
    expect(tools['h']).toMatchObject({
      method: 'GET',
      url: 'https://x/${V}',
      query: {},
      headers: {},
      timeout: 30_000,
      parameters: { type: 'object', properties: {}, additionalProperties: false },
      strict: true,
      allow_private_addresses: false,
      max_response_bytes: 1_048_576,
    })
    expect(tools['h']).not.toHaveProperty('x-note')
    expect(tools['h']).not.toHaveProperty('origin')
  })

  test('keep what they say, also what looks like an extension among their own data', async () => {
    const { tools } = await written(
      'method: POST, timeout: 3s, headers: { x-y: "1" }, query: { q: 2 }, body: { x-z: [a] }, parameters: { type: object }, max_response_bytes: 5',
    )
    expect(tools['h']).toMatchObject({
      method: 'POST',
      timeout: 3000,
      headers: { 'x-y': '1' },
      query: { q: 2 },
      body: { 'x-z': ['a'] },
      parameters: { type: 'object' },
      strict: false,
      max_response_bytes: 5,
    })
  })
})

describe('approvals, sessions, runs', () => {
  test('durations are milliseconds, handlers relative to the root', async () => {
    const program = await programOf(`agentspec: 1
name: demo
agents: { triage: { tools: [t] } }
tools: { t: ${tool(', needs_approval: { handler: ./sub/../t.ts#t }')} }
approvals: { expires_after: 2h, rejection_message: { handler: ./t.ts#t }, notify: { url: "https://x" } }
session: { limit: 5, encryption: { key: "\${KEY}", ttl: 10m }, input_callback: { handler: ./t.ts#t } }
run: { budget: { tokens: 10, duration: 1m }, on_error: { max_turns: { final_output: sorry } } }
${code}`)
    expect(program.tools['t']?.needs_approval).toEqual({ handler: 't.ts#t' })
    expect(program.approvals).toMatchObject({
      expires_after: 7_200_000,
      rejection_message: { handler: 't.ts#t' },
      notify: { url: 'https://x' },
    })
    expect(program.session).toMatchObject({
      encryption: { key: '${KEY}', ttl: 600_000 },
      input_callback: { handler: 't.ts#t' },
    })
    expect(program.run).toMatchObject({
      budget: { tokens: 10, duration: 60_000 },
      on_error: { max_turns: { final_output: 'sorry', include_in_history: true } },
    })
  })
})
