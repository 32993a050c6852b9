/** Generates docs/language.md: every key of a spec, from the schema. */
import { isSupportedToolType, unsupportedPlaces } from '../src/compiler/unsupported.ts'
import { flowYaml } from './flow-yaml.ts'
import { constantOf, definitionName, definitions, ROOT } from './gen-schema.ts'
import type { Schema } from './gen-schema.ts'

/** A part of the language with a heading and a table. */
interface Section {
  /** Of the definition in the schema. */
  readonly name: string
  /** Where it stands in a spec: `tools.<name>`, `models.<name>.retry`. */
  readonly places: string[]
}

interface Row {
  readonly key: string
  readonly schema: Schema
  readonly isRequired: boolean
}

type Definitions = ReadonlyMap<string, Schema>

/** The text of the page. */
export function generateLanguage(schema: Schema): string {
  const defs = definitions(schema)
  const parts = [
    '<!-- Generated from schemas/agentspec.v1.schema.json by `npm run gen`. -->',
    '# The language',
    'Every key of a spec. Unknown keys are mistakes everywhere, except those that begin with `x-`, which are free. A key in **bold** must be ' +
      'there. What stands behind *e.g.* can be copied. Editors that know the schema complete and check all this while you type: begin a ' +
      'file with `# yaml-language-server: $schema=./node_modules/agentspec/schemas/agentspec.v1.schema.json` (for files that others ' +
      'include it is `included.v1.schema.json`).',
    'In most texts `${VAR}`, `${VAR:-default}` and `${VAR:?message}` are taken from the environment when a run begins, or from the `.env` beside ' +
      'the spec; `$$` is a dollar sign. They are never stored.',
    ...sectionsOf(defs).flatMap((section) => textOf(section, defs)),
    '## Kinds of values',
    kindsOf(defs),
  ]
  return `${parts.join('\n\n')}\n`
}

/** In the order in which a reader of the spec meets them: each after the one it is named in first. */
function sectionsOf(defs: Definitions): readonly Section[] {
  const found = new Map<string, Section>()
  const enter = (name: string, place: string): void => {
    const known = found.get(name)
    if (known !== undefined) {
      if (!known.places.includes(place)) known.places.push(place)
      return
    }
    found.set(name, { name, places: place === '' ? [] : [place] })
    const schema = defs.get(name) ?? {}
    // What `defaults` holds is explained where it belongs.
    const rows = rowsOf(schema).toSorted(
      (a, b) => Number(a.key === 'defaults') - Number(b.key === 'defaults'),
    )
    for (const { key, schema: member } of rows) {
      for (const [target, at] of targetsOf(member, place === '' ? key : `${place}.${key}`, defs))
        enter(target, at)
    }
    for (const { value, target } of variantsOf(schema)) enter(target, `${place} (type: ${String(value)})`)
  }
  enter(ROOT, '')
  enter('included_file', 'a file named in include')
  return [...found.values()].toSorted((a, b) => rankOf(a) - rankOf(b))
}

/** What many places share comes last, and the values for others once those are known. */
function rankOf({ name, places }: Section): number {
  if (name === ROOT) return 0
  if (name === 'defaults' || name === 'included_file') return 2
  return places.length > 3 ? 3 : 1
}

/** The sections that a value may lead to, with their places. */
function targetsOf(schema: Schema, place: string, defs: Definitions): readonly (readonly [string, string])[] {
  const { $ref, items, additionalProperties } = schema
  const found: (readonly [string, string])[] = []
  if ($ref !== undefined) {
    const name = definitionName($ref)
    const target = defs.get(name) ?? {}
    // A tool written inside an agent is the same as one of `tools`.
    if (name === 'inline_tool') return []
    found.push(...(isSection(target) ? [[name, place] as const] : targetsOf(target, place, defs)))
  }
  if (items !== undefined) found.push(...targetsOf(items, `${place}[]`, defs))
  if (typeof additionalProperties === 'object')
    found.push(...targetsOf(additionalProperties, `${place}.<name>`, defs))
  for (const branch of [schema.then, schema.else])
    if (branch !== undefined) found.push(...targetsOf(branch, place, defs))
  return found
}

function isSection({ properties = {} }: Schema): boolean {
  return Object.values(properties).some((member) => typeof member === 'object')
}

/** `{ value: 'function', target: 'function_tool' }` for each type of a tool. */
function variantsOf({ allOf = [] }: Schema): readonly { readonly value: unknown; readonly target: string }[] {
  return allOf.flatMap((branch) => {
    const constant = constantOf(branch.if)
    const ref = branch.then?.$ref
    return constant === undefined || ref === undefined
      ? []
      : [{ value: constant.value, target: definitionName(ref) }]
  })
}

function textOf(section: Section, defs: Definitions): readonly string[] {
  const schema = defs.get(section.name) ?? {}
  const { properties = {}, title = titleOf(section.name), description = '' } = schema
  const level = section.places.some((place) => /^\w+(?:\.<name>|\[\])?$/.test(place)) ? '##' : '###'
  const heading =
    section.name === ROOT ? '## A spec' : `${level} <a id="${anchorOf(section.name)}"></a>${title}`
  const where = section.places.length === 0 ? '' : `${placesOf(section.places)}. `
  const shared = Object.entries(properties).filter(([, member]) => member === true)
  const type = section.name.endsWith('_tool') ? section.name.replace(/_tool$/, '') : undefined
  const later = type === undefined || isSupportedToolType(type) ? '' : ' `run` refuses it so far.'
  const choice = schema.oneOf?.flatMap(({ required = [] }) => required) ?? []
  return [
    heading,
    `${where}${description}${later}`,
    tableOf(rowsOf(schema), section, defs),
    ...(choice.length > 1 ? [`Exactly one of ${choice.map(code).join(', ')}.`] : []),
    ...(shared.length > 0 ? [`Besides: ${shared.map(([key]) => code(key)).join(', ')}, as above.`] : []),
  ]
}

/** For a part of the schema without one. */
function titleOf(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`
}

function placesOf(places: readonly string[]): string {
  const shown = places.slice(0, 3).map((place) => (place.includes(' named in ') ? place : code(place)))
  return places.length > 3 ? `${shown.join(', ')} and ${places.length - 3} more places` : shown.join(', ')
}

/** The keys of a map; those of maps without a name of their own follow it, as `backoff.initial`. */
function rowsOf({ properties = {}, required = [] }: Schema, prefix = ''): readonly Row[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    if (typeof schema !== 'object') return []
    const own = { key: prefix + key, schema, isRequired: required.includes(key) }
    const inner = schema.items?.properties === undefined ? schema : schema.items
    const mark = inner === schema ? '.' : '[].'
    return [own, ...rowsOf(inner, `${prefix}${key}${mark}`)]
  })
}

function tableOf(rows: readonly Row[], section: Section, defs: Definitions): string {
  const lines = rows.map((row) => {
    const { schema } = row
    const name = row.isRequired ? `**${code(row.key)}**` : code(row.key)
    return `| ${name} | ${typeOf(schema, defs)} | ${defaultOf(schema)} | ${says(row, section, defs)} |`
  })
  return ['| key | value | default | says |', '| --- | --- | --- | --- |', ...lines].join('\n')
}

function says({ key, schema }: Row, { name, places }: Section, defs: Definitions): string {
  const target = schema.$ref === undefined ? {} : (defs.get(definitionName(schema.$ref)) ?? {})
  const text = schema.description ?? target.description ?? schema.items?.description
  if (text === undefined) throw new Error(`the key "${key}" of "${name}" has no description`)
  const [example] = schema.examples ?? target.examples ?? []
  const shown = example === undefined ? '' : ` *e.g.* ${inCell(code(flowYaml(example)))}`
  const later = unsupportedPlaces().some((place) =>
    [key, ...places.map((at) => `${at}.${key}`)].includes(place),
  )
  return `${inCell(text)}${shown}${later ? ' `run` refuses it so far.' : ''}`
}

function defaultOf(schema: Schema): string {
  return schema.default === undefined ? '' : inCell(code(flowYaml(schema.default)))
}

function typeOf(schema: Schema, defs: Definitions): string {
  if (schema.const !== undefined) return code(String(schema.const))
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(' \\| ')
  if (schema.$ref !== undefined) return typeOfDefinition(definitionName(schema.$ref), defs)
  if (schema.title !== undefined && schema.if?.required !== undefined && schema.then !== undefined) {
    return `${schema.title} \\| ${typeOf(schema.then, defs)}`
  }
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (types.length === 0) return 'any value'
  return [...new Set(types.map((type) => typeOfOne(type, schema, defs)))].join(' \\| ')
}

function typeOfDefinition(name: string, defs: Definitions): string {
  const target = defs.get(name) ?? {}
  const title = (target.title ?? titleOf(name)).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
  if (isSection(target)) return `[${title}](#${anchorOf(name)})`
  return isKind(target) ? `[${title}](#${anchorOf(name)})` : typeOf(target, defs)
}

function typeOfOne(type: string, schema: Schema, defs: Definitions): string {
  const branch = branchFor(type, schema)
  if (branch?.enum !== undefined || branch?.$ref !== undefined) return typeOf(branch, defs)
  if (branch?.if !== undefined) return typeOfOne(type, branch, defs)
  if (type === 'array') return `list of ${schema.items === undefined ? 'values' : typeOf(schema.items, defs)}`
  if (type !== 'object') return WORDS[type] ?? type
  const members = schema.additionalProperties
  return typeof members === 'object' ? `map of ${typeOf(members, defs)}` : 'map'
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  null: '`null`',
  integer: 'whole number',
}

/** What an `if` on the type says about this one. */
function branchFor(type: string, schema: Schema): Schema | undefined {
  if (schema.if?.type === undefined || schema.if.required !== undefined) return undefined
  return schema.if.type === type ? schema.then : schema.else
}

/** A text of a special form, which has a name and an example. */
function isKind({ pattern, title = '' }: Schema): boolean {
  return pattern !== undefined || title.startsWith('CEL')
}

function kindsOf(defs: Definitions): string {
  const rows = [...defs].flatMap(([name, schema]) => {
    if (!isKind(schema)) return []
    const examples = (schema.examples ?? []).map((example) => inCell(code(flowYaml(example)))).join(', ')
    return [
      `| <a id="${anchorOf(name)}"></a>${schema.title} | ${inCell(schema.description ?? '')} | ${examples} |`,
    ]
  })
  return ['| kind | is | e.g. |', '| --- | --- | --- |', ...rows].join('\n')
}

function anchorOf(name: string): string {
  return name.replaceAll('_', '-')
}

function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

/** A `|` would end the cell, also inside of code. */
function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', '\\n')
}
