import { describe, expect, test } from 'vitest'
import { createTemplateEngine } from '../../../../src/compiler/liquid/template-engine.ts'
import { link } from '../../../../src/runtime/link/link.ts'
import { encodePart, renderRequest } from '../../../../src/runtime/tools/http/render-request.ts'
import type { HttpRequest } from '../../../../src/runtime/tools/http/render-request.ts'
import type { HttpToolDefinition } from '../../../../src/compiler/program.ts'
import type { JsonObject } from '../../../../src/util/json.ts'
import { httpTool, program } from '../../../support/program.ts'

const engines = { text: createTemplateEngine(), url: createTemplateEngine(encodePart) }

function render(
  given: Partial<HttpToolDefinition>,
  args: JsonObject = {},
  more: { context?: JsonObject; variables?: Record<string, string> } = {},
): HttpRequest {
  const tool = httpTool('t', given)
  const template = link(program({ tools: [tool] }), more.variables ?? {}, '/base').requests['t']
  if (template === undefined) throw new Error('no request')
  return renderRequest(tool.method, template, engines, { args, context: more.context ?? {} })
}

const urlOf = (url: string, x: unknown, context: JsonObject = {}): string =>
  render({ url }, { x: x as string }, { context }).url.href

describe('a value in a path stays one part of it', () => {
  test.each([
    ['7', '7'],
    ['a/b', 'a%2Fb'],
    ['a\\b', 'a%5Cb'],
    ['../admin', '..%2Fadmin'],
    ['?admin=1', '%3Fadmin%3D1'],
    ['#x', '%23x'],
    ['a b+c&d', 'a%20b%2Bc%26d'],
    ['%2e%2e', '%252e%252e'],
    ['é\n', '%C3%A9%0A'],
    ['\ud800', '%EF%BF%BD'],
    ['@evil.example:80', '%40evil.example%3A80'],
    ['...', '...'],
    [12, '12'],
    [{ a: 1 }, '%7B%22a%22%3A1%7D'],
  ])('%j', (value, expected) => {
    expect(urlOf('https://api.example/o/{{ args.x }}/end', value)).toBe(
      `https://api.example/o/${expected}/end`,
    )
    expect(urlOf('https://api.example/o?q={{ args.x }}&z=1', value)).toBe(
      `https://api.example/o?q=${expected}&z=1`,
    )
  })

  test.each([
    '{{ args.x | raw }}',
    '{% echo args.x %}',
    '{% echo args.x | raw %}',
    '{% cycle args.x %}',
    '{% liquid echo args.x %}',
    '{% assign y = args.x %}{{ y }}',
    '{% for c in args.list %}{{ c }}{% endfor %}',
    '{% if true %}{{ args.x | append: "" }}{% endif %}',
  ])('however it is put in: %s', (written) => {
    const { url } = render({ url: `https://api.example/${written}` }, { x: 'a/../b?c', list: ['a/../b?c'] })
    expect(url.href).toBe('https://api.example/a%2F..%2Fb%3Fc')
  })

  test.each(['.', '..', '%2e', '%2E.'])('%s would lead upwards: no request', (value) => {
    const [url, args] = value.includes('%')
      ? [`https://api.example/o/${value}/x`, {}]
      : ['https://api.example/o/{{ args.x }}/x', { x: value }]
    expect(() => render({ url }, args)).toThrow('a segment "." or ".."')
  })

  test('also beside text of the spec', () => {
    expect(() => urlOf('https://api.example/o/.{{ args.x }}/x', '.')).toThrow('a segment "." or ".."')
  })
})

describe('where a request goes', () => {
  test.each([
    ['{{ args.x }}://api.example/', 'https'],
    ['https://{{ args.x }}/', 'evil.example'],
    ['https://{{ args.x }}.example/', 'evil'],
    ['https://api.example{{ args.x }}/', '.evil.example'],
    ['https://api.example:{{ args.x }}/', '81'],
    ['https://{% if args.x %}evil{% else %}api{% endif %}.example/', '1'],
    ['{% assign h = args.x %}https://{{ h }}.example/', 'evil'],
  ])('is not for arguments to say, even if a Program lets them: %s', (url, value) => {
    expect(() => urlOf(url, value)).toThrow(/would send the request to|is not valid/)
  })

  test('may depend on the context: a whole base, or a part of the host that stays a part', () => {
    const base = { base: 'https://api.example:8443/v1' }
    expect(urlOf('{{ context.base }}/o/{{ args.x }}', 'a/b', base)).toBe(
      'https://api.example:8443/v1/o/a%2Fb',
    )
    const region = 'https://{{ context.region }}.api.example/{{ args.x }}'
    expect(urlOf(region, 1, { region: 'eu' })).toBe('https://eu.api.example/1')
    expect(() => urlOf(region, 1, { region: 'evil.example/' })).toThrow('is not valid')
    expect(() => urlOf(region, 1, { region: 'evil.example#' })).toThrow('is not valid')
  })

  test.each([
    ['/orders', 'is not valid'],
    ['', 'is not valid'],
    ['file:///etc/passwd', 'neither http: nor https:'],
    ['ftp://api.example/', 'neither http: nor https:'],
  ])('needs a scheme we speak, and a host: %j', (url, message) => {
    expect(() => render({ url })).toThrow(message)
  })
})

describe('variables', () => {
  test('of the environment are put in as text, whatever they hold', () => {
    const { url, headers } = render(
      { url: '${BASE}/o/{{ args.x }}', headers: { Authorization: 'Bearer ${TOKEN}' } },
      { x: '1' },
      { variables: { BASE: 'http://localhost:8080', TOKEN: 'a{{ args.x }}{% b {' } },
    )
    expect(url.href).toBe('http://localhost:8080/o/1')
    expect(headers).toEqual({ authorization: 'Bearer a{{ args.x }}{% b {' })
  })

  test('in arguments are only text', () => {
    const { headers } = render(
      { url: 'http://h/', headers: { X: '{{ args.x }}' } },
      { x: '${TOKEN} {{ args }}' },
    )
    expect(headers).toEqual({ x: '${TOKEN} {{ args }}' })
  })

  test('say for a decision where requests go, without what else they hold', () => {
    const origins = ['${BASE}/a', 'https://u:${KEY}@${HOST}/a', 'https://u:${KEY}@{{ context.h }}/a'].map(
      (url) => {
        const given = program({ tools: [httpTool('t', { url })] })
        const linked = link(
          given,
          { BASE: 'https://api.example:443/v1', HOST: 'h.example', KEY: 'secret' },
          '/base',
        )
        return linked.program.tools['t']
      },
    )
    expect(origins).toMatchObject([
      { url: '${BASE}/a', origin: 'https://api.example' },
      { url: 'https://u:${KEY}@${HOST}/a', origin: 'https://h.example' },
      { url: 'https://u:${KEY}@{{ context.h }}/a', origin: 'https://{{ context.h }}' },
    ])
  })
})

describe('queries', () => {
  test('are encoded, join those of the URL, and leave out what was not given', () => {
    const { url } = render(
      {
        url: 'https://h.example/?a=1',
        query: { 'k k': '{{ args.x }}', page: 2, all: true, none: '{{ args.none }}', empty: '' },
      },
      { x: 'ü&=+ #' },
    )
    expect(url.search).toBe('?a=1&k%20k=%C3%BC%26%3D%2B%20%23&page=2&all=true&empty=')
  })
})

describe('headers', () => {
  test.each(['a\r\nX-Evil: 1', 'a\nb', 'a\0b', 'snow ☃'])('%j cannot begin another one', (value) => {
    expect(() => render({ url: 'https://h/', headers: { 'X-A': '{{ args.x }}' } }, { x: value })).toThrow(
      'The header X-A cannot be sent: its value has a character that headers cannot have',
    )
  })

  test.each(['Host', 'content-length', 'Transfer-Encoding', 'Connection', 'Upgrade'])(
    '%s is not theirs',
    (name) => {
      expect(() => render({ url: 'https://h/', headers: { [name]: 'x' } })).toThrow(
        `The header ${name} cannot be set`,
      )
    },
  )

  test('that were not given are left out', () => {
    expect(render({ url: 'https://h/', headers: { A: '{{ args.a }}', B: ' b ' } }).headers).toEqual({
      b: 'b',
    })
  })
})

describe('a body', () => {
  test('is text as it is', () => {
    expect(render({ url: 'https://h/', body: 'x={{ args.x }}' }, { x: '"&' })).toMatchObject({
      body: 'x="&',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    })
  })

  test('is a structure whose texts stay texts, sent as JSON', () => {
    const { body, headers } = render(
      {
        url: 'https://h/',
        headers: { 'Content-Type': 'application/vnd.api+json' },
        body: { n: '{{ args.n }}', s: 'a {{ args.s }}', list: ['{{ args.s }}', 1, null], template: '${V}' },
      },
      { n: 5, s: '", "admin": true, "x": "\n' },
      { variables: { V: 'v' } },
    )
    expect(JSON.parse(body ?? '')).toEqual({
      n: '5',
      s: 'a ", "admin": true, "x": "\n',
      list: ['", "admin": true, "x": "\n', 1, null],
      template: 'v',
    })
    expect(headers).toEqual({ 'content-type': 'application/vnd.api+json' })
  })

  test('can have values of any type as text with the filter json', () => {
    expect(render({ url: 'https://h/', body: '{"n": {{ args.n | json }}}' }, { n: [1, '"'] }).body).toBe(
      '{"n": [1,"\\""]}',
    )
  })
})
