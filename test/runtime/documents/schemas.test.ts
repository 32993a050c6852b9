import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import {
  validateEvent,
  validateState,
} from '../../../src/runtime/documents/generated/validate-state.generated.js'
import { isJsonObject } from '../../../src/util/json.ts'
import type { Json, JsonObject } from '../../../src/util/json.ts'
import { mutationsOf } from './mutations.ts'
import { EVENT_TYPES, sampleOf } from './samples.ts'
import { asJson, makeRun, RUN_NAMES } from './support.ts'

function readSchema(name: string): JsonObject {
  return asJson(
    JSON.parse(readFileSync(new URL(`../../../schemas/${name}.v1.schema.json`, import.meta.url), 'utf8')),
  )
}

/** The published schemas, as any JSON Schema validator reads them. */
function published(): { readonly event: ValidateFunction; readonly state: ValidateFunction } {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
  const event = ajv.compile(readSchema('event'))
  return { event, state: ajv.compile(readSchema('run-state')) }
}

function definitionOf(type: string): JsonObject {
  const definitions = readSchema('event')['$defs']
  const definition = isJsonObject(definitions) ? definitions[type.replace('.', '_')] : undefined
  if (!isJsonObject(definition)) throw new Error(`there is no definition of ${type}`)
  return definition
}

function keys(value: Json | undefined): readonly string[] {
  return isJsonObject(value) ? Object.keys(value).sort() : []
}

describe('the schema of events', () => {
  test.for(EVENT_TYPES)('describes %s with all its keys and no other', (type) => {
    const sample = asJson(sampleOf(type))
    expect(validateEvent(sample), JSON.stringify(validateEvent.errors)).toBe(true)
    expect(keys(definitionOf(type)['properties'])).toEqual(keys(sample))
    expect(validateEvent({ ...sample, unknown_key: 1 })).toBe(false)
  })

  test.for(EVENT_TYPES)('needs of %s what it needs', (type) => {
    const sample = asJson(sampleOf(type))
    const required = definitionOf(type)['required']
    for (const key of Object.keys(sample)) {
      const { [key]: _, ...rest } = sample
      expect(validateEvent(rest), key).toBe(!Array.isArray(required) || !required.includes(key))
    }
  })

  test('accepts every event of every run', async () => {
    for (const name of RUN_NAMES) {
      const { runtime, run_id } = await makeRun(name)
      for (const event of await runtime.events(run_id)) {
        expect(validateEvent(event), JSON.stringify([event, validateEvent.errors])).toBe(true)
      }
    }
  })
})

describe('the generated validator', () => {
  test('says of damaged events what the published schema says', () => {
    const { event } = published()
    for (const type of EVENT_TYPES) {
      for (const { what, document } of mutationsOf(asJson(sampleOf(type)))) {
        expect(validateEvent(document), `${type} ${what}`).toBe(event(document))
      }
    }
  })

  test('says of damaged documents what the published schema says', async () => {
    const { state } = published()
    const { runtime, run_id } = await makeRun('paused')
    const { journal, interruptions, ...frame } = await runtime.exportState(run_id, { bundle: true })
    const document = asJson({
      ...frame,
      interruptions: interruptions.slice(0, 1),
      journal: journal.slice(0, 1),
    })
    expect(validateState(document)).toBe(true)
    for (const mutation of mutationsOf(document)) {
      expect(validateState(mutation.document), mutation.what).toBe(state(mutation.document))
    }
  })
})

test.for(['event', 'run-state'])('every key and every part of the schema of %s is described', (name) => {
  const undescribed: string[] = []
  const visit = (value: Json, path: string): void => {
    if (!isJsonObject(value)) return
    for (const [key, member] of Object.entries(value)) {
      const place = `${path}/${key}`
      const isNamed = /\/(?:properties|\$defs)$/.test(path) && !path.includes('/if/')
      if (isNamed && isJsonObject(member) && typeof member['description'] !== 'string')
        undescribed.push(place)
      if (Array.isArray(member)) member.forEach((one: Json, index) => visit(one, `${place}/${index}`))
      else visit(member, place)
    }
  }
  visit(readSchema(name), '')
  expect(undescribed).toEqual([])
})
