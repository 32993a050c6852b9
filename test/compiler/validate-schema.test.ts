import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'

type Schema = Readonly<Record<string, unknown>>

const schema: Schema & { $id: string } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../schemas/agentspec.v1.schema.json'), 'utf8'),
)
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true })
ajv.addSchema(schema)

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** Every schema of a key of the language, with its pointer; `true` and `false` only refer to another one. */
function* keys(value: unknown, pointer = ''): Generator<readonly [Schema, string]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* keys(item, `${pointer}/${index}`)
  }
  if (!isSchema(value)) return
  for (const [keyword, member] of Object.entries(value)) {
    if (['examples', 'default', 'const', 'enum', 'if'].includes(keyword)) continue
    const below = `${pointer}/${escaped(keyword)}`
    if (!['properties', '$defs'].includes(keyword) || !isSchema(member)) {
      yield* keys(member, below)
      continue
    }
    for (const [key, property] of Object.entries(member)) {
      if (isSchema(property) && !pointer.endsWith('/then')) yield [property, `${below}/${escaped(key)}`]
      yield* keys(property, `${below}/${escaped(key)}`)
    }
  }
}

const all = [...keys(schema)]

describe('the schema of the language', () => {
  test('is a valid JSON Schema in the strictest mode of ajv', () => {
    expect(ajv.getSchema(schema.$id)).toBeTypeOf('function')
    expect(ajv.getSchema(`${schema.$id}#/$defs/included_file`)).toBeTypeOf('function')
  })

  test('describes every key', () => {
    expect(all.length).toBeGreaterThan(300)
    expect(
      all.filter(([property]) => typeof property['description'] !== 'string').map(([, at]) => at),
    ).toEqual([])
  })

  test('has an example of every key, its own or that of the form it takes', () => {
    const hasExample = (property: Schema): boolean => {
      if (Array.isArray(property['examples']) && property['examples'].length > 0) return true
      const target = all.find(([, at]) => `#${decodeURIComponent(at)}` === property['$ref'])
      return target !== undefined && hasExample(target[0])
    }
    expect(all.filter(([property]) => !hasExample(property)).map(([, at]) => at)).toEqual([])
  })

  test('has examples and defaults that fit', () => {
    const wrong = all.flatMap(([property, at]) => {
      const examples = Array.isArray(property['examples']) ? property['examples'] : []
      const values = 'default' in property ? [...examples, property['default']] : examples
      const validate = ajv.getSchema(`${schema.$id}#${at}`)
      return values
        .filter((value) => validate?.(value) !== true)
        .map((value) => `${at}: ${JSON.stringify(value)}`)
    })
    expect(wrong).toEqual([])
  })

  test('closes every map of keys, but for x-', () => {
    const open = all.filter(
      ([property]) =>
        property['type'] === 'object' &&
        property['properties'] !== undefined &&
        property['additionalProperties'] !== false &&
        property['allOf'] === undefined,
    )
    expect(open.map(([, at]) => at)).toEqual([])
    const closed = all.filter(([property]) => property['additionalProperties'] === false)
    expect(
      closed.filter(
        ([property]) =>
          !isSchema(property['patternProperties']) || property['patternProperties']['^x-'] !== true,
      ),
    ).toEqual([])
  })
})
