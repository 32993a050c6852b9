/** The files that `agentspec init` writes: a spec that runs offline, the code of its tool, and tests. */

export interface TemplateValues {
  /** The name of the spec: a slug. */
  readonly name: string
  /** The JSON Schema of specs, as an editor finds it from the spec; `null`: there is none. */
  readonly specSchema: string | null
  /** That of test files. */
  readonly testSchema: string | null
}

/** The files by name, in the order in which to read them. */
export function templateFiles(values: TemplateValues): ReadonlyMap<string, string> {
  return new Map([
    ['agent.yaml', schemaComment(values.specSchema) + spec(values.name)],
    ['tools.ts', TOOLS],
    ['agent.test.yaml', schemaComment(values.testSchema) + TESTS],
  ])
}

/** What editors read to complete and check a file. */
function schemaComment(schema: string | null): string {
  return schema === null ? '' : `# yaml-language-server: $schema=${schema}\n`
}

/** YAML takes other slugs for numbers, truth values or nothing. */
function isPlain(slug: string): boolean {
  return /^[a-z]/.test(slug) && !['true', 'false', 'null'].includes(slug)
}

function spec(name: string): string {
  return `agentspec: 1
name: ${isPlain(name) ? name : `"${name}"`}
version: 0.1.0
description: Pays invoices, and asks a person before it pays a large one

models:
  # Offline: the answers are written here, so that this runs without a key.
  # For a real model write instead:  main: openai/gpt-5.6-luna
  main:
    provider: scripted
    script:
      - tool_calls: [{ name: pay_invoice, arguments: { invoice: 42, amount: 250 } }]
      - text: I have dealt with invoice 42.

agents:
  assistant:
    model: main
    instructions: |
      You pay invoices with the tool you have.
      Say what you did in one sentence.
    tools: [pay_invoice]

tools:
  pay_invoice:
    type: function
    description: Pay an invoice
    handler: ./tools.ts#payInvoice
    parameters:
      type: object
      properties:
        invoice: { type: integer, description: Its number }
        amount: { type: number, description: In euros }
      required: [invoice, amount]
      additionalProperties: false
    # Small amounts are paid at once. Above 100 the run pauses until a person has agreed.
    needs_approval: { when: "args.amount > 100.0" }
`
}

const TOOLS = `import type { ToolContext } from 'agentspec'

/** Pays an invoice. To be replaced by a call to the system that does. */
export async function payInvoice(
  args: { invoice: number; amount: number },
  ctx: ToolContext,
): Promise<{ paid: number; amount: number }> {
  // The key is the same however often this call is tried: a system that knows it pays once.
  ctx.progress(\`paying invoice \${args.invoice}, key \${ctx.idempotency_key}\`)
  return { paid: args.invoice, amount: args.amount }
}
`

const TESTS = `spec: ./agent.yaml

tests:
  - name: a large payment waits for a person
    input: Pay invoice 42
    model:
      - tool_calls: [{ name: pay_invoice, arguments: { invoice: 42, amount: 250 } }]
      - text: Invoice 42 is paid.
    tools: { pay_invoice: { returns: { paid: 42, amount: 250 } } }
    steps:
      - expect: { status: paused, interruptions: [{ tool: pay_invoice, arguments: { amount: 250 } }] }
      - approve: { call: pay_invoice }
      - expect: { status: completed, final_output: Invoice 42 is paid. }

  - name: a payment that a person rejects is not made
    input: Pay invoice 42
    model:
      - tool_calls: [{ name: pay_invoice, arguments: { invoice: 42, amount: 250 } }]
      - text: Invoice 42 is not paid.
    steps:
      - reject: { call: pay_invoice, message: Too much }
      - expect: { status: completed, tool_calls: [], model_input: { contains: Too much } }

policies:
  - { agent: assistant, tool: pay_invoice, args: { invoice: 1, amount: 20 }, expect: allow }
  - { agent: assistant, tool: pay_invoice, args: { invoice: 1, amount: 250 }, expect: ask }
`
