/** Generates the TypeScript types of a spec as people write it. */
import { compile, type JSONSchema } from 'json-schema-to-typescript'
import {
  type Constant,
  definitionName,
  definitions,
  ROOT,
  type Schema,
  type Variant,
  variants,
} from './gen-schema.ts'

const header = `/** The types of a spec as people write it, generated from schemas/agentspec.v1.schema.json by \`npm run gen\`. */
import type { Json, JsonObject } from '../util/json.ts'
`

/** One type for every definition of the schema; its own is \`Spec\`, \`x-*\` keys are left out. */
export async function generateTypes(schema: Schema): Promise<string> {
  const defs = definitions(schema)
  const all = variants(defs)
  const parts: string[] = []
  for (const [name, definition] of defs) {
    const variant = all.get(name)
    const whole = variant === undefined ? definition : completed(definition, variant, defs)
    const { title: _, ...body } = toTypeSchema(whole)
    parts.push(await compile({ title: typeName(name), ...body }, typeName(name), OPTIONS))
  }
  return `${header}\n${parts.map(asAlias).join('\n')}`
}

const OPTIONS = {
  bannerComment: '',
  additionalProperties: false,
  style: { semi: false, singleQuote: true, printWidth: 110 },
}

function typeName(definition: string): string {
  if (definition === ROOT) return 'Spec'
  const words = definition.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return `${words.join('')}Spec`
}

/** An alias of an object type is assignable to `JsonObject`, an interface is not. */
function asAlias(source: string): string {
  return source.replaceAll(/^export interface (\w+) \{\n/gm, 'export type $1 = {\n')
}

/** A variant lists the keys that its base describes as `true`. */
function completed(schema: Schema, variant: Variant, defs: ReadonlyMap<string, Schema>): Schema {
  const base = defs.get(variant.base)?.properties ?? {}
  const properties = Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const described = property === true ? base[key] : property
    if (described === undefined) throw new Error(`"${key}" is described nowhere`)
    return [key, key === variant.key ? constant(described, variant.value) : described] as const
  })
  return {
    ...schema,
    properties: Object.fromEntries(properties),
    required: [variant.key, ...(schema.required ?? [])],
  }
}

function constant(schema: Schema | boolean, value: Constant): Schema {
  const description = typeof schema === 'object' ? schema.description : undefined
  return { enum: [value], ...(description === undefined ? {} : { description }) }
}

function toTypeSchema(schema: Schema | boolean): JSONSchema {
  if (typeof schema === 'boolean') return schema ? { tsType: 'Json' } : { tsType: 'never' }
  return {
    ...(schema.description === undefined ? {} : { description: schema.description }),
    ...bodyOf(schema),
  }
}

function bodyOf(schema: Schema): JSONSchema {
  if (schema.$ref !== undefined) return { tsType: referenced(schema.$ref, schema.required) }
  const branches = schema.allOf?.flatMap((branch) => (branch.then?.$ref === undefined ? [] : [branch.then]))
  if (branches !== undefined && branches.length > 0) return { anyOf: branches.map(bodyOf) }
  if (schema.if !== undefined && isChoice(schema)) return choice(schema)
  if (schema.oneOf !== undefined) return exclusive(schema, schema.oneOf)
  return plain(schema)
}

function referenced(ref: string, required: readonly string[] | undefined): string {
  const name = typeName(definitionName(ref))
  if (required === undefined) return name
  return `${name} & Required<Pick<${name}, ${required.map((key) => `'${key}'`).join(' | ')}>>`
}

/** Whether `then` and `else` are shapes of their own, not only further conditions on the keys. */
function isChoice({ then, else: otherwise }: Schema): boolean {
  return [then, otherwise].some(
    (branch) =>
      branch !== undefined &&
      (branch.$ref ?? branch.enum ?? branch.if ?? branch.additionalProperties) !== undefined,
  )
}

function choice(schema: Schema): JSONSchema {
  const { if: condition, then = {}, else: otherwise = {}, description: _, ...rest } = schema
  const types = [schema.type ?? []].flat()
  const isByType = condition?.type !== undefined && condition.required === undefined
  const matched = isByType ? types.filter((type) => type === condition.type) : types
  const others = isByType ? types.filter((type) => type !== condition.type) : types
  const forms = [
    ...matched.map((type) => ({ ...rest, ...then, type })),
    ...others.map((type) => ({ ...rest, ...otherwise, type })),
  ].map(bodyOf)
  const [first] = forms
  return forms.length === 1 && first !== undefined
    ? first
    : { anyOf: forms.flatMap((form) => form.anyOf ?? [form]) }
}

/** Exactly one of some keys: one form for each, in which the others are `never`. */
function exclusive(schema: Schema, alternatives: readonly Schema[]): JSONSchema {
  const keys = alternatives.flatMap((alternative) => alternative.required ?? [])
  const { oneOf: _, description: __, ...rest } = schema
  const forms = keys.map((key) => {
    const others = keys.filter((other) => other !== key)
    return plain({
      ...rest,
      properties: { ...schema.properties, ...Object.fromEntries(others.map((other) => [other, false])) },
      required: [...(schema.required ?? []), key],
    })
  })
  return { anyOf: forms }
}

function plain(schema: Schema): JSONSchema {
  if (schema.const !== undefined) return { enum: [schema.const] }
  if (schema.enum !== undefined) return { enum: [...schema.enum] }
  const types = [schema.type ?? []].flat()
  if (types.length === 0) return { tsType: 'Json' }
  if (types.length > 1) return { anyOf: types.map((type) => plain({ ...schema, type })) }
  if (types[0] === 'object') return object(schema)
  if (types[0] === 'array') {
    return schema.items === undefined
      ? { tsType: 'readonly Json[]' }
      : { type: 'array', items: toTypeSchema(schema.items) }
  }
  return types[0] === undefined ? {} : { type: types[0] }
}

function object({ properties, required, additionalProperties }: Schema): JSONSchema {
  if (properties === undefined && additionalProperties === undefined) return { tsType: 'JsonObject' }
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties ?? {}).map(([key, property]) => [key, toTypeSchema(property)]),
    ),
    required: [...(required ?? [])],
    additionalProperties:
      typeof additionalProperties === 'object' ? toTypeSchema(additionalProperties) : false,
  }
}
