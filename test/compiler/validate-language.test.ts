import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Place, specPlaces } from '../../src/compiler/generated/spec-places.generated.ts'
import { validateSpec } from '../../src/compiler/validate/validate-spec.ts'
import { schemaCodes } from '../../src/spec/codes/schema.ts'

function fixture(name: string): unknown {
  return parse(readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8'))
}

/** The values at a place such as `tools.<name>` or `approvals.rules[]`. */
function valuesAt(value: unknown, place: string): readonly unknown[] {
  const parts = place === '' ? [] : place.replaceAll('[]', '.[]').split('.')
  return parts.reduce<readonly unknown[]>(
    (values, part) => values.flatMap((each) => membersOf(each, part)),
    [value],
  )
}

function membersOf(value: unknown, part: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== (part === '[]')) return []
  if (part === '[]' || part === '<name>') return Object.values(value)
  return Object.entries(value).flatMap(([key, member]) => (key === part ? [member] : []))
}

function has(value: unknown, key: string, variant: string | undefined): boolean {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
  if (variant === undefined) return true
  const [name = '', kind] = variant.split(': ')
  return Object.entries(value).some(([own, member]) => own === name && member === kind)
}

/** Keys that all kinds of tools and guardrails share, and that one of them in the fixture shows. */
const SHARED = new Set(
  specPlaces['def:web_search_tool']?.keys.filter((key) => specPlaces['def:shell_tool']?.keys.includes(key)),
)

describe('the language', () => {
  test.each(['every-key.yaml', 'other-forms.yaml', 'support-desk.yaml'])('takes %s', (name) => {
    expect(validateSpec(fixture(name) as never, 'root')).toEqual([])
  })

  test('has no key that these do not show', () => {
    const specs = [fixture('every-key.yaml'), fixture('other-forms.yaml')]
    const isShown = (key: string) => (at: Place) =>
      specs
        .flatMap((spec) => valuesAt(spec, at.place))
        .some((value) => has(value, key, SHARED.has(key) ? undefined : at.variant))
    const unused = Object.values(specPlaces).flatMap(({ at, keys }) =>
      keys.filter((key) => at.length > 0 && !at.some(isShown(key))).map((key) => `${at[0]?.place}: ${key}`),
    )
    expect(unused).toEqual([])
  })

  const forms: Readonly<Record<string, readonly string[]>> = {
    instructions: [
      'text',
      '{ file: ./a.md }',
      '{ handler: ./a.ts#b }',
      '{ mcp_prompt: { server: a, name: b } }',
    ],
    tool_use_behavior: ['run_llm_again', '{ stop_at_tool_names: [a] }', '{ handler: ./a.ts#b }'],
    handoffs: ['[]', '[a, { agent: b, enabled: "x" }]'],
    output: ['{ schema: { file: ./a.json } }', '{ schema: { type: string }, name: a, strict: false }'],
  }
  test.each(Object.entries(forms))('takes every form of %s', (key, values) => {
    for (const value of values) {
      const spec = parse(`{ agentspec: 1, name: demo, agents: { a: { ${key}: ${value} } } }`)
      expect(validateSpec(spec, 'root'), value).toEqual([])
    }
  })

  test('takes durations with a unit, and bare seconds', () => {
    const at = (duration: unknown) =>
      validateSpec(
        { agentspec: 1, name: 'a', agents: {}, approvals: { expires_after: duration as never } },
        'root',
      ).length
    expect(['500ms', '10s', '5m', '72h', '1.5h', 0, 2.5].map(at)).toEqual([0, 0, 0, 0, 0, 0, 0])
    expect(
      ['', '10', '10 s', '-1s', '1d', `${'9'.repeat(400)}h`, 1e300, -1, null].map((value) => at(value) > 0),
    ).toEqual(Array.from({ length: 9 }, () => true))
  })

  test('tells the forms of require_approval apart', () => {
    const errors = (form: string) =>
      validateSpec(
        parse(
          `{ agentspec: 1, name: a, agents: {}, mcp_servers: { a: { command: b, require_approval: ${form} } } }`,
        ),
        'root',
      ).map(({ pointer }) => pointer.replace('/mcp_servers/a/require_approval', ''))
    expect(errors('{ always: { tool_names: [a] } }')).toEqual([])
    expect(errors('{ always: { tool_names: [a] }, b: never }')).toEqual(['/b'])
    expect(errors('{ always: never, never: always }')).toEqual([])
    expect(errors('{ when: args.x }')).toEqual([])
    expect(errors('{ when: never }')).toEqual([])
    expect(errors('{ when: args.x, x-why: careful }')).toEqual([])
    expect(errors('{ when: args.x, write: always }')).toEqual(['/when'])
    expect(errors('{ handler: ./a.ts#b }')).toEqual([])
    expect(errors('{ handler: true }')).toEqual([])
    expect(errors('{}')).toEqual([])
  })
})

describe('the examples of a code', () => {
  const rootOf = (example: string) => parse(example.split(/^=== .*$/m)[0] ?? '')
  test.each(Object.entries(schemaCodes))('%s: the wrong one has it, the right one nothing', (code, row) => {
    const codes = validateSpec(rootOf(row.wrong), 'root').map((finding) => finding.code)
    expect([...new Set(codes)]).toEqual([code])
    expect(validateSpec(rootOf(row.right), 'root')).toEqual([])
  })
})
