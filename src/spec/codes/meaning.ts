/** AS4xxx: what a spec says and cannot mean, or hardly means. */
import { didYouMean, listNames } from '../did-you-mean.ts'
import type { CodeRow } from './code-row.ts'

const tools = `=== tools.ts
export function cancelOrder(args: { order_id: number }) { return args }
export function lookupOrder(args: { order_id: number }) { return args }
`

/** `detail` ends with a full stop, a question mark, or neither. */
function sentence(beginning: string, detail: string): string {
  return `${beginning}: ${detail}${/[.?]$/.test(detail) ? '' : '.'}`
}

/** What each message needs to know. */
export interface MeaningArgs {
  readonly AS4001: { readonly agent: string }
  readonly AS4002: {
    readonly agent: string
    readonly name: string
    readonly kinds: readonly [string, string]
  }
  readonly AS4003: { readonly name: string; readonly what: string }
  readonly AS4004: {
    readonly pattern: string
    readonly agent: string | undefined
    readonly suggestion: string | undefined
  }
  readonly AS4005: { readonly tool: string }
  readonly AS4006: { readonly agent: string; readonly entry: string }
  readonly AS4007: { readonly kind: string; readonly name: string }
  readonly AS4008: { readonly tool: string; readonly does: string }
  readonly AS4009: { readonly tool: string; readonly way: string }
  readonly AS4010: { readonly detail: string }
  readonly AS4011: { readonly detail: string }
  readonly AS4012: { readonly detail: string }
  readonly AS4013: {
    readonly name: string
    readonly suggestion: string | undefined
    readonly known: readonly string[]
  }
  readonly AS4014: { readonly detail: string }
  readonly AS4015: { readonly detail: string }
  readonly AS4016: { readonly key: string }
  readonly AS4017: { readonly detail: string }
  readonly AS4018: { readonly name: string; readonly message: string | undefined }
  readonly AS4019: { readonly rule: number }
  readonly AS4020: {
    /** Absent: several agents go by it. */
    readonly agent: string | undefined
    readonly name: string
    readonly suggestion: string | undefined
    readonly known: readonly string[]
  }
  /** Without `agent`: several agents use the script. */
  readonly AS4021: { readonly agent: string | undefined; readonly target: string }
  readonly AS4022: { readonly name: string }
  readonly AS4023: { readonly detail: string }
  readonly AS4024: { readonly rule: string }
  readonly AS4025: { readonly model: string; readonly host: string }
  readonly AS4026: { readonly detail: string }
  readonly AS4027: { readonly what: string; readonly agent: string; readonly model: string }
}

/** A row each for every rule about meaning. */
export const meaningCodes: { readonly [Code in keyof MeaningArgs]: CodeRow<MeaningArgs[Code]> } = {
  AS4001: {
    title: 'Handoff to itself',
    severity: 'error',
    message: ({ agent }) => `The agent "${agent}" hands off to itself.`,
    hint: () => 'Remove it: an agent goes on by answering, or by calling a tool.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., handoffs: [triage] }
`,
    right: `agentspec: 1
name: demo
entry: triage
agents:
  triage: { instructions: Help the customer., handoffs: [billing] }
  billing: { instructions: Explain the invoice. }
`,
  },
  AS4002: {
    title: 'Two tools of one name',
    severity: 'error',
    message: ({ agent, name, kinds }) =>
      `The agent "${agent}" would have two tools called "${name}" for the model: ${kinds[0]} and ${kinds[1]}.`,
    hint: () => 'Give one of them another "name" (a tool) or "tool_name" (a handoff).',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order, cancel] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
  cancel: { type: function, name: cancel_order, description: Cancels, handler: ./tools.ts#lookupOrder }
${tools}`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order, lookup_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
  lookup_order: { type: function, description: Looks an order up, handler: ./tools.ts#lookupOrder }
${tools}`,
  },
  AS4003: {
    title: 'Name the model cannot use',
    severity: 'error',
    message: ({ name, what }) => `A model cannot call ${what} by the name "${name}".`,
    hint: () => 'Use 1 to 64 letters, digits, "_" and "-".',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel order] }
tools:
  cancel order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
${tools}`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
${tools}`,
  },
  AS4004: {
    title: 'Approval rule that matches no tool',
    severity: 'error',
    message: ({ pattern, agent, suggestion }) =>
      `The rule matches no tool: ${agent === undefined ? 'none' : `none of agent "${agent}"`} is called "${pattern}".${didYouMean(suggestion)}`,
    hint: () => 'A tool of an MCP server is written server/tool; "*" stands for any characters.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
approvals:
  rules:
    - { tool: cancel_ordr, decide: ask }
${tools}`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
approvals:
  rules:
    - { tool: cancel_order, decide: ask }
${tools}`,
  },
  AS4005: {
    title: 'Always and never for one tool',
    severity: 'error',
    message: ({ tool }) => `"${tool}" is named under "always" and under "never".`,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., mcp_servers: [files] }
mcp_servers:
  files:
    command: npx
    args: ["-y", "@modelcontextprotocol/server-filesystem", "."]
    require_approval: { always: { tool_names: [write_file] }, never: { tool_names: [read_file, write_file] } }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., mcp_servers: [files] }
mcp_servers:
  files:
    command: npx
    args: ["-y", "@modelcontextprotocol/server-filesystem", "."]
    require_approval: { always: { tool_names: [write_file] }, never: { tool_names: [read_file] } }
`,
  },
  AS4006: {
    title: 'Agent that is never reached',
    severity: 'warning',
    message: ({ agent, entry }) => `No handoff and no tool leads from "${entry}" to the agent "${agent}".`,
    hint: () => 'Hand off to it, use it as a tool, or remove it.',
    wrong: `agentspec: 1
name: demo
entry: triage
agents:
  triage: { instructions: Help the customer. }
  billing: { instructions: Explain the invoice. }
`,
    right: `agentspec: 1
name: demo
entry: triage
agents:
  triage: { instructions: Help the customer., handoffs: [billing] }
  billing: { instructions: Explain the invoice. }
`,
  },
  AS4007: {
    title: 'Definition that nothing uses',
    severity: 'warning',
    message: ({ kind, name }) => `Nothing uses the ${kind} "${name}".`,
    hint: () => 'Use it, or remove it.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer. }
models:
  main: openai/gpt-5.6-luna
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., model: main }
models:
  main: openai/gpt-5.6-luna
`,
  },
  AS4008: {
    title: 'Side effects without approval',
    severity: 'warning',
    message: ({ tool, does }) => `The tool "${tool}" ${does}, and nobody is asked.`,
    hint: () =>
      'Add "needs_approval", or a rule under "approvals"; "# agentspec: ignore AS4008" if it is meant so.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [shell] }
tools:
  shell: { type: shell }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [shell] }
tools:
  shell: { type: shell, needs_approval: true }
`,
  },
  AS4009: {
    title: 'Gate that can be bypassed',
    severity: 'warning',
    message: ({ tool, way }) => `The approval of "${tool}" can be bypassed: ${way}.`,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order, cancel_now] }
tools:
  cancel_order: { type: function, description: Cancels, handler: ./tools.ts#cancelOrder, needs_approval: true }
  cancel_now: { type: function, description: Cancels now, handler: ./tools.ts#cancelOrder }
${tools}`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order, cancel_now] }
tools:
  cancel_order: { type: function, description: Cancels, handler: ./tools.ts#cancelOrder, needs_approval: true }
  cancel_now: { type: function, description: Cancels now, handler: ./tools.ts#cancelOrder, needs_approval: true }
${tools}`,
  },
  AS4010: {
    title: 'Mistake in an expression',
    severity: 'error',
    message: ({ detail }) => detail,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order:
    type: function
    description: Cancels an order
    handler: ./tools.ts#cancelOrder
    parameters: { type: object, properties: { order_id: { type: integer } }, required: [order_id], additionalProperties: false }
    needs_approval: { when: "args.orderid > 100" }
${tools}`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order:
    type: function
    description: Cancels an order
    handler: ./tools.ts#cancelOrder
    parameters: { type: object, properties: { order_id: { type: integer } }, required: [order_id], additionalProperties: false }
    needs_approval: { when: "args.order_id > 100" }
${tools}`,
  },
  AS4011: {
    title: 'Expression that may have no answer',
    severity: 'warning',
    message: ({ detail }) => detail,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order:
    type: function
    description: Cancels an order
    handler: ./tools.ts#cancelOrder
    strict: false
    parameters: { type: object, properties: { order_id: { type: integer } }, additionalProperties: false }
    needs_approval: { when: "args.order_id > 100" }
${tools}`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order:
    type: function
    description: Cancels an order
    handler: ./tools.ts#cancelOrder
    strict: false
    parameters: { type: object, properties: { order_id: { type: integer } }, additionalProperties: false }
    needs_approval: { when: "has(args.order_id) && args.order_id > 100" }
${tools}`,
  },
  AS4012: {
    title: 'Mistake in a template',
    severity: 'error',
    message: ({ detail }) => detail,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: "{% if context.tier %}Hello" }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: "{% if context.tier %}Hello{% endif %}" }
`,
  },
  AS4013: {
    title: 'Unknown template variable',
    severity: 'error',
    message: ({ name, suggestion }) =>
      `The template uses "${name}", which is not there.${didYouMean(suggestion)}`,
    hint: ({ suggestion, known }) =>
      suggestion === undefined && known.length > 0 ? `There is ${listNames(known)}.` : undefined,
    wrong: `agentspec: 1
name: demo
context:
  schema: { type: object, properties: { tier: { type: string } }, additionalProperties: false }
agents:
  triage: { instructions: "Help a customer of tier {{ context.teir }}." }
`,
    right: `agentspec: 1
name: demo
context:
  schema: { type: object, properties: { tier: { type: string } }, additionalProperties: false }
agents:
  triage: { instructions: "Help a customer of tier {{ context.tier }}." }
`,
  },
  AS4014: {
    title: 'Broken JSON Schema',
    severity: 'error',
    message: ({ detail }) => sentence('The JSON Schema is not valid', detail),
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., output: { schema: { type: objct } } }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., output: { schema: { type: object, properties: {}, additionalProperties: false } } }
`,
  },
  AS4015: {
    title: 'Default context that does not fit its schema',
    severity: 'error',
    message: ({ detail }) => sentence('The default context does not fit its schema', detail),
    wrong: `agentspec: 1
name: demo
context:
  schema: { type: object, properties: { tier: { enum: [free, pro] } } }
  default: { tier: gold }
agents:
  triage: { instructions: Help the customer. }
`,
    right: `agentspec: 1
name: demo
context:
  schema: { type: object, properties: { tier: { enum: [free, pro] } } }
  default: { tier: free }
agents:
  triage: { instructions: Help the customer. }
`,
  },
  AS4016: {
    title: 'Secret written into the spec',
    severity: 'error',
    message: ({ key }) => `"${key}" holds a secret in plain text.`,
    hint: () => 'Put the value in an environment variable and write "${NAME}".',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., model: main }
models:
  main: { provider: openai, model: gpt-5.6-luna, api_key: sk-123456789 }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., model: main }
models:
  main: { provider: openai, model: gpt-5.6-luna, api_key: "\${OPENAI_API_KEY}" }
`,
  },
  AS4017: {
    title: 'Broken interpolation',
    severity: 'error',
    message: ({ detail }) => detail,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: "Call \${SUPPORT_LINE" }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: "Call \${SUPPORT_LINE:-support}" }
`,
  },
  AS4018: {
    title: 'Required variable that is not set',
    severity: 'warning',
    message: ({ name, message }) =>
      `The environment variable ${name} is not set${message === undefined || message === '' ? '' : `: ${message}`}.`,
    hint: () => 'A run would end before it starts. Set it in the environment, or in .env beside the spec.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: "Call \${SUPPORT_LINE:?the number customers call}" }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: "Call \${SUPPORT_LINE:-112}" }
`,
  },
  AS4019: {
    title: 'Rule that is never reached',
    severity: 'warning',
    message: ({ rule }) => `This rule is never reached: rule ${rule + 1} decides every call it matches.`,
    hint: () => 'The first rule that matches decides. Put the narrower rule first.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
approvals:
  rules:
    - { tool: "*", decide: allow }
    - { tool: cancel_order, decide: ask }
${tools}`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
approvals:
  rules:
    - { tool: cancel_order, decide: ask }
    - { tool: "*", decide: allow }
${tools}`,
  },
  AS4020: {
    title: 'Unknown tool in tool_choice',
    severity: 'error',
    message: ({ agent, name, suggestion }) => {
      const who =
        agent === undefined ? 'None of the agents that go by it has a' : `The agent "${agent}" has no`
      return `${who} tool "${name}".${didYouMean(suggestion)}`
    },
    hint: ({ suggestion, known }) => {
      if (suggestion !== undefined) return undefined
      const tools = known.length === 0 ? '' : ` There is ${listNames(known)}.`
      return `Write "auto", "required", "none", or the name of a tool.${tools}`
    },
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
    tools: [cancel_order]
    model_settings: { tool_choice: cancel_ordr }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
${tools}`,
    right: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
    tools: [cancel_order]
    model_settings: { tool_choice: cancel_order }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
${tools}`,
  },
  AS4021: {
    title: 'Scripted handoff that cannot happen',
    severity: 'warning',
    message: ({ agent, target }) => {
      const who = agent === undefined ? 'no agent that uses it can' : `the agent "${agent}" cannot`
      return `The script hands off to "${target}", which ${who} hand off to.`
    },
    hint: ({ agent, target }) =>
      agent === undefined ? undefined : `Add "${target}" to "handoffs" of "${agent}".`,
    wrong: `agentspec: 1
name: demo
entry: triage
agents:
  triage: { instructions: Help the customer., model: script, tools: [ask_billing] }
  billing: { instructions: Explain the invoice. }
models:
  script: { provider: scripted, script: { triage: [{ handoff: billing }] } }
tools:
  ask_billing: { type: agent, agent: billing, description: Asks billing }
`,
    right: `agentspec: 1
name: demo
entry: triage
agents:
  triage: { instructions: Help the customer., model: script, handoffs: [billing], tools: [ask_billing] }
  billing: { instructions: Explain the invoice. }
models:
  script: { provider: scripted, script: { triage: [{ handoff: billing }] } }
tools:
  ask_billing: { type: agent, agent: billing, description: Asks billing }
`,
  },
  AS4022: {
    title: 'Host that the model chooses',
    severity: 'error',
    message: ({ name }) =>
      `"${name}" stands before the path of the URL: the model would choose where requests go.`,
    hint: () => 'Write scheme, host and port out, or take them from "context" or an environment variable.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [orders] }
tools:
  orders:
    type: http
    description: Reads orders
    url: "https://{{ args.region }}.example.com/orders"
    parameters: { type: object, properties: { region: { type: string } } }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [orders] }
tools:
  orders:
    type: http
    description: Reads orders
    url: "https://example.com/{{ args.region }}/orders"
    parameters: { type: object, properties: { region: { type: string } } }
`,
  },
  AS4023: {
    title: 'Settings that contradict each other',
    severity: 'error',
    message: ({ detail }) => `${detail}.`,
    hint: () => 'Remove one of the two.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [shell] }
tools:
  shell: { type: shell, environment: { type: container_auto }, needs_approval: true }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [shell] }
tools:
  shell: { type: shell, environment: { type: container_auto } }
`,
  },
  AS4024: {
    title: 'Schema that strict mode refuses',
    severity: 'info',
    message: ({ rule }) => `Strict mode ${rule}.`,
    hint: () =>
      'The model gets the schema without strict mode; what it answers is checked all the same. Write "strict: false" if that is meant.',
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
    output: { schema: { type: object, properties: { labels: { type: object, additionalProperties: true } } } }
`,
    right: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
    output: { schema: { type: object, properties: { answer: { type: string } }, required: [answer], additionalProperties: false } }
`,
  },
  AS4025: {
    title: 'Key that goes to another server',
    severity: 'warning',
    message: ({ model, host }) => `The model "${model}" sends OPENAI_API_KEY to ${host}.`,
    hint: () =>
      'Say which key that server gets: api_key: ${OPENAI_API_KEY} if it is meant to have this one, else ${…} with its own.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., model: main }
models:
  main: { provider: openai, model: any, base_url: "https://llm.example.com/v1" }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., model: main }
models:
  main: { provider: openai, model: any, base_url: "https://llm.example.com/v1", api_key: "\${EXAMPLE_API_KEY}" }
`,
  },
  AS4026: {
    title: 'Pattern that is no regular expression',
    severity: 'error',
    message: ({ detail }) => sentence('The pattern of this guardrail cannot be used', detail),
    hint: () => 'Guardrails take RE2 syntax, which knows no lookaround and no back-references.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., input_guardrails: [no_cards] }
guardrails:
  no_cards: { type: regex, pattern: '(?<!x)\\d{16}' }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., input_guardrails: [no_cards] }
guardrails:
  no_cards: { type: regex, pattern: '\\d{16}' }
`,
  },
  AS4027: {
    title: 'Model without the Responses API',
    severity: 'error',
    message: ({ what, agent, model }) =>
      `${what} needs the Responses API of OpenAI, and the agent "${agent}" uses the model "${model}", which speaks another.`,
    hint: () => 'Use a model with "provider: openai" and "api: responses".',
    wrong: `agentspec: 1
name: demo
models:
  local: { provider: openai, api: chat_completions, base_url: "http://127.0.0.1:8080/v1", model: any }
agents:
  triage: { instructions: Help the customer., model: local, tools: [search] }
tools:
  search: { type: web_search }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., model: openai/gpt-5.6-luna, tools: [search] }
tools:
  search: { type: web_search }
`,
  },
}
