import { describe, expect, test } from 'vitest'
import { authorityEnd } from '../../../src/compiler/rules/url-authority.ts'
import { compileText } from '../../support/compile-text.ts'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const spec = (url: string): string => `agentspec: 1
name: demo
agents: { a: { tools: [t] } }
tools:
  t:
    type: http
    url: ${JSON.stringify(url)}
    parameters: { type: object, properties: { x: { type: string } } }
context: { schema: { type: object } }
`

describe('what the model may choose', () => {
  test.each([
    'https://example.com/{{ args.x }}',
    'https://example.com:8080/a/{{ args.x }}?q={{ args.x }}#{{ args.x }}',
    'https://example.com?q={{ args.x }}',
    'https://{{ context.region }}.example.com/{{ args.x }}',
    '${BASE}/orders/{{ args.x }}',
    '${BASE:-http://localhost:80/v1}/orders/{{ args.x }}',
    '{{ context.base }}/{{ args.x }}',
    'https://example.com/{% if args.x %}a{% else %}b{% endif %}',
    "https://{{ context.a | append: '}}' }}.example.com/{{ args.x }}",
    'https://{% if context.eu %}eu{% else %}us{% endif %}.example.com/{{ args.x }}',
  ])('%s', async (url) => {
    await expectValid(spec(url))
  })
})

describe('what the model may not choose', () => {
  test.each([
    ['{{ args.x }}', 0],
    ['{{ args.x }}://example.com/', 0],
    ['https://{{ args.x }}/orders', 8],
    ['https://{{ args.x }}.example.com/orders', 8],
    ['https://{{ args.x }}@example.com/orders', 8],
    ['https://example.com:{{ args.x }}/orders', 20],
    ['https://example.com{{ args.x }}', 19],
    ['https:/{{ args.x }}/orders', 7],
    ['https:///{{ args.x }}/orders', 9],
    ['${BASE}{{ args.x }}', 7],
    ['${SCHEME}://{{ args.x }}/', 12],
    ['${BASE:-http://localhost/}{{ args.x }}', 26],
    ['https://example.com{% if context.a %}/{% endif %}{{ args.x }}', 49],
    ['https://{% raw %}{% endif %}/{% endraw %}{{ args.x }}/', 41],
    ['https://example.com{% comment %}/{% endcomment %}{{ args.x }}', 49],
  ])('%s', async (url, at) => {
    const { diagnostics } = await compileText(spec(url))
    // The text stands in quotes that are escaped nowhere; the name is after the opening braces.
    expect(diagnostics.map(({ code, start }) => [code, start.column])).toEqual([['AS4022', 10 + at + 4]])
  })

  test('by a detour', async () => {
    await expectDiagnostics(spec('{% assign h = args.x %}https://{{ h }}/'), [
      '7:25 AS4022 "args.x" stands before the path of the URL: the model would choose where requests go.',
    ])
    const { diagnostics } = await compileText(
      spec('https://{% if args.x %}a{% else %}b{% endif %}.example.com/'),
    )
    expect(diagnostics.map(({ code }) => code)).toEqual(['AS4022'])
    const indirect = await compileText(spec('https://{{ context[args.x] }}/'))
    expect(indirect.diagnostics.map(({ code }) => code)).toEqual(['AS4022'])
  })
})

test('a long text with many openings is read once', () => {
  expect(authorityEnd('{{'.repeat(200_000))).toBe(400_000)
  expect(authorityEnd(`${'{% if a %}'.repeat(50_000)}/`)).toBe(500_001)
  expect(authorityEnd('${A}'.repeat(200_000))).toBe(800_000)
})
