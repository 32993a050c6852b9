/** Which change is of which class. */
import { describe, test } from 'vitest'
import { expectChanges, schema, spec } from './support.ts'

interface Row {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly changes: readonly string[]
}

function expectRow({ before, after, changes }: Row): Promise<void> {
  return expectChanges(before, after, changes)
}

const agent = 'agents: { main: { tools: [pay] } }\n'
const code =
  '=== t.ts\nimport { help } from "./help.ts"\nexport const pay = () => help()\nexport const ask = () => true\n'
const help = '=== help.ts\nexport const help = () => 1\n'

/** The tool `pay`, with more keys. */
const pay = (keys: string): string => `tools: { pay: { type: function, handler: "./t.ts#pay", ${keys} } }\n`
const gated = (keys = ''): string => spec(agent + pay(`needs_approval: true, ${keys}`) + code + help)
const open = (keys = ''): string => spec(agent + pay(keys) + code + help)
const ruled = (rules: string, tools = 'needs_approval: true'): string =>
  spec(`${agent}approvals: { rules: [${rules}] }\n${pay(tools)}${code}${help}`)

describe('cosmetic', () => {
  test.for<Row>([
    {
      name: 'names and versions',
      before: spec('agents: { main: {} }', 'version: 1.0.0\n'),
      after: 'agentspec: 1\nname: store\nversion: 2.0.0\ndescription: A store\nagents: { main: {} }',
      changes: [
        'cosmetic /name name is now "store", was "shop"',
        'cosmetic /version version is now "2.0.0", was "1.0.0"',
        'cosmetic /description description is now set to "A store"',
      ],
    },
    {
      name: 'a definition that nothing uses, changed or removed',
      before: spec(`agents: { main: {} }\n${pay('')}models: { m: openai/x, n: openai/x }\n${code}${help}`),
      after: spec(`agents: { main: {} }\nmodels: { m: openai/y }\n`),
      changes: [
        'cosmetic /tools/pay tool pay: removed; nothing used it',
        'cosmetic /models/m/model model m: model is now "y", was "x"',
        'cosmetic /models/n model n: removed',
      ],
    },
    {
      name: 'a gated tool that nothing uses, whatever changes',
      before: spec(`agents: { main: {} }\n${pay('needs_approval: true')}${code}${help}`),
      after: spec(`agents: { main: {} }\n${pay(`parameters: ${schema('{ a: {} }', '[a]')}`)}${code}${help}`),
      changes: [
        'cosmetic /tools/pay/needs_approval tool pay: needs_approval is now false, was true',
        'cosmetic /tools/pay/parameters tool pay: parameters.a is now required',
      ],
    },
    {
      name: 'a tool that moves and stays what it is',
      before: spec(
        `agents: { main: { tools: [{ name: pay, type: function, handler: "./t.ts#pay", needs_approval: true }] } }\n${code}${help}`,
      ),
      after: gated(),
      changes: ['cosmetic /tools/pay tool pay: declared as pay, was main.pay'],
    },
    {
      name: 'instructions that move to a file, and another name for the same model',
      before: spec('agents: { main: { instructions: Hello, model: m } }\nmodels: { m: openai/x }'),
      after: spec(
        'agents: { main: { instructions: { file: ./i.md }, model: n } }\nmodels: { n: openai/x }\n=== i.md\nHello',
      ),
      changes: [
        'compatible /models/n model n: added',
        'cosmetic /agents/main/instructions agent main: instructions are the same text in another place',
        'cosmetic /agents/main/model agent main: model is now "n", was "m"',
        'cosmetic /models/m model m: removed',
      ],
    },
  ])('$name', expectRow)

  test('comments, formatting and the order of maps are no change at all', async () => {
    await expectChanges(
      spec('agents: { a: {}, main: {} }\nentry: main'),
      spec('entry: main # first\nagents:\n  main: {}\n  a: {}\nx-more: 1'),
      [],
    )
  })
})

describe('compatible', () => {
  test.for<Row>([
    {
      name: 'definitions that nothing existing leads to, rules about them included',
      before: spec('agents: { main: {} }'),
      after: spec(
        `entry: main\nagents: { main: {}, other: { tools: [pay], mcp_servers: [files], model: m } }\n${pay('')}` +
          `mcp_servers: { files: { command: x } }\nmodels: { m: openai/x }\n` +
          `approvals: { rules: [{ tool: pay, decide: ask }, { tool: "files/*", decide: ask }] }\n${code}${help}`,
      ),
      changes: [
        'compatible /agents/other agent other: added',
        'compatible /tools/pay tool pay: added',
        'compatible /mcp_servers/files server files: added',
        'compatible /approvals/rules/0 approval rule for pay: added: ask',
        'compatible /approvals/rules/1 approval rule for files/*: added: ask',
        'compatible /models/m model m: added',
      ],
    },
    {
      name: 'migrations',
      before: spec('agents: { main: {} }'),
      after: spec('agents: { main: {} }\nmigrations: [{ from: "<1.0.0" }]'),
      changes: ['compatible /migrations migrations changed'],
    },
  ])('$name', expectRow)
})

describe('behavioural', () => {
  test.for<Row>([
    {
      name: 'what an agent is told, and how it answers',
      before: spec('agents: { main: { instructions: A, model_settings: { temperature: 0 } } }'),
      after: spec(
        'agents: { main: { instructions: B, model: openai/x, model_settings: { temperature: 1 }, output: { schema: { type: string } } } }',
      ),
      changes: [
        'behavioural /agents/main/instructions agent main: instructions changed',
        'behavioural /agents/main/model agent main: model is now "openai/x", was "openai/gpt-5.6-luna"',
        'behavioural /agents/main/model_settings agent main: model_settings.temperature is now 1, was 0',
        'behavioural /agents/main/output agent main: output is now set to {"name":"final_output","schema":{"type":"string"},"strict":true}',
      ],
    },
    {
      name: 'edges and tools for an agent that was there',
      before: spec('entry: main\nagents: { main: {}, other: {} }\n'),
      after: spec(
        `entry: main\nagents: { main: { tools: [pay], handoffs: [other] }, other: {} }\n${pay('')}${code}${help}`,
      ),
      changes: [
        'behavioural /agents/main/tools/0 agent main: now has tool pay',
        'behavioural /agents/main/handoffs/0 agent main: now hands over to other (transfer_to_other)',
        'compatible /tools/pay tool pay: added',
      ],
    },
    {
      name: 'a handoff that says something else',
      before: spec('entry: main\nagents: { main: { handoffs: [other] }, other: {} }\n'),
      after: spec(
        'entry: main\nagents: { main: { handoffs: [{ agent: other, enabled: false }] }, other: {} }\n',
      ),
      changes: [
        'behavioural /agents/main/handoffs/0/enabled agent main: handoff to other: enabled is now false, was true',
      ],
    },
    {
      name: 'anything of a tool that is not gated, its schema and the code it reaches included',
      before: open(`parameters: ${schema('{ a: { type: number } }')}`),
      after: spec(
        `${agent}${pay(`description: Pay, timeout: 5s, parameters: ${schema('{ a: { type: number } }', '[a]')}`)}` +
          `${code}=== help.ts\nexport const help = () => 2\n`,
      ),
      changes: [
        'behavioural /tools/pay/description tool pay: description is now "Pay", was ""',
        'behavioural /tools/pay/timeout tool pay: timeout is now set to 5s',
        'behavioural /tools/pay/handler tool pay: the code behind handler changed (help.ts)',
        'behavioural /tools/pay/parameters tool pay: parameters.a is now required',
      ],
    },
    {
      name: 'limits and settings of a gated tool',
      before: gated('timeout: 5s'),
      after: gated('timeout: 6s, on_unknown: retry'),
      changes: [
        'behavioural /tools/pay/timeout tool pay: timeout is now 6s, was 5s',
        'behavioural /tools/pay/on_unknown tool pay: on_unknown is now "retry", was "ask"',
      ],
    },
    {
      name: 'settings of the whole spec, where runs start, what is said when a rule denies',
      before: ruled('{ tool: pay, decide: deny }'),
      after: spec(
        `${agent}approvals: { rules: [{ tool: pay, decide: deny, message: No }], expires_after: 1h }\n` +
          `context: { default: { a: 1 } }\nrun: { max_turns: 5 }\nsession: { limit: 3 }\ntracing: { enabled: false }\nsecrets: [A]\n` +
          `${pay('needs_approval: true')}${code}${help}`,
      ),
      changes: [
        'behavioural /secrets secrets is now ["A"], was []',
        'behavioural /context/default context: default.a is now set to 1',
        'behavioural /approvals/rules/0 approval rule for pay: message is now set to "No"',
        'behavioural /approvals/expires_after approvals: expires_after is now set to 1h',
        'behavioural /session/limit session: limit is now set to 3',
        'behavioural /run/max_turns run: max_turns is now 5, was 10',
        'behavioural /tracing/enabled tracing: enabled is now false, was true',
      ],
    },
    {
      name: 'a rule that allows what nothing gates',
      before: open(),
      after: ruled('{ tool: pay, decide: allow }', ''),
      changes: ['behavioural /approvals/rules/0 approval rule for pay: added: allow'],
    },
  ])('$name', expectRow)
})

describe('needs re-approval', () => {
  const two = '{ tool: pay, when: "args.a > 1", decide: deny }'
  const withArgs = `needs_approval: true, parameters: ${schema('{ a: { type: integer } }', '[a]')}`

  test.for<Row>([
    {
      name: 'a gate that is added, removed or changed',
      before: spec(
        'agents: { main: { tools: [a, b, c] } }\ntools:\n' +
          '  a: { type: function, handler: "./t.ts#pay" }\n' +
          '  b: { type: function, handler: "./t.ts#pay", needs_approval: true }\n' +
          `  c: { type: function, handler: "./t.ts#pay", needs_approval: { handler: "./t.ts#ask" } }\n${code}${help}`,
      ),
      after: spec(
        'agents: { main: { tools: [a, b, c] } }\ntools:\n' +
          '  a: { type: function, handler: "./t.ts#pay", needs_approval: true }\n' +
          '  b: { type: function, handler: "./t.ts#pay" }\n' +
          `  c: { type: function, handler: "./t.ts#pay", needs_approval: { when: "tool == 'c'" } }\n${code}${help}`,
      ),
      changes: [
        'needs_reapproval /tools/a/needs_approval tool a: needs_approval is now true, was false',
        'needs_reapproval /tools/b/needs_approval tool b: needs_approval is now false, was true',
        'needs_reapproval /tools/c/needs_approval tool c: needs_approval.handler, needs_approval.when changed',
      ],
    },
    {
      name: 'the code, the description, and a schema that accepts more',
      before: gated(`parameters: ${schema('{ a: { type: integer } }', '[a]')}`),
      after: spec(
        `${agent}${pay(`needs_approval: true, description: Pay, parameters: ${schema('{ a: { type: number }, b: {} }')}`)}` +
          `${code}=== help.ts\nexport const help = () => 2\n`,
      ),
      changes: [
        'needs_reapproval /tools/pay/description tool pay: description is now "Pay", was ""',
        'needs_reapproval /tools/pay/handler tool pay: the code behind handler changed (help.ts)',
        'needs_reapproval /tools/pay/parameters tool pay: parameters changed; whatever fitted before still does',
      ],
    },
    {
      name: 'a rule added, removed, changed',
      before: ruled(two, withArgs),
      after: ruled(
        '{ agent: main, tool: pay, decide: ask }, { tool: pay, when: "args.a > 2", decide: deny }',
        withArgs,
      ),
      changes: [
        'needs_reapproval /approvals/rules/0 approval rule for pay of agent main: added: ask',
        'needs_reapproval /approvals/rules/1 approval rule for pay: is now: deny when args.a > 2, was: deny when args.a > 1',
      ],
    },
    {
      name: 'rules that change places',
      before: ruled(`{ tool: "p*", when: "tool == 'x'", decide: ask }, ${two}`, withArgs),
      after: ruled(`${two}, { tool: "p*", when: "tool == 'x'", decide: ask }`, withArgs),
      changes: [
        'needs_reapproval /approvals/rules approval rules: in another order; calls of pay may be decided otherwise',
      ],
    },
    {
      name: 'a server whose tools ask, and which of them do',
      before: spec(
        'agents: { main: { mcp_servers: [files] } }\nmcp_servers: { files: { command: x, require_approval: always } }',
      ),
      after: spec(
        'agents: { main: { mcp_servers: [files] } }\nmcp_servers: { files: { command: y, env: { A: b }, require_approval: { write: always } } }',
      ),
      changes: [
        'needs_reapproval /mcp_servers/files/command server files: command is now "y", was "x"',
        'needs_reapproval /mcp_servers/files/require_approval server files: require_approval is now {"write":"always"}, was "always"',
        'behavioural /mcp_servers/files/env server files: env.A is now set to "b"',
      ],
    },
    {
      name: 'a hosted server that asks',
      before: spec(
        `${agent}tools: { pay: { type: hosted_mcp, server_label: p, server_url: "https://a.test", require_approval: always } }`,
      ),
      after: spec(
        `${agent}tools: { pay: { type: hosted_mcp, server_label: p, server_url: "https://b.test", require_approval: always } }`,
      ),
      changes: [
        'needs_reapproval /tools/pay/server_url tool pay: server_url is now "https://b.test", was "https://a.test"',
      ],
    },
    {
      name: 'a server that a rule gates',
      before: spec(
        'agents: { main: { mcp_servers: [files] } }\nmcp_servers: { files: { url: "http://a" } }\napprovals: { rules: [{ tool: "files/w*", decide: ask }] }',
      ),
      after: spec(
        'agents: { main: { mcp_servers: [files] } }\nmcp_servers: { files: { url: "http://b" } }\napprovals: { rules: [{ tool: "files/w*", decide: ask }] }',
      ),
      changes: [
        'needs_reapproval /mcp_servers/files/url server files: url is now "http://b", was "http://a"',
      ],
    },
  ])('$name', expectRow)
})

describe('breaking', () => {
  const from = `needs_approval: true, parameters: ${schema('{ a: { type: number }, b: {}, c: { enum: [x, y] } }')}`
  const to = `needs_approval: true, parameters: ${schema('{ a: { type: integer }, c: { enum: [x] } }', '[a]')}`

  test.for<Row>([
    {
      name: 'a schema of a gated tool that refuses earlier arguments',
      before: spec(`${agent}${pay(from)}${code}${help}`),
      after: spec(`${agent}${pay(to)}${code}${help}`),
      changes: [
        'breaking /tools/pay/parameters/properties/a tool pay: parameters.a must now be integer (was number)',
        'breaking /tools/pay/parameters/properties/c tool pay: parameters.c no longer accepts "y"',
        'breaking /tools/pay/parameters tool pay: parameters.a is now required',
        'breaking /tools/pay/parameters tool pay: parameters.b is no longer allowed',
      ],
    },
    {
      name: 'agents, tools, servers, handoffs and edges that are gone',
      before: spec(
        `entry: main\nagents: { main: { tools: [pay], mcp_servers: [files], handoffs: [a, b] }, a: { tools: [pay], mcp_servers: [files, logs] }, b: {} }\n` +
          `mcp_servers: { files: { command: x }, logs: { command: z } }\n${pay('')}${code}${help}`,
      ),
      after: spec(
        `entry: main\nagents: { main: {}, a: { tools: [pay], mcp_servers: [files] } }\nmcp_servers: { files: { command: x } }\n${pay('')}${code}${help}`,
      ),
      changes: [
        'breaking /agents/main/tools/0 agent main: no longer has tool pay',
        'breaking /agents/main/mcp_servers/0 agent main: no longer has the tools of server files',
        'breaking /agents/main/handoffs/0 agent main: no longer hands over to a',
        'breaking /agents/b agent b: removed',
        'breaking /mcp_servers/logs server logs: removed',
      ],
    },
    {
      name: 'what is renamed',
      before: spec(
        `entry: main\nagents: { main: { tools: [pay], handoffs: [a] }, a: {} }\n${pay('')}${code}${help}`,
      ),
      after: spec(
        `entry: main\nagents: { main: { tools: [pay2], handoffs: [{ agent: b, tool_name: ask_b }] }, b: {} }\n` +
          `tools: { pay2: { type: function, handler: "./t.ts#pay" } }\n${code}${help}`,
      ),
      changes: [
        'breaking /agents/a agent a: removed; b is the same, and a migration can say so (rename_agents)',
        'breaking /tools/pay tool pay: removed; pay2 is the same, and a migration can say so (rename_tools)',
        'behavioural /agents/main/tools/0 agent main: now has tool pay2',
        'behavioural /agents/main/handoffs/0 agent main: now hands over to b (ask_b)',
        'compatible /agents/b agent b: added',
        'compatible /tools/pay2 tool pay2: added',
      ],
    },
    {
      name: 'another name for the model',
      before: open(),
      after: open('name: pay_now'),
      changes: [
        'breaking /tools/pay/name tool pay_now: renamed from pay; a migration can say so (rename_tools)',
      ],
    },
    {
      name: 'a gated tool of another type, whose arguments nobody knows',
      before: gated(),
      after: spec(`${agent}tools: { pay: { type: codex, needs_approval: true } }`),
      changes: [
        'breaking /tools/pay tool pay: earlier arguments cannot be carried over',
        'needs_reapproval /tools/pay/type tool pay: type is now codex, was function',
      ],
    },
    {
      name: 'tools that a filter leaves out',
      before: spec(
        'agents: { main: { mcp_servers: [files] } }\nmcp_servers: { files: { command: x, tool_filter: { allow: [a, b] } } }',
      ),
      after: spec(
        'agents: { main: { mcp_servers: [files] } }\nmcp_servers: { files: { command: x, tool_filter: { allow: [b, c] } } }',
      ),
      changes: [
        'breaking /mcp_servers/files/tool_filter server files: tool_filter.allow is now ["b","c"], was ["a","b"]: tools are left out that it had',
      ],
    },
  ])('$name', expectRow)
})
