/** The specs that are broken: the examples and the fixtures, with the files they name. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from './random.ts'

/** Texts by path; `spec.yaml` is the root. */
export type Files = Readonly<Record<string, string>>

const examples = join(import.meta.dirname, '../../../specs')
const fixtures = join(import.meta.dirname, '../fixtures')

const schema =
  '{ "type": "object", "properties": { "order_id": { "type": "integer" } }, "required": ["order_id"] }\n'
const api = `{ "openapi": "3.1.0", "info": { "title": "Orders", "version": "1" }, "servers": [{ "url": "https://x.example" }],
  "paths": { "/orders/{id}": {
    "get": { "operationId": "getOrder", "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } }] },
    "post": { "operationId": "createOrder", "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Order" } } } } } } },
  "components": { "schemas": { "Order": { "type": "object", "properties": { "sum": { "type": "number" } } } } } }
`

/** What the fixtures name, and nobody has written. */
const companions: Files = {
  'more.yaml':
    'x-owner: support\nmodels: { extra: openai/gpt-5.6-luna }\nagents: { researcher: { instructions: Look. } }\n',
  'triage.md': 'You help {{ context.customer_id }}.\n{% if context.tier %}Be brief.{% endif %}\n',
  'order.schema.json': schema,
  'handoff.schema.json': schema,
  'refund.schema.json': schema,
  'orders.openapi.json': api,
  'tools.ts': handlersOf([...yamlFiles(fixtures)].map((path) => readFileSync(path, 'utf8')).join('\n')),
}

/** Every spec there is, with all its files. */
const specimens: readonly Files[] = [
  ...yamlFiles(examples).map((path) => ({
    ...Object.fromEntries(
      readdirSync(examples)
        .filter((name) => name.endsWith('.ts'))
        .map((name) => [name, readFileSync(join(examples, name), 'utf8')]),
    ),
    'spec.yaml': readFileSync(path, 'utf8'),
  })),
  ...yamlFiles(fixtures).map((path) => ({ ...companions, 'spec.yaml': readFileSync(path, 'utf8') })),
]

/** A specimen as it is, or some of its top-level sections: quicker to compile, so that more can be tried. */
export function chooseSpecimen(random: Random): Files {
  const specimen = random.pick(specimens)
  const sections = (specimen['spec.yaml'] ?? '').split(/^(?=[\w-]+:)/m)
  if (sections.length < 12 || random.oneIn(12)) return specimen
  const share = 1 + random.below(4)
  const kept = sections.filter(
    (section) => /^(?:agentspec|name|version):/.test(section) || random.below(8) < share,
  )
  return { ...specimen, 'spec.yaml': kept.join('') }
}

function yamlFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => join(folder, name))
}

function handlersOf(text: string): string {
  const names = new Set([...text.matchAll(/\.\/tools\.ts#(\w+)/g)].map((match) => match[1]))
  return [...names].map((name) => `export const ${name} = (): number => 1\n`).join('')
}
