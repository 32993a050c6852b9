/** Makes specs of any length: desks with agents, tools, schemas, conditions, templates and handoffs. The same every time. */

/** The files of a spec by path; `spec.yaml` is the root. */
export type SpecFiles = Readonly<Record<string, string>>

/** A spec of exactly so many lines that checks clean, and the modules of its handlers. */
export function generateSpec(lines: number): SpecFiles {
  const perDesk = agentLines(1).length + toolLines(1).length
  const fixed = head.length + foot.length + 1
  const desks = Math.floor((lines - fixed) / perDesk)
  if (desks < 1) throw new RangeError(`a spec has at least ${fixed + perDesk} lines`)
  const numbers = Array.from({ length: desks }, (_, index) => index + 1)
  const body = [
    ...head,
    ...numbers.flatMap((desk) => agentLines(desk, desk === desks ? 'front' : `desk_${desk + 1}`)),
    'tools:',
    ...numbers.flatMap(toolLines),
    ...foot,
  ]
  const filling = Array.from({ length: lines - body.length }, () => '# More desks to come.')
  return { 'spec.yaml': `${[...body, ...filling].join('\n')}\n`, ...moduleFiles(numbers) }
}

const head = `agentspec: 1
name: desks
version: 1.0.0
entry: front
context:
  schema:
    type: object
    properties:
      company: { type: string }
      tier: { enum: [free, pro] }
    required: [company, tier]
    additionalProperties: false
  default: { company: Example, tier: free }
models:
  main: { provider: scripted, script: [{ text: Done }] }
defaults: { model: main }
agents:
  front:
    instructions: Find out what the customer wants, then hand over.
    handoffs: [desk_1]`.split('\n')

const foot = `guardrails:
  no_cards: { type: regex, pattern: '[0-9]{16}', block: matches }
approvals:
  expires_after: 72h
  rules:
    - { tool: 'change_*', when: tool != 'change_1' && context.tier == 'free', decide: ask }
run: { max_turns: 20 }`.split('\n')

function agentLines(desk: number, next = 'front'): readonly string[] {
  return `  desk_${desk}:
    instructions: |
      You work at desk ${desk} of {{ context.company }}. The customer is on the {{ context.tier }} plan.
      {% if context.tier == 'pro' %}Answer in detail.{% else %}Be brief.{% endif %}
      Look a record up before you change it, then hand over to ${next}.
    handoff_description: Records of kind ${desk}
    tools: [find_${desk}, change_${desk}, quote_${desk}]
    input_guardrails: [no_cards]
    handoffs:
      - agent: ${next}
        enabled: context.tier == 'pro' || agent != '${next}'
        input_schema: { type: object, properties: { reason: { type: string } }, required: [reason] }`.split(
    '\n',
  )
}

function toolLines(desk: number): readonly string[] {
  const module = `./tools/${moduleOf(desk)}`
  return `  find_${desk}:
    type: function
    description: Look a record of kind ${desk} up by its id
    handler: ${module}#find${desk}
    parameters:
      type: object
      properties:
        record_${desk}_id: { type: integer, minimum: 1 }
        fields: { type: array, items: { enum: [status, amount_${desk}, owner] } }
      required: [record_${desk}_id, fields]
      additionalProperties: false
  change_${desk}:
    type: function
    description: Change a record of kind ${desk}
    handler: ${module}#change${desk}
    strict: true
    parameters:
      type: object
      properties:
        record_${desk}_id: { type: integer, minimum: 1 }
        amount_${desk}: { type: number }
        note_${desk}: { type: string, maxLength: 200 }
      required: [record_${desk}_id, amount_${desk}, note_${desk}]
      additionalProperties: false
    needs_approval: { when: "args.amount_${desk} > ${100 + desk}.0 || context.tier == 'free'" }
    timeout: 10s
  quote_${desk}:
    type: http
    description: Ask for the price of a record of kind ${desk}
    method: GET
    url: https://prices.example/${desk}/{{ args.record_${desk}_id }}
    query: { tier: '{{ context.tier }}' }
    parameters:
      type: object
      properties: { record_${desk}_id: { type: integer } }
      required: [record_${desk}_id, fields]
      additionalProperties: false`.split('\n')
}

const desksInModule = 10

function moduleOf(desk: number): string {
  return `desks-${Math.ceil(desk / desksInModule)}.ts`
}

function moduleFiles(numbers: readonly number[]): SpecFiles {
  const byFile = Map.groupBy(numbers, moduleOf)
  return Object.fromEntries(
    [...byFile].map(([file, desks]) => [`tools/${file}`, [moduleHead, ...desks.map(handlers)].join('\n')]),
  )
}

const moduleHead = `import type { ToolContext } from 'agentspec'

type Values = Readonly<Record<string, string | number>>

interface Answer<Value> {
  readonly desk: number
  readonly value: Value | undefined
}
`

function handlers(desk: number): string {
  return `/** Looks a record of kind ${desk} up. */
export async function find${desk}(args: { record_${desk}_id: number; fields: string[] }): Promise<Answer<number>> {
  return { desk: ${desk}, value: args.fields.length }
}

/** Changes a record of kind ${desk}; the effect happens once for a key. */
export async function change${desk}(args: Values, ctx: ToolContext): Promise<Answer<string>> {
  const key = \`\${ctx.idempotency_key}-\${args['record_${desk}_id'] as number}\`
  return { desk: ${desk}, value: key }
}
`
}
