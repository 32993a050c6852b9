/** The two words that tests of the comparison are written in. */
import { expect } from 'vitest'
import { diffPrograms } from '../../../src/compiler/diff/diff-programs.ts'
import { programOf } from '../../support/compile-text.ts'

/** A spec around `main`: agents, tools and whatever else a test is about. */
export function spec(body: string, header = ''): string {
  return `agentspec: 1\nname: shop\n${header}${body}`
}

/** Exactly these changes, in this order: `class pointer what`. */
export async function expectChanges(
  before: string,
  after: string,
  expected: readonly string[],
): Promise<void> {
  const changes = diffPrograms(await programOf(before), await programOf(after))
  expect(changes.map((change) => `${change.class} ${change.pointer} ${change.what}`)).toEqual(expected)
}

/** A closed object schema. */
export function schema(properties: string, required = '[]'): string {
  return `{ type: object, properties: ${properties}, required: ${required}, additionalProperties: false }`
}
