import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainVariables } from '../../../src/compiler/liquid/plain-template.ts'
import { createTemplateEngine } from '../../../src/compiler/liquid/template-engine.ts'

const engine = createTemplateEngine()

const pieces = fc.constantFrom(
  '{{',
  '}}',
  '{{ a }}',
  '{{b.c}}',
  '{{ context.tier }}',
  '{{\n  now\n}}',
  '{{ a.b.c  }}',
  '{{ a | upcase }}',
  '{{-a -}}',
  '{{ true }}',
  '{{ empty.x }}',
  '{{ a[0] }}',
  '{{ a.1 }}',
  '{{ a b }}',
  '{{ not a }}',
  '{{ a. b }}',
  '{',
  '}',
  '{%',
  '%}',
  '{% if a %}',
  '{% endif %}',
  '{{ a-b }}',
  '{{ 1 }}',
  '{{ "x" }}',
  '{{ }}',
  '{{ a? }}',
  '\n',
  ' ',
  'text',
  '\\',
  '{"a": 1}',
  '{{ contains }}',
  '{{ and.or }}',
  '{{ a.size }}',
  '😀',
  '{{ forloop.x }}',
  '{{ _a }}',
  '{{ é }}',
  '{{ a.and }}',
  '{{ nil }}',
  '{{ a }',
  '{{{ a }}}',
  '{{ a }}}',
  '{# a #}',
  '{{ __proto__ }}',
)

describe('a template read without the library', () => {
  test('has the variables, at the places, that the library finds', () => {
    let plain = 0
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('')
        const variables = plainVariables(text)
        if (variables === undefined) return
        plain += 1
        expect({ variables, issues: [] }, JSON.stringify(text)).toEqual(engine.check(text))
      }),
      { numRuns: 3000 },
    )
    expect(plain).toBeGreaterThan(200)
  })

  test.each([
    ['', []],
    ['{ "a": 1 }', []],
    ['{{ context.tier }} and {{now}}', [['context', 'tier'], ['now']]],
  ])('%j is read', (text, paths) => {
    expect(plainVariables(text)?.map(({ path }) => path)).toEqual(paths)
  })

  test.each(['{% if a %}{% endif %}', '{{ a | upcase }}', '{{ a', '{{ true }}', '{{ a[0] }}'])(
    '%j is left to the library',
    (text) => {
      expect(plainVariables(text)).toBeUndefined()
    },
  )
})
