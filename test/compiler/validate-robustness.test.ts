import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { specPlaces } from '../../src/compiler/generated/spec-places.generated.ts'
import { validateSpec } from '../../src/compiler/validate/validate-spec.ts'
import { valueAt } from '../../src/spec/document.ts'
import { fromPointer } from '../../src/spec/path.ts'
import type { Json } from '../../src/util/json.ts'

const valid: Json = parse(readFileSync(join(import.meta.dirname, 'fixtures/every-key.yaml'), 'utf8'))
const words = [
  ...new Set(Object.values(specPlaces).flatMap(({ keys }) => keys)),
  '__proto__',
  'constructor',
  'x-a',
  '',
]

/** JSON that looks like a spec: the keys of the language, where they do not belong. */
const { value: anything } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.oneof(
      fc.constantFrom(null, true, 0, -1, 1.5, '', 'function', 'stdio', './a.ts#b'),
      fc.string(),
      fc.double({ noNaN: true }),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string()), tie('value'), { maxKeys: 6 }),
  ),
}))

test('no JSON makes it throw, and every finding points into the document', () => {
  fc.assert(
    fc.property(anything, fc.constantFrom('root' as const, 'included' as const), (value, kind) => {
      for (const { pointer, message, at } of validateSpec(value, kind)) {
        expect(message).not.toMatch(/undefined|NaN|\[object/)
        expect(valueAt(value, fromPointer(pointer)), `${at} ${pointer}`).toBeDefined()
      }
    }),
    { numRuns: 500 },
  )
})

/** Puts another value in one place of a value. */
function withValueAt(value: Json, path: readonly (string | number)[], replacement: Json): Json {
  const [first, ...rest] = path
  if (first === undefined) return replacement
  if (Array.isArray(value))
    return value.map((item, index) => (index === Number(first) ? withValueAt(item, rest, replacement) : item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === first ? withValueAt(member, rest, replacement) : member,
    ]),
  )
}

function pathsOf(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))]
}

test('one wrong value in a right spec gives findings there, and nowhere else', () => {
  for (const path of pathsOf(valid)) {
    for (const wrong of [null, 3.25, '\u0000', [], [[]]]) {
      const pointer = `/${path.join('/')}`
      for (const finding of validateSpec(withValueAt(valid, path, wrong), 'root')) {
        const isThere =
          finding.pointer === '' ||
          `${finding.pointer}/`.startsWith(pointer) ||
          pointer.startsWith(`${finding.pointer}/`)
        expect(
          isThere,
          `${JSON.stringify(wrong)} at ${pointer} gave ${finding.message} at ${finding.pointer}`,
        ).toBe(true)
      }
    }
  }
})

test('long texts are matched in no time to speak of', () => {
  const texts = ['a', ' ', '1', '-', '1.', '#', '@a/', '1 ', '.a', '${', 'a '].map((part) =>
    part.repeat(50_000),
  )
  for (const text of texts) {
    const value = {
      agentspec: 1,
      name: text,
      version: `1.0.0-${text}`,
      secrets: [text],
      agents: { [`${text} `]: {} },
      models: { a: `${text} `, b: { provider: `${text}!`, model: text } },
      tools: { a: { type: 'function', handler: `${text}#${text}!`, timeout: text } },
      migrations: [{ from: `${text}!` }, { from: `1.0.0-${text}` }],
      [text]: 1,
    }
    expect(validateSpec(value, 'root').length).toBeGreaterThan(0)
  }
})
