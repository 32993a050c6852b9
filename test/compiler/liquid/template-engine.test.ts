import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTemplateEngine, TemplateError } from '../../../src/compiler/liquid/template-engine.ts'

const engine = createTemplateEngine()

/** Each issue as `the text it points at: message`. */
function issues(text: string): string[] {
  return engine.check(text).issues.map(({ start, end, message }) => `${text.slice(start, end)}: ${message}`)
}

/** Each variable as `path = the text it points at`. */
function variables(text: string): string[] {
  return engine
    .check(text)
    .variables.map(({ path, start, end }) => `${path.join('/')} = ${text.slice(start, end)}`)
}

describe('rendering', () => {
  const scope = {
    context: {
      name: 'Ada',
      tier: null,
      tags: ['a', 'b'],
      address: { city: 'Paris', zip: [1, 2] },
      vip: true,
      n: 1.5,
    },
    agent: { name: 'triage' },
  }
  test.each([
    ['Hello {{ context.name }}!', 'Hello Ada!'],
    ['{{ agent.name | upcase }}', 'TRIAGE'],
    ['{% if context.vip %}yes{% else %}no{% endif %}', 'yes'],
    ['{% for tag in context.tags %}{{ tag }},{% endfor %}', 'a,b,'],
    ['{{ context.tags }} {{ context.tags | join: "+" }} {{ context.tags.size }}', 'ab a+b 2'],
    ['{{ context.address }}', '{"city":"Paris","zip":[1,2]}'],
    ['{{ context.tier }}{{ context.none }}{{ context.none.deeper }}', ''],
    ['{{ context.none | default: "free" }}', 'free'],
    ['{{ context.vip }} {{ context.n }}', 'true 1.5'],
    ['{% raw %}{{ x }}{% endraw %}', '{{ x }}'],
    ['{{ "<b>" }} & {{ "\'" }}', "<b> & '"],
    ['no template', 'no template'],
  ])('%s', (template, expected) => {
    expect(engine.render(template, scope)).toBe(expected)
  })

  test('reaches own properties only', () => {
    const template =
      '{{ context.constructor }}{{ context.__proto__ }}{{ context.toString }}{{ hasOwnProperty }}'
    expect(engine.render(template, scope)).toBe('')
  })

  test('a key with a meaning in JavaScript is data', () => {
    const context: unknown = JSON.parse('{"__proto__": {"x": 1}, "constructor": "c"}')
    expect(engine.render('{{ context.constructor }}{{ context.x }}', { context })).toBe('c')
  })

  test('assignments of one rendering do not reach the next', () => {
    expect(engine.render('{{ seen }}{% assign seen = 1 %}{% increment count %}', {})).toBe('0')
    expect(engine.render('{{ seen }}{% assign seen = 1 %}{% increment count %}', {})).toBe('0')
  })
})

describe('what cannot be rendered', () => {
  test.each([
    ['a\n{{ x | nope }}', 'line 2: Unknown filter "nope".'],
    ['{% include "x" %}', 'line 1: "include" is not available'],
    ['{% render "/etc/passwd" %}', 'line 1: "render" is not available'],
    ['{% layout "x" %}', 'line 1: "layout" is not available'],
    ['{% for i in (1..100000000) %}x{% endfor %}', 'line 1: The result is too large.'],
    ['{% if x %}'.repeat(50_000), 'line 1: The template is nested too deep.'],
  ])('%s', (template, message) => {
    expect(() => engine.render(template, {})).toThrow(TemplateError)
    expect(() => engine.render(template, {})).toThrow(message)
  })
})

describe('checking', () => {
  test.each([
    ['{{ x | upcas }}', ['upcas: Unknown filter "upcas". Did you mean "upcase"?']],
    [
      '{{ x | nope }} {{ y | upcas }}',
      ['nope: Unknown filter "nope".', expect.stringMatching(/^upcas: Unknown/)],
    ],
    ['{% fro x in y %}', ['fro: Unknown tag "fro". Did you mean "for"?']],
    ['{% if a %}x', ['{% if a %}: "{% if a %}" is never closed.']],
    ['{{ a', ['{{ a: "{{ a" is never closed.']],
    ['x {% endif %}', ['endif: "endif" has no beginning.']],
    ['{% include "x" %}', ['include: "include" is not available: a template cannot read other files.']],
    ['{% assign = 1 %}', ['= 1: Expected variable name.']],
  ])('%s', (template, expected) => {
    expect(issues(template)).toEqual(expected)
  })

  test.each([
    ['{{ context.user.name }}', ['context/user/name = context.user.name']],
    ['{{ context["a b"].c }}', ['context/a b/c = context["a b"].c']],
    ['{{ context.list[0].x }}', ['context/list/0/x = context.list[0].x']],
    ['{{ context[agent.name].x }}', ['context = context[agent.name].x', 'agent/name = agent.name']],
    ['é\n\n{% if now %}{{ agent.name }}{% endif %}', ['now = now', 'agent/name = agent.name']],
    ['{% for i in context.items %}{{ i.x }}{% endfor %}', ['context/items = context.items']],
    ['{% assign a = context.b %}{{ a.c }}', ['context/b = context.b']],
    ['{% raw %}{{ x }}{% endraw %}{% comment %}{{ y }}{% endcomment %}', []],
    ['{{ x | default: context.y }}', ['x = x', 'context/y = context.y']],
  ])('the variables of %s', (template, expected) => {
    expect(issues(template)).toEqual([])
    expect(variables(template)).toEqual(expected)
  })

  test('any text is either right or explained, with a place inside it', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{%',
      '%}',
      ' ',
      'if',
      'endif',
      'x',
      '.',
      '|',
      ':',
      '"',
      '[',
      ']',
      'for',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
        const text = pieces.join('')
        const checked = engine.check(text)
        for (const { start, end } of [...checked.issues, ...checked.variables]) {
          expect(start).toBeLessThan(end)
          expect(end).toBeLessThanOrEqual(text.length)
        }
      }),
    )
  })
})
