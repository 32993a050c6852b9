/** AS2xxx: keys and values that the language does not have, or not there. */
import { didYouMean, listNames } from '../did-you-mean.ts'
import type { CodeRow } from './code-row.ts'

/** A text of a wrong form: `name` says what it is the value of, `seen` what it is, `help` what it should look like. */
interface WrongForm {
  readonly name: string
  readonly seen: string
  readonly suggestion: string | undefined
  readonly help: string | undefined
}

/** What each message needs to know. Names come with their quotes, or as `item 1 of "tools"`. */
export interface SchemaArgs {
  readonly AS2001: {
    readonly key: string
    readonly suggestion: string | undefined
    readonly known: readonly string[]
    readonly elsewhere: readonly string[]
  }
  readonly AS2002: { readonly key: string; here: string; readonly places: readonly string[] }
  readonly AS2003: { readonly owner: string; key: string; readonly help: string | undefined }
  readonly AS2004: { readonly owner: string; readonly keys: readonly string[] }
  readonly AS2005: { readonly key: string; other: string; onlyWith: boolean }
  readonly AS2006: { readonly name: string; expected: string; seen: string; help: string | undefined }
  readonly AS2007: {
    readonly name: string
    readonly seen: string
    readonly suggestion: string | undefined
    readonly allowed: readonly string[]
  }
  readonly AS2008: { readonly seen: string }
  readonly AS2009: WrongForm
  readonly AS2010: WrongForm
  readonly AS2011: WrongForm
  readonly AS2012: WrongForm
  readonly AS2013: WrongForm
  readonly AS2014: WrongForm
  readonly AS2015: WrongForm
  readonly AS2016: WrongForm
  readonly AS2017: WrongForm
  readonly AS2018: { readonly name: string; seen: string; limit: string }
  readonly AS2019: { readonly name: string }
  readonly AS2020: { readonly name: string }
  readonly AS2021: { readonly name: string; seen: string }
}

const tools = `=== tools.ts
export function cancelOrder() { return 'cancelled' }
`

/** A spec of one agent with some more keys, and what it uses. */
function withAgent(more: string, keys = ''): string {
  return `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer.${keys} }
${more}`
}

/** The message about a text that is not `what`. */
function wrongForm(what: string, example: string): (args: WrongForm) => string {
  return ({ name, seen, suggestion }) =>
    `Expected ${what} such as "${suggestion ?? example}" for ${name}, got ${seen}.`
}

/** A row each for every way in which a spec does not fit its schema. */
export const schemaCodes: { readonly [Code in keyof SchemaArgs]: CodeRow<SchemaArgs[Code]> } = {
  AS2001: {
    title: 'Unknown key',
    severity: 'error',
    message: ({ key, suggestion }) => `Unknown key "${key}".${didYouMean(suggestion)}`,
    hint: ({ key, suggestion, known, elsewhere }) => {
      if (elsewhere.length > 0) return `"${key}" also goes ${elsewhere.join(' or ')}.`
      return suggestion === undefined ? `Known keys: ${listNames(known, 12)}.` : undefined
    },
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instuctions: Help the customer. }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer. }
`,
  },
  AS2002: {
    title: 'Misplaced key',
    severity: 'error',
    message: ({ key, here, places }) => `"${key}" does not belong ${here}; it goes ${places.join(' or ')}.`,
    wrong: withAgent('max_turns: 20\n'),
    right: withAgent('run: { max_turns: 20 }\n'),
  },
  AS2003: {
    title: 'Missing key',
    severity: 'error',
    message: ({ owner, key }) => `The key "${key}" is missing in ${owner}.`,
    hint: ({ help }) => help,
    wrong: withAgent(
      `tools:
  cancel_order: { type: function, description: Cancels an order }
`,
      ', tools: [cancel_order]',
    ),
    right: withAgent(
      `tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
${tools}
`,
      ', tools: [cancel_order]',
    ),
  },
  AS2004: {
    title: 'None of several keys',
    severity: 'error',
    message: ({ owner, keys }) => `One of the keys ${listNames(keys)} is missing in ${owner}.`,
    wrong: withAgent(
      `mcp_servers:
  files: { args: ["."] }
`,
      ', mcp_servers: [files]',
    ),
    right: withAgent(
      `mcp_servers:
  files: { command: npx, args: ["."] }
`,
      ', mcp_servers: [files]',
    ),
  },
  AS2005: {
    title: 'Keys that do not go together',
    severity: 'error',
    message: ({ key, other, onlyWith }) =>
      onlyWith ? `"${key}" goes only with "${other}".` : `"${key}" does not go with "${other}".`,
    wrong: withAgent(
      `mcp_servers:
  files: { command: npx, headers: { X-Team: support } }
`,
      ', mcp_servers: [files]',
    ),
    right: withAgent(
      `mcp_servers:
  files: { url: "https://files.example.com/mcp", headers: { X-Team: support } }
`,
      ', mcp_servers: [files]',
    ),
  },
  AS2006: {
    title: 'Value of a wrong type',
    severity: 'error',
    message: ({ name, expected, seen }) => `Expected ${expected} for ${name}, got ${seen}.`,
    hint: ({ help }) => help,
    wrong: withAgent('run: { max_turns: "20" }\n'),
    right: withAgent('run: { max_turns: 20 }\n'),
  },
  AS2007: {
    title: 'Unknown value',
    severity: 'error',
    message: ({ name, seen, suggestion }) => `Unknown value ${seen} for ${name}.${didYouMean(suggestion)}`,
    hint: ({ allowed }) => `Allowed: ${listNames(allowed, 16)}.`,
    wrong: withAgent('run: { tool_not_found: ignore }\n'),
    right: withAgent('run: { tool_not_found: return_error }\n'),
  },
  AS2008: {
    title: 'Unknown version of the format',
    severity: 'error',
    message: ({ seen }) => `This release reads version 1 of the format, not ${seen}.`,
    hint: () => 'Write "agentspec: 1".',
    wrong: `agentspec: 7
name: demo
agents:
  triage: { instructions: Help the customer. }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer. }
`,
  },
  AS2009: {
    title: 'Not a duration',
    severity: 'error',
    message: wrongForm('a duration', '10s'),
    hint: ({ help }) => help,
    wrong: withAgent(
      `models:
  main: { provider: openai, model: gpt-5.6-luna, timeout: 90 seconds }
`,
      ', model: main',
    ),
    right: withAgent(
      `models:
  main: { provider: openai, model: gpt-5.6-luna, timeout: 90s }
`,
      ', model: main',
    ),
  },
  AS2010: {
    title: 'Not a slug',
    severity: 'error',
    message: wrongForm('a slug', 'support-desk'),
    hint: ({ help }) => help,
    wrong: `agentspec: 1
name: Support Desk
agents:
  triage: { instructions: Help the customer. }
`,
    right: `agentspec: 1
name: support-desk
agents:
  triage: { instructions: Help the customer. }
`,
  },
  AS2011: {
    title: 'Not a semantic version',
    severity: 'error',
    message: wrongForm('a semantic version', '1.2.0'),
    hint: ({ help }) => help,
    wrong: withAgent('version: v1\n'),
    right: withAgent('version: 1.0.0\n'),
  },
  AS2012: {
    title: 'Not a range of versions',
    severity: 'error',
    message: wrongForm('a range of versions', '<2.0.0'),
    hint: ({ help }) => help,
    wrong: withAgent(`migrations:
  - { from: before 2 }
`),
    right: withAgent(`migrations:
  - { from: <2.0.0 }
`),
  },
  AS2013: {
    title: 'Not a handler',
    severity: 'error',
    message: wrongForm('a handler', './tools.ts#lookupOrder'),
    hint: ({ help }) => help,
    wrong: withAgent(
      `tools:
  cancel_order: { type: function, description: Cancels an order, handler: cancelOrder }
`,
      ', tools: [cancel_order]',
    ),
    right: withAgent(
      `tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder, needs_approval: true }
${tools}
`,
      ', tools: [cancel_order]',
    ),
  },
  AS2014: {
    title: 'Not a name',
    severity: 'error',
    message: ({ name, seen, suggestion }) =>
      `Expected a name such as "${suggestion ?? 'triage'}" as a key of ${name}, got ${seen}.`,
    hint: ({ help }) => help,
    wrong: withAgent(
      `models:
  " main": openai/gpt-5.6-luna
`,
      ', model: " main"',
    ),
    right: withAgent(
      `models:
  main: openai/gpt-5.6-luna
`,
      ', model: main',
    ),
  },
  AS2015: {
    title: 'Not a model',
    severity: 'error',
    message: wrongForm('a model', 'openai/gpt-5.6-luna'),
    hint: ({ help }) => help,
    wrong: withAgent(
      `models:
  main: gpt-5.6-luna
`,
      ', model: main',
    ),
    right: withAgent(
      `models:
  main: openai/gpt-5.6-luna
`,
      ', model: main',
    ),
  },
  AS2016: {
    title: 'Not a provider',
    severity: 'error',
    message: wrongForm('a provider', 'openai'),
    hint: ({ help }) => help,
    wrong: withAgent(
      `models:
  main: { provider: Open AI, model: gpt-5.6-luna }
`,
      ', model: main',
    ),
    right: withAgent(
      `models:
  main: { provider: openai, model: gpt-5.6-luna }
`,
      ', model: main',
    ),
  },
  AS2017: {
    title: 'Not the name of a variable',
    severity: 'error',
    message: wrongForm('the name of an environment variable', 'CRM_TOKEN'),
    hint: ({ help }) => help,
    wrong: withAgent('secrets: ["${CRM_PIN}"]\n'),
    right: withAgent('secrets: [CRM_PIN]\n'),
  },
  AS2018: {
    title: 'Number out of range',
    severity: 'error',
    message: ({ name, seen, limit }) => `Expected ${limit} for ${name}, got ${seen}.`,
    wrong: withAgent(
      `models:
  main: { provider: openai, model: gpt-5.6-luna, settings: { temperature: 3 } }
`,
      ', model: main',
    ),
    right: withAgent(
      `models:
  main: { provider: openai, model: gpt-5.6-luna, settings: { temperature: 2 } }
`,
      ', model: main',
    ),
  },
  AS2019: {
    title: 'Empty text',
    severity: 'error',
    message: ({ name }) => `Expected a text for ${name}, got an empty one.`,
    hint: () => 'Write one, or leave the key out.',
    wrong: withAgent(
      `mcp_servers:
  files: { command: "" }
`,
      ', mcp_servers: [files]',
    ),
    right: withAgent(
      `mcp_servers:
  files: { command: npx, args: ["-y", "@modelcontextprotocol/server-memory"] }
`,
      ', mcp_servers: [files]',
    ),
  },
  AS2020: {
    title: 'Empty list',
    severity: 'error',
    message: ({ name }) => `Expected at least one item in ${name}, got an empty list.`,
    hint: () => 'Add one, or leave the key out.',
    wrong: withAgent(
      `tools:
  search: { type: file_search, vector_store_ids: [] }
`,
      ', tools: [search]',
    ),
    right: withAgent(
      `tools:
  search: { type: file_search, vector_store_ids: [vs_123] }
`,
      ', tools: [search]',
    ),
  },
  AS2021: {
    title: 'Item listed twice',
    severity: 'error',
    message: ({ name, seen }) => `${seen} is listed twice in ${name}.`,
    wrong: `agentspec: 1
name: demo
entry: triage
agents:
  triage: { instructions: Help the customer., mcp_servers: [files, files] }
mcp_servers:
  files: { command: npx, args: ["-y", "@modelcontextprotocol/server-filesystem", "."] }
`,
    right: `agentspec: 1
name: demo
entry: triage
agents:
  triage: { instructions: Help the customer., mcp_servers: [files] }
mcp_servers:
  files: { command: npx, args: ["-y", "@modelcontextprotocol/server-filesystem", "."] }
`,
  },
}
