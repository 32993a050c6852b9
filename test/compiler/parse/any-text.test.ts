/** For any text at all: parsing ends, throws nothing, and every place it speaks of is inside the text. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Diagnostic } from '../../../src/spec/diagnostic.ts'
import type { PlacedNode } from '../../../src/spec/document.ts'
import { parseText } from '../../support/parse-text.ts'

const sample = `# yaml-language-server: $schema=x
agentspec: 1
name: demo
x-base: &base { model: main, tools: [a, "b", 'c'] }
agents:
  triage:
    <<: *base
    instructions: |
      Help {{ context.tier }}.
      Twice.
    handoffs: [billing, { agent: refunds, enabled: "1 > 0" }]
  billing: { instructions: >-
      folded
      text, model: ~ }
approvals: { rules: [ { tool: "*", when: 'args.x == "y"', decide: ask } ] }
`

const pieces = [
  '\n',
  '\t',
  '  ',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '|',
  '>',
  '&a ',
  '*a',
  '<<: ',
  '!x ',
  '? ',
  '#',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '\r\n',
  '\uFEFF',
  '\0',
  '\\',
  ',',
  '__proto__',
  '😀',
  '\ud800',
  '1e999',
  '99999999999999999999',
  ' x',
]

/** A specimen with some stretches replaced: near to YAML, so that it goes deep before it goes wrong. */
const mutated = fc
  .array(fc.tuple(fc.nat(sample.length), fc.nat(12), fc.constantFrom(...pieces)), {
    minLength: 1,
    maxLength: 6,
  })
  .map((edits) =>
    edits.reduce((text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length), sample),
  )

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom(...pieces, 'a', 'b: 1'), { maxLength: 40 }).map((list) => list.join('')),
  mutated,
)

test('no text makes the parser throw, and every place is inside the text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { document, diagnostics, source } = parseText(text)
      for (const diagnostic of diagnostics) expectInside(diagnostic, source.text)
      if (document === undefined) expect(diagnostics.length).toBeGreaterThan(0)
      else expectNodesInside(document.root, source.text.length)
    }),
    { numRuns: 800 },
  )
})

test('every value of a document has a node, and the other way round', () => {
  fc.assert(
    fc.property(mutated, (text) => {
      const { document } = parseText(text)
      if (document !== undefined) expectSameTree(document.value, document.root)
    }),
    { numRuns: 300 },
  )
})

function expectInside({ start, end }: Diagnostic, text: string): void {
  expect(start.offset).toBeGreaterThanOrEqual(0)
  expect(end.offset).toBeGreaterThanOrEqual(start.offset)
  expect(end.offset).toBeLessThanOrEqual(text.length)
  expect(start.line).toBe(text.slice(0, start.offset).split('\n').length)
}

function expectNodesInside(node: PlacedNode, length: number): void {
  expect(node.start).toBeGreaterThanOrEqual(0)
  expect(node.end).toBeGreaterThanOrEqual(node.start)
  expect(node.end).toBeLessThanOrEqual(length)
  for (const entry of node.entries.values()) expectNodesInside(entry.node, length)
}

function expectSameTree(value: unknown, node: PlacedNode): void {
  const children = typeof value === 'object' && value !== null ? Object.entries(value) : []
  expect([...node.entries.keys()].toSorted()).toEqual(children.map(([key]) => key).toSorted())
  for (const [key, child] of children) {
    const entry = node.entries.get(key)
    if (entry !== undefined) expectSameTree(child, entry.node)
  }
}
