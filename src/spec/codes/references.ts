/** AS3xxx: names and files that a spec refers to and that are not there. */
import type { CodeRow, NoArgs } from './code-row.ts'
import { didYouMean, listNames } from '../did-you-mean.ts'

/** A name that nothing declares. `known`: what is declared. */
interface UnknownName {
  readonly name: string
  readonly suggestion: string | undefined
  readonly known: readonly string[]
}

function declared(what: string, args: UnknownName): string | undefined {
  if (args.suggestion !== undefined) return undefined
  return args.known.length === 0 ? `No ${what} are declared.` : `Declared ${what}: ${listNames(args.known)}.`
}

const tools = `=== tools.ts
export function cancelOrder(args: { order_id: number }) { return args }
`

const lockFile = `{
  "schema_version": 1,
  "servers": {
    "files": {
      "name": "files", "version": "1.0.0", "protocol": "2025-11-25",
      "tools": { "write_file": { "description": "Writes a file", "input_schema": { "type": "object" }, "hash": "sha256:08af64fca5a74bc905da99806e0d5cace16d9c4c2d4d27bad074ac103dedc490" } }
    }
  }
}
`

/** What each message needs to know. */
export interface ReferenceArgs {
  readonly AS3001: UnknownName
  readonly AS3002: UnknownName
  readonly AS3003: UnknownName
  readonly AS3004: UnknownName
  readonly AS3005: UnknownName
  readonly AS3006: { readonly agents: readonly string[] }
  readonly AS3007: NoArgs
  readonly AS3008: { readonly file: string; suggestion: string | undefined }
  readonly AS3009: { readonly trail: readonly string[] }
  readonly AS3010: { readonly kind: string; name: string }
  readonly AS3011: { readonly path: string; why: string }
  readonly AS3013: { readonly path: string }
  readonly AS3014: UnknownName & { readonly path: string }
  readonly AS3015: { readonly specifier: string; why: string }
  readonly AS3016: { readonly specifier: string; suggestion: string | undefined }
  readonly AS3017: { readonly path: string }
  readonly AS3018: { readonly detail: string }
  readonly AS3019: { readonly path: string; detail: string }
  readonly AS3020: NoArgs
  readonly AS3021: { readonly file: string }
  readonly AS3022: UnknownName & { readonly agent: string }
  readonly AS3023: UnknownName & { readonly server: string; lockFile: string }
  readonly AS3024: { readonly file: string; detail: string }
}

/** A row each for every kind of reference. */
export const referenceCodes: { readonly [Code in keyof ReferenceArgs]: CodeRow<ReferenceArgs[Code]> } = {
  AS3001: {
    title: 'Unknown agent',
    severity: 'error',
    message: (args) => `Unknown agent "${args.name}".${didYouMean(args.suggestion)}`,
    hint: (args) => declared('agents', args),
    wrong: `agentspec: 1
name: demo
entry: triage
agents:
  triage: { instructions: Help the customer., handoffs: [biling] }
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
  AS3002: {
    title: 'Unknown tool',
    severity: 'error',
    message: (args) => `Unknown tool "${args.name}".${didYouMean(args.suggestion)}`,
    hint: (args) => declared('tools', args),
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_ordr] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
${tools}`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
${tools}`,
  },
  AS3003: {
    title: 'Unknown model',
    severity: 'error',
    message: (args) => `Unknown model "${args.name}".${didYouMean(args.suggestion)}`,
    hint: (args) => declared('models', args) ?? 'Name a key of "models", or write "provider/model".',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., model: mian }
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
  AS3004: {
    title: 'Unknown MCP server',
    severity: 'error',
    message: (args) => `Unknown MCP server "${args.name}".${didYouMean(args.suggestion)}`,
    hint: (args) => declared('MCP servers', args),
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., mcp_servers: [file] }
mcp_servers:
  files: { command: npx, args: ["-y", "@modelcontextprotocol/server-filesystem", "."] }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., mcp_servers: [files] }
mcp_servers:
  files: { command: npx, args: ["-y", "@modelcontextprotocol/server-filesystem", "."] }
`,
  },
  AS3005: {
    title: 'Unknown guardrail',
    severity: 'error',
    message: (args) => `Unknown guardrail "${args.name}".${didYouMean(args.suggestion)}`,
    hint: (args) => declared('guardrails', args),
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., input_guardrails: [no_card] }
guardrails:
  no_cards: { type: regex, pattern: "[0-9]{16}", block: matches }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., input_guardrails: [no_cards] }
guardrails:
  no_cards: { type: regex, pattern: "[0-9]{16}", block: matches }
`,
  },
  AS3006: {
    title: 'No entry agent',
    severity: 'error',
    message: ({ agents }) =>
      `With ${agents.length} agents the spec must say which one starts: "entry" is missing.`,
    hint: ({ agents }) => `Add "entry: ${agents[0] ?? ''}" or another of ${listNames(agents)}.`,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., handoffs: [billing] }
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
  AS3007: {
    title: 'No agents',
    severity: 'error',
    message: () => 'The spec declares no agent.',
    hint: () => 'Add an agent under "agents", here or in an included file.',
    wrong: `agentspec: 1
name: demo
agents: {}
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer. }
`,
  },
  AS3008: {
    title: 'File not found',
    severity: 'error',
    message: ({ file, suggestion }) => `There is no file "${file}".${didYouMean(suggestion)}`,
    hint: () => 'Paths are relative to the file that names them.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: { file: ./triage.md } }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: { file: ./triage.md } }
=== triage.md
Help the customer.
`,
  },
  AS3009: {
    title: 'Files that include each other',
    severity: 'error',
    message: ({ trail }) => `The includes form a circle: ${trail.join(' → ')}.`,
    wrong: `agentspec: 1
name: demo
include: [./shared.yaml]
agents:
  triage: { instructions: Help the customer. }
=== shared.yaml
include: [./more.yaml]
=== more.yaml
include: [./shared.yaml]
`,
    right: `agentspec: 1
name: demo
include: [./shared.yaml]
agents:
  triage: { instructions: Help the customer. }
=== shared.yaml
x-owner: support
`,
  },
  AS3010: {
    title: 'Name declared twice',
    severity: 'error',
    message: ({ kind, name }) => `The ${kind} "${name}" is already declared.`,
    wrong: `agentspec: 1
name: demo
include: [./shared.yaml]
agents:
  triage: { instructions: Help the customer. }
=== shared.yaml
agents:
  triage: { instructions: Help. }
`,
    right: `agentspec: 1
name: demo
include: [./shared.yaml]
entry: triage
agents:
  triage: { instructions: Help the customer., handoffs: [billing] }
=== shared.yaml
agents:
  billing: { instructions: Explain the invoice. }
`,
  },
  AS3011: {
    title: 'Path that leaves the folder',
    severity: 'error',
    message: ({ path, why }) => `"${path}" ${why}.`,
    hint: () => `A spec may only name files inside its own folder, by relative paths like "./tools.ts".`,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: { file: ../triage.md } }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: { file: ./triage.md } }
=== triage.md
Help the customer.
`,
  },
  AS3013: {
    title: 'Not an ES module',
    severity: 'error',
    message: ({ path }) => `"${path}" is not a module that can be loaded.`,
    hint: () => 'Tool modules end in .ts, .mts, .js or .mjs.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.py#cancel_order }
=== tools.py
def cancel_order(): pass
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
=== tools.ts
export function cancelOrder() { return 'cancelled' }
`,
  },
  AS3014: {
    title: 'Unknown export',
    severity: 'error',
    message: (args) => `"${args.path}" does not export "${args.name}".${didYouMean(args.suggestion)}`,
    hint: (args) => {
      if (args.suggestion !== undefined) return undefined
      return args.known.length === 0 ? 'It exports nothing.' : `It exports ${listNames(args.known)}.`
    },
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancel_order }
${tools}`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
${tools}`,
  },
  AS3015: {
    title: 'Import that leaves the folder',
    severity: 'error',
    message: ({ specifier, why }) => `The import "${specifier}" ${why}.`,
    hint: () =>
      `A tool module may import npm packages, "node:" modules and relative files inside the spec's folder.`,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
=== tools.ts
import { orders } from '../orders.ts'
export const cancelOrder = () => orders
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
=== tools.ts
import { orders } from './orders.ts'
export const cancelOrder = () => orders
=== orders.ts
export const orders = []
`,
  },
  AS3016: {
    title: 'Import not found',
    severity: 'error',
    message: ({ specifier, suggestion }) =>
      `There is no file "${specifier}" to import.${didYouMean(suggestion)}`,
    hint: () => 'A relative import names the file with its ending, as Node does.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
=== tools.ts
import { orders } from './orders'
export const cancelOrder = () => orders
=== orders.ts
export const orders = []
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
=== tools.ts
import { orders } from './orders.ts'
export const cancelOrder = () => orders
=== orders.ts
export const orders = []
`,
  },
  AS3017: {
    title: 'CommonJS module',
    severity: 'error',
    message: ({ path }) => `"${path}" is a CommonJS module.`,
    hint: () =>
      'Tool modules are ES modules: write "export" instead of "module.exports", "import" instead of "require".',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.js#cancelOrder, needs_approval: true }
=== tools.js
module.exports = { cancelOrder: () => 'done' }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.js#cancelOrder, needs_approval: true }
=== tools.js
export const cancelOrder = () => 'done'
`,
  },
  AS3018: {
    title: 'TypeScript that cannot be erased',
    severity: 'error',
    message: ({ detail }) => `Types are only erased, not compiled: ${detail}.`,
    hint: () => 'Enums, namespaces and parameter properties are code; write them as plain JavaScript.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
=== tools.ts
enum State { open, closed }
export const cancelOrder = () => State.closed
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
=== tools.ts
const State = { open: 0, closed: 1 } as const
export const cancelOrder = () => State.closed
`,
  },
  AS3019: {
    title: 'Syntax error in a module',
    severity: 'error',
    message: ({ path, detail }) => `"${path}" has a syntax error: ${detail}.`,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
=== tools.ts
export function cancelOrder( { return 1 }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
=== tools.ts
export function cancelOrder() { return 1 }
`,
  },
  AS3020: {
    title: 'Computed import',
    severity: 'error',
    message: () =>
      'What this import() loads is only known when it runs, so it cannot be archived with the spec.',
    hint: () => 'Import a fixed path: import("./file.ts").',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
=== tools.ts
export const cancelOrder = (args: { kind: string }) => import(args.kind)
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
=== tools.ts
export const cancelOrder = () => import('./orders.ts')
=== orders.ts
export const orders = []
`,
  },
  AS3021: {
    title: 'File that is not a JSON Schema',
    severity: 'error',
    message: ({ file }) => `"${file}" does not hold a JSON Schema, which is an object, true or false.`,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., output: { schema: { file: ./answer.json } } }
=== answer.json
[1, 2]
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., output: { schema: { file: ./answer.json } } }
=== answer.json
{ "type": "object", "properties": {}, "additionalProperties": false }
`,
  },
  AS3022: {
    title: 'Unknown tool in stop_at_tool_names',
    severity: 'error',
    message: (args) => `The agent "${args.agent}" has no tool "${args.name}".${didYouMean(args.suggestion)}`,
    hint: (args) =>
      args.suggestion === undefined && args.known.length > 0
        ? `Its tools: ${listNames(args.known)}.`
        : undefined,
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
    tools: [cancel_order]
    tool_use_behavior: { stop_at_tool_names: [cancel] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
${tools}`,
    right: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
    tools: [cancel_order]
    tool_use_behavior: { stop_at_tool_names: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
${tools}`,
  },
  AS3023: {
    title: 'Entry that matches no locked tool',
    severity: 'error',
    message: (args) =>
      `The MCP server "${args.server}" has no tool that matches "${args.name}".${didYouMean(args.suggestion)}`,
    hint: ({ lockFile: file, known }) =>
      `${file} has ${listNames(known)}. If the server has it by now: agentspec lock SPEC`,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., mcp_servers: [files] }
mcp_servers:
  files:
    command: npx
    args: ["-y", "@modelcontextprotocol/server-filesystem", "."]
    require_approval: { always: { tool_names: [write_files] } }
=== spec.lock.json
${lockFile}`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., mcp_servers: [files] }
mcp_servers:
  files:
    command: npx
    args: ["-y", "@modelcontextprotocol/server-filesystem", "."]
    require_approval: { always: { tool_names: [write_file] } }
=== spec.lock.json
${lockFile}`,
  },
  AS3024: {
    title: 'Lock file that cannot be used',
    severity: 'error',
    message: ({ file, detail }) => `The lock file "${file}" cannot be used: ${detail}.`,
    hint: () =>
      'Nothing runs without the lock that is there. Remove the file, then write it anew: agentspec lock SPEC',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., mcp_servers: [files] }
mcp_servers:
  files: { command: npx, args: ["-y", "@modelcontextprotocol/server-filesystem", "."] }
=== spec.lock.json
{ "schema_version": 7, "servers": {} }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., mcp_servers: [files] }
mcp_servers:
  files: { command: npx, args: ["-y", "@modelcontextprotocol/server-filesystem", "."] }
=== spec.lock.json
{ "schema_version": 1, "servers": {} }
`,
  },
}
