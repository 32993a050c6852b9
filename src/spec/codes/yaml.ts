/** AS1xxx: what is wrong with a file or its YAML, before its meaning is looked at. */
import type { CodeRow, NoArgs } from './code-row.ts'

const right = `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
`

/** What each message needs to know. */
export interface YamlArgs {
  readonly AS1001: { readonly detail: string }
  readonly AS1002: NoArgs
  readonly AS1003: NoArgs
  readonly AS1004: { readonly start: string }
  readonly AS1005: NoArgs
  readonly AS1006: { readonly opener: string }
  readonly AS1007: { readonly text: string }
  readonly AS1008: NoArgs
  readonly AS1009: { readonly escape: string }
  readonly AS1010: { readonly file: string; reason: string }
  readonly AS1011: { readonly file: string }
  readonly AS1012: NoArgs
  readonly AS1013: { readonly anchor: string }
  readonly AS1014: NoArgs
  readonly AS1015: NoArgs
  readonly AS1016: { readonly anchor: string; suggestion: string | undefined }
  readonly AS1017: { readonly anchor: string }
  readonly AS1018: NoArgs
  readonly AS1019: { readonly directive: string }
  readonly AS1020: { readonly key: string }
  readonly AS1021: { readonly tag: string }
  readonly AS1022: { readonly key: string }
  readonly AS1023: { readonly text: string }
  readonly AS1024: { readonly text: string }
  readonly AS1025: NoArgs
  readonly AS1026: NoArgs
  readonly AS1027: { readonly file: string }
}

/** A row each for every mistake in YAML, and for files that cannot be read. */
export const yamlCodes: { readonly [Code in keyof YamlArgs]: CodeRow<YamlArgs[Code]> } = {
  AS1001: {
    title: 'YAML syntax error',
    severity: 'error',
    message: ({ detail }) => `This is not valid YAML: ${detail}.`,
    wrong: `agentspec: 1
name: demo
agents: {}}
`,
    right: `agentspec: 1
name: demo
agents: { triage: {} }
`,
  },
  AS1002: {
    title: 'Tab used as indentation',
    severity: 'error',
    message: () => 'A tab cannot indent a line in YAML.',
    hint: () => 'Use spaces; two for each level is usual.',
    wrong: `agentspec: 1
name: demo
agents:
\ttriage:
    instructions: Help the customer.
`,
    right: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
`,
  },
  AS1003: {
    title: 'Lines that do not line up',
    severity: 'error',
    message: () => 'This line is not indented like the lines it belongs with.',
    hint: () => 'Keys of one map must start in the same column.',
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
   model: openai/gpt-5.6-luna
`,
    right: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
    model: openai/gpt-5.6-luna
`,
  },
  AS1004: {
    title: 'Value that must be quoted',
    severity: 'error',
    message: ({ start }) => `A value that starts with ${start} must be in quotes.`,
    hint: ({ start }) =>
      start.startsWith('{')
        ? `Without quotes YAML reads "{" as the start of a map. Write "${start} …", or a block after "|".`
        : `Write "${start}…" in quotes.`,
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    instructions: {{ context.tier }} customers first
`,
    right: `agentspec: 1
name: demo
context: { schema: { type: object, properties: { tier: { type: string } } } }
agents:
  triage:
    instructions: "{{ context.tier }} customers first"
`,
  },
  AS1005: {
    title: 'Colon inside an unquoted value',
    severity: 'error',
    message: () => 'An unquoted value cannot contain ": ".',
    hint: () => 'Put the whole value in quotes, or write it as a block after "|".',
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Remember: be polite.
`,
    right: `agentspec: 1
name: demo
agents:
  triage:
    instructions: "Remember: be polite."
`,
  },
  AS1006: {
    title: 'Quote or bracket that is never closed',
    severity: 'error',
    message: ({ opener }) => `This ${opener} is never closed.`,
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    instructions: "Help the customer.
`,
    right: `agentspec: 1
name: demo
agents:
  triage:
    instructions: "Help the customer."
`,
  },
  AS1007: {
    title: 'Line that is not "key: value"',
    severity: 'error',
    message: ({ text }) => `Expected "key: value", found ${JSON.stringify(text)} without a colon.`,
    hint: () => 'A colon that ends a key needs a space or a new line after it.',
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
    tools
`,
    right: `agentspec: 1
name: demo
agents:
  triage:
    instructions: Help the customer.
    tools: []
`,
  },
  AS1008: {
    title: 'Text after a closed quote',
    severity: 'error',
    message: () => 'The quoted value has ended, but more text follows.',
    hint: () => `Inside '…' write a quote as '', inside "…" as \\".`,
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    instructions: 'It's fine.'
`,
    right: `agentspec: 1
name: demo
agents:
  triage:
    instructions: 'It''s fine.'
`,
  },
  AS1009: {
    title: 'Unknown escape in double quotes',
    severity: 'error',
    message: ({ escape }) => `"${escape}" is not an escape of YAML.`,
    hint: () => 'Write a backslash in double quotes as \\\\, or use single quotes.',
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    instructions: "Match \\d digits."
`,
    right: `agentspec: 1
name: demo
agents:
  triage:
    instructions: 'Match \\d digits.'
`,
  },
  AS1010: {
    title: 'File cannot be read',
    severity: 'error',
    message: ({ file, reason }) => `Cannot read "${file}": ${reason}.`,
    wrong: `agentspec: 1
name: demo
include: [./shared]
agents:
  triage: {}
=== shared/readme.txt
a folder is not a file
`,
    right: `agentspec: 1
name: demo
include: [./shared/tools.yaml]
agents:
  triage: {}
=== shared/tools.yaml
tools: {}
`,
  },
  AS1011: {
    title: 'File too large',
    severity: 'error',
    message: ({ file }) => `"${file}" is larger than 4 MiB, the most a file may have.`,
    hint: () => 'Split the file, or move data out of the spec.',
    wrong: '# a file of more than 4 MiB',
    right,
  },
  AS1012: {
    title: 'Nested too deeply',
    severity: 'error',
    message: () => 'Maps and lists are nested more than 64 deep here.',
    wrong: `agentspec: 1
name: demo
x-deep: ${'['.repeat(70)}${']'.repeat(70)}
`,
    right,
  },
  AS1013: {
    title: 'Too many aliases',
    severity: 'error',
    message: ({ anchor }) =>
      `The anchor "${anchor}" is repeated by too many aliases: a document may unfold 100 aliases, and 16 MiB in all.`,
    wrong: `agentspec: 1
name: demo
x-a: &a [x, x, x, x]
x-b: &b [*a, *a, *a, *a, *a, *a]
x-c: &c [*b, *b, *b, *b, *b, *b]
x-d: &d [*c, *c, *c, *c, *c, *c]
`,
    right,
  },
  AS1014: {
    title: 'More than one document',
    severity: 'error',
    message: () => 'A file holds one YAML document; a second one starts here.',
    hint: () => 'Remove this "---", or move the document to a file of its own.',
    wrong: `agentspec: 1
name: demo
---
agents: {}
`,
    right: `agentspec: 1
name: demo
agents: { triage: {} }
`,
  },
  AS1015: {
    title: 'Empty file',
    severity: 'error',
    message: () => 'The file is empty.',
    hint: () => 'A spec starts with "agentspec: 1" and a "name".',
    wrong: '# nothing yet\n',
    right,
  },
  AS1016: {
    title: 'Unknown anchor',
    severity: 'error',
    message: ({ anchor, suggestion }) =>
      anchor === ''
        ? 'A value that starts with "*" is an alias in YAML, and this one names no anchor.'
        : `No anchor "&${anchor}" stands before this alias.${suggestion === undefined ? '' : ` Did you mean "*${suggestion}"?`}`,
    hint: () => 'If a text is meant, put it in quotes.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: {}
approvals:
  rules:
    - { tool: *_order, decide: ask }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { tools: [cancel_order] }
tools:
  cancel_order: { type: function, description: Cancels an order, handler: ./tools.ts#cancelOrder }
approvals:
  rules:
    - { tool: "*_order", decide: ask }
=== tools.ts
export function cancelOrder() { return 'done' }
`,
  },
  AS1017: {
    title: 'Anchor that contains itself',
    severity: 'error',
    message: ({ anchor }) => `The alias stands inside its own anchor "&${anchor}".`,
    wrong: `agentspec: 1
name: demo
x-loop: &loop [*loop]
`,
    right,
  },
  AS1018: {
    title: 'Merge of something that is not a map',
    severity: 'error',
    message: () => '"<<" merges a map, or a list of maps.',
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    <<: instructions
`,
    right: `agentspec: 1
name: demo
x-common: &common { instructions: Help the customer. }
agents:
  triage:
    <<: *common
`,
  },
  AS1019: {
    title: 'Other version of YAML',
    severity: 'error',
    message: ({ directive }) => `The directive "${directive}" is not supported: a spec is YAML 1.2.`,
    hint: () => 'Remove the line.',
    wrong: `%YAML 1.1
---
agentspec: 1
name: demo
`,
    right: `agentspec: 1
name: demo
agents: { triage: {} }
`,
  },
  AS1020: {
    title: 'Duplicate key',
    severity: 'error',
    message: ({ key }) => `The key "${key}" is already used in this map.`,
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer. }
  triage: { instructions: Help. }
`,
    right: `agentspec: 1
name: demo
entry: triage
agents:
  triage: { instructions: Help the customer., handoffs: [billing] }
  billing: { instructions: Explain the invoice. }
`,
  },
  AS1021: {
    title: 'YAML tag that is not supported',
    severity: 'error',
    message: ({ tag }) => `The YAML tag "${tag}" is not supported.`,
    hint: () => 'If a text is meant that starts with "!", put it in quotes.',
    wrong: `agentspec: 1
name: demo
agents:
  triage:
    instructions: !important Help the customer.
`,
    right: `agentspec: 1
name: demo
agents:
  triage:
    instructions: "!important Help the customer."
`,
  },
  AS1022: {
    title: 'Key that is not allowed',
    severity: 'error',
    message: ({ key }) => `"${key}" cannot be a key: it has a meaning of its own in JavaScript.`,
    wrong: `agentspec: 1
name: demo
agents:
  constructor: { instructions: Help the customer. }
`,
    right: `agentspec: 1
name: demo
agents:
  builder: { instructions: Help the customer. }
`,
  },
  AS1023: {
    title: 'Integer that loses digits',
    severity: 'error',
    message: ({ text }) => `The integer ${text} is too large to be kept exactly (at most 9007199254740991).`,
    hint: () => 'If it is an id, put it in quotes.',
    wrong: `agentspec: 1
name: demo
x-account: 12345678901234567890
agents:
  triage: { instructions: Help the customer. }
`,
    right: `agentspec: 1
name: demo
x-account: "12345678901234567890"
agents:
  triage: { instructions: Help the customer. }
`,
  },
  AS1024: {
    title: 'Number that is not finite',
    severity: 'error',
    message: ({ text }) => `${text} is not a number that JSON can hold.`,
    wrong: `agentspec: 1
name: demo
x-limit: .inf
agents:
  triage: { instructions: Help the customer. }
`,
    right: `agentspec: 1
name: demo
x-limit: 1000
agents:
  triage: { instructions: Help the customer. }
`,
  },
  AS1025: {
    title: 'Key that is not text',
    severity: 'error',
    message: () => 'A key must be text, not a list, a map or an alias.',
    wrong: `agentspec: 1
name: demo
? [triage]
: { instructions: Help the customer. }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer. }
`,
  },
  AS1026: {
    title: 'Broken Unicode',
    severity: 'error',
    message: () => 'The text holds half of a Unicode character (a lone surrogate).',
    hint: () => 'Write the character itself, or both halves of its escape.',
    wrong: `agentspec: 1
name: demo
agents:
  triage: { instructions: "\\uD83D" }
`,
    right: `agentspec: 1
name: demo
agents:
  triage: { instructions: "\\uD83D\\uDE42" }
`,
  },
  AS1027: {
    title: 'No such file',
    severity: 'error',
    message: ({ file }) => `There is no file "${file}".`,
    wrong: '# agentspec check no-such-file.yaml',
    right,
  },
}
