/**
 * Generates what the messages of the validate stage need to know of the schema: where keys belong, which keys exclude
 * each other, and what a value should look like. The schema itself is not loaded when a spec is compiled.
 */
import { flowYaml } from './flow-yaml.ts'
import { constantOf, definitionName, definitions, ROOT, type Schema } from './gen-schema.ts'

interface Place {
  readonly place: string
  readonly variant?: string
}

interface Form {
  readonly title?: string
  readonly help?: string
}

interface Condition {
  readonly key: string
  readonly value?: string
  readonly negated?: true
}

interface Tables {
  readonly places: Map<string, { at: Place[]; keys: string[] }>
  readonly forms: Map<string, Form>
  readonly choices: Map<string, readonly string[]>
  readonly conditions: Map<string, Condition>
}

const header = `

/** Where a map stands in a spec, such as \`tools.<name>\`; the empty text is the top level. */
export interface Place {
  readonly place: string
  /** The kind of map, where several have that place: \`type: shell\`. */
  readonly variant?: string
}

/** What a value should look like. */
export interface Form {
  /** With its article: \`a duration such as "10s"\`. */
  readonly title?: string
  readonly help?: string
}

/** Holds for maps that have \`key\` (with \`value\`, where there is one); \`negated\`: for those that have another value. */
export interface Condition {
  readonly key: string
  readonly value?: string
  readonly negated?: true
}
`

export interface PlacesOptions {
  /** The path of the schema, for the comment at the top. */
  readonly source: string
  /** What the names of the tables begin with. */
  readonly prefix: string
}

/** The tables, by path in the schema as `schemaPath` of an error gives it. */
export function generatePlaces(schema: Schema, { source, prefix }: PlacesOptions): string {
  const defs = definitions(schema)
  const tables: Tables = { places: new Map(), forms: new Map(), choices: new Map(), conditions: new Map() }
  for (const [name, definition] of defs) describe(definition, `def:${name}`, tables)
  placeMaps(defs, tables)
  return [
    `/** What messages need to know of a schema, generated from ${source} by \`npm run gen\`. */
${header}`,
    table(
      prefix,
      'Places',
      '{ readonly at: readonly Place[]; readonly keys: readonly string[] }',
      tables.places,
    ),
    table(prefix, 'Forms', 'Form', tables.forms),
    table(prefix, 'Choices', 'readonly string[]', tables.choices),
    table(prefix, 'Conditions', 'Condition', tables.conditions),
  ].join('\n')
}

const comments: Readonly<Record<string, string>> = {
  Places: 'Maps with fixed keys.',
  Forms: 'Values of a special form.',
  Choices: 'Keys of which exactly one must be there.',
  Conditions: 'When some keys do not fit.',
}

function table(prefix: string, name: string, type: string, rows: ReadonlyMap<string, unknown>): string {
  const lines = [...rows].map(([path, row]) => `  ${JSON.stringify(path)}: ${JSON.stringify(row)},\n`)
  return `/** ${comments[name]} */\nexport const ${prefix}${name}: Readonly<Record<string, ${type}>> = {\n${lines.join('')}}\n`
}

/** Every subschema with the path an error in it has, the whole first. */
function* subschemas(schema: Schema, path: string): Generator<readonly [Schema, string]> {
  yield [schema, path]
  for (const keyword of ['properties', 'patternProperties'] as const) {
    for (const [key, member] of Object.entries(schema[keyword] ?? {})) {
      if (typeof member === 'object') yield* subschemas(member, `${path}/${keyword}/${key}`)
    }
  }
  for (const keyword of ['additionalProperties', 'items', 'then', 'else'] as const) {
    const member = schema[keyword]
    if (typeof member === 'object') yield* subschemas(member, `${path}/${keyword}`)
  }
  for (const [index, member] of (schema.allOf ?? []).entries())
    yield* subschemas(member, `${path}/allOf/${index}`)
}

function describe(definition: Schema, root: string, { places, forms, choices, conditions }: Tables): void {
  for (const [schema, path] of subschemas(definition, root)) {
    if (schema.additionalProperties === false) {
      places.set(path, { at: [], keys: Object.keys(schema.properties ?? {}) })
    }
    const form = formOf(schema)
    if (form !== undefined) forms.set(path, form)
    if (schema.oneOf !== undefined) {
      choices.set(
        path,
        schema.oneOf.flatMap(({ required }) => required ?? []),
      )
    }
    const condition = conditionOf(schema.if)
    if (condition !== undefined && schema.then?.properties !== undefined)
      conditions.set(`${path}/then`, condition)
  }
}

function formOf(schema: Schema & { examples?: readonly unknown[] }): Form | undefined {
  const { title, description, pattern, type, examples = [] } = schema as typeof schema & { pattern?: string }
  if (pattern !== undefined && title !== undefined) {
    return { title: `${withArticle(title)} such as ${JSON.stringify(examples[0])}`, ...helpOf(description) }
  }
  if (Array.isArray(type)) return description === undefined ? undefined : helpOf(description)
  if (type === 'string' && title !== undefined) return { title: withArticle(title), ...helpOf(description) }
  if (type === 'object' && examples[0] !== undefined) return { help: `For example: ${flowYaml(examples[0])}` }
  return undefined
}

function helpOf(description: string | undefined): Form {
  return description === undefined ? {} : { help: description }
}

/** `a duration`, `a CEL expression`, `an agent`. */
function withArticle(title: string): string {
  const words = /^[A-Z]{2}/.test(title) ? title : title.charAt(0).toLowerCase() + title.slice(1)
  return `${/^[aeiou]/i.test(words) ? 'an' : 'a'} ${words}`
}

function conditionOf(condition: Schema | undefined): Condition | undefined {
  for (const [key, property] of Object.entries(condition?.properties ?? {})) {
    if (typeof property !== 'object') continue
    if (property.const !== undefined) return { key, value: String(property.const) }
    if (property.not?.const !== undefined) return { key, value: String(property.not.const), negated: true }
  }
  const [key] = condition?.required ?? []
  return key === undefined ? undefined : { key }
}

/** Breadth first, so that the nearest place comes first. A tool written inside an agent is not a place of its own. */
function placeMaps(defs: ReadonlyMap<string, Schema>, { places }: Tables): void {
  const queue: { schema: Schema; path: string; at: Place }[] = []
  const seen = new Set<string>()
  const enter = (schema: Schema, path: string, at: Place): void => {
    const [target, targetPath] = schema.$ref === undefined ? [schema, path] : resolve(schema.$ref, defs)
    const visit = `${targetPath} ${at.place} ${at.variant}`
    if (seen.has(visit)) return
    seen.add(visit)
    queue.push({ schema: target, path: targetPath, at })
  }
  enter(defs.get(ROOT) ?? {}, `def:${ROOT}`, { place: '' })
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { schema, path, at } = next
    places.get(path)?.at.push(at)
    for (const [key, member] of Object.entries(schema.properties ?? {})) {
      if (typeof member === 'object')
        enter(member, `${path}/properties/${key}`, { place: below(at.place, key) })
    }
    const { additionalProperties, items } = schema
    if (typeof additionalProperties === 'object') {
      enter(additionalProperties, `${path}/additionalProperties`, { place: below(at.place, '<name>') })
    }
    if (items !== undefined) enter(items, `${path}/items`, { place: `${at.place}[]` })
    for (const branch of ['then', 'else'] as const) {
      const member = schema[branch]
      if (member !== undefined) enter(member, `${path}/${branch}`, at)
    }
    for (const [index, branch] of (schema.allOf ?? []).entries()) {
      const constant = constantOf(branch.if)
      if (constant === undefined || branch.then?.$ref === undefined) continue
      enter(branch.then, `${path}/allOf/${index}/then`, {
        place: at.place,
        variant: `${constant.key}: ${String(constant.value)}`,
      })
    }
  }
}

function resolve(ref: string, defs: ReadonlyMap<string, Schema>): readonly [Schema, string] {
  const name = definitionName(ref)
  const schema = defs.get(name)
  if (schema === undefined) throw new Error(`$defs has no "${name}"`)
  return [schema, `def:${name}`]
}

function below(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`
}
