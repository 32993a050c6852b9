/** Nothing that a spec can say is lost on the way to the Program. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lower } from '../../../src/compiler/lower/lower.ts'
import { resolveReferences } from '../../../src/compiler/resolve/resolve-references.ts'
import { programJson } from '../../../src/compiler/spec-hash.ts'
import { createReporter } from '../../../src/spec/reporter.ts'
import type { Spec } from '../../../src/spec/spec-types.generated.ts'
import { parseDuration } from '../../../src/util/duration.ts'
import { createTypeStripper } from '../../../src/util/type-stripper.ts'
import { isJsonArray, isJsonObject } from '../../../src/util/json.ts'
import type { Json } from '../../../src/util/json.ts'
import { parseText } from '../../support/parse-text.ts'

const fixtures = ['every-key', 'other-forms', 'support-desk']

test.each(fixtures)('every value of %s is in its Program', async (name) => {
  const text = readFileSync(new URL(`../fixtures/${name}.yaml`, import.meta.url), 'utf8')
  const { document } = parseText(text)
  if (document === undefined) throw new Error('the fixture cannot be read')
  const { report } = createReporter()
  const loader = { readText: async () => ({ ok: true as const, text: '{}' }), list: async () => [] }
  using stripper = createTypeStripper()
  const reading = { loader, rootFile: 'spec.yaml', displayName: String, report, stripper }
  const resolved = await resolveReferences(document, reading)
  const spec: unknown = resolved.document.value
  if (!isSpec(spec)) throw new Error('the fixture is no spec')

  const kept = new Set<Json>(leaves(programJson(lower(spec, {}))))
  const lost = leaves(resolved.document.value).filter((leaf) => !isKept(leaf, kept))
  expect(lost).toEqual([])
})

/** What is said by there being no container: commands run here. */
const SAID_OTHERWISE = 'local'

/** A duration is kept as milliseconds, `provider/model` as its two parts. */
function isKept(leaf: Json, kept: ReadonlySet<Json>): boolean {
  const duration = parseDuration(leaf)
  const parts = typeof leaf === 'string' ? leaf.split(/\/(?=[^/]*$)/) : []
  return (
    kept.has(leaf) ||
    leaf === SAID_OTHERWISE ||
    (duration !== undefined && kept.has(duration)) ||
    (parts.length > 1 && parts.every((part) => kept.has(part)))
  )
}

/** The scalars of a value, without includes and extensions. */
function leaves(value: Json): readonly Json[] {
  if (isJsonArray(value)) return value.flatMap(leaves)
  if (!isJsonObject(value)) return [value]
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'include' || key === 'x-shared' ? [] : leaves(item),
  )
}

function isSpec(value: unknown): value is Spec {
  return isJsonObject(value) && value['agentspec'] === 1
}
