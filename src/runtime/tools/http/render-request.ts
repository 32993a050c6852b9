/**
 * The request of one call: the templates of an HTTP tool with the values of the call put in, each encoded for its place.
 * A value is never more than a value: it cannot end its segment of a path, begin a header, or choose where a request goes.
 */
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { authorityEnd } from '../../../compiler/rules/url-authority.ts'
import type { HttpMethod } from '../../../compiler/http-tool.ts'
import type { JsonObject } from '../../../util/json.ts'
import { mapTexts } from './request-template.ts'
import type { RequestTemplate } from './request-template.ts'

/** What of a template engine is needed here. */
export interface TextRenderer {
  render(text: string, scope: Readonly<Record<string, unknown>>): string
}

export interface HttpRequest {
  readonly method: HttpMethod
  readonly url: URL
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** What the templates of a request see. */
export interface RequestScope extends JsonObject {
  readonly args: JsonObject
  readonly context: JsonObject
}

/** Two ways of putting a value into a text. */
export interface RequestEngines {
  /** As it is. */
  readonly text: TextRenderer
  /** So that it is one part of a URL, whatever is in it. */
  readonly url: TextRenderer
}

/**
 * @throws Error when what the values make of the templates is no request: no URL, another origin than the spec's own
 *   text says, a header with a line break.
 */
export function renderRequest(
  method: HttpMethod,
  template: RequestTemplate,
  engines: RequestEngines,
  scope: RequestScope,
): HttpRequest {
  const fill = (text: string): string => engines.text.render(text, scope)
  const url = renderUrl(template.url, engines, scope)
  addQuery(url, renderQuery(template.query, fill))
  const { body } = template
  const headers = renderHeaders(template.headers, fill)
  if (body === undefined) return { method, url, headers, body: null }
  const [text, type] =
    typeof body === 'string'
      ? [fill(body), 'text/plain; charset=utf-8']
      : [JSON.stringify(mapTexts(body, fill)), 'application/json']
  return { method, url, headers: { 'content-type': type, ...headers }, body: text }
}

function renderUrl(template: string, engines: RequestEngines, scope: RequestScope): URL {
  const end = authorityEnd(template)
  const head = template.slice(0, end)
  const own = { context: scope.context }
  // A base URL that the context holds as a whole is the application's own text; part of a host is a value like others.
  const isWhole = /^\s*\{\{[^{}]*\}\}\s*$/u.test(head)
  const base = isWhole ? engines.text.render(head, own) : engines.url.render(head, own)
  const text = isWhole
    ? base + engines.url.render(template.slice(end), scope)
    : engines.url.render(template, scope)
  const url = parseUrl(text)
  if (url.origin !== parseUrl(base).origin) {
    throw new Error(
      `The arguments would send the request to ${url.origin}, which is not where the spec sends it`,
    )
  }
  if (climbs(text))
    throw new Error('The path of the URL has a segment "." or "..": it would lead somewhere else')
  return url
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) throw new Error('The URL of the request is not valid: it needs a scheme and a host')
  if (url.protocol === 'http:' || url.protocol === 'https:') return url
  throw new Error(`The URL of the request has the scheme ${url.protocol} which is neither http: nor https:`)
}

/** A segment that leads upwards would be gone once the URL is read. */
function climbs(url: string): boolean {
  const path = url.replace(/[\t\n\r]/gu, '').split(/[?#]/u, 1)[0] ?? ''
  return path.split(/[/\\]/u).some((segment) => /^(?:\.|%2e){1,2}$/iu.test(segment))
}

/** What a template leaves empty is left out: an optional argument that was not given. */
function isLeftOut(template: string, text: string): boolean {
  return text === '' && template.includes('{')
}

function renderQuery(query: RequestTemplate['query'], fill: (text: string) => string): readonly string[] {
  return Object.entries(query).flatMap(([name, value]) => {
    const text = typeof value === 'string' ? fill(value) : String(value)
    return isLeftOut(String(value), text) ? [] : [`${encodePart(name)}=${encodePart(text)}`]
  })
}

function addQuery(url: URL, parts: readonly string[]): void {
  if (parts.length > 0) url.search = [...(url.search === '' ? [] : [url.search]), ...parts].join('&')
}

/** A text as one part of a URL. */
export function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** They say how the request is sent, or to whom: not for a spec to choose. */
const reserved: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function renderHeaders(
  headers: RequestTemplate['headers'],
  fill: (text: string) => string,
): Record<string, string> {
  const rendered = Object.entries(headers).flatMap(([name, template]) => {
    const text = fill(template).trim()
    if (reserved.has(name.toLowerCase()))
      throw new Error(`The header ${name} cannot be set: it is part of how requests are sent`)
    if (isLeftOut(template, text)) return []
    checkHeader(name, text)
    return [[name.toLowerCase(), text] as const]
  })
  return Object.fromEntries(rendered)
}

function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  } catch (error) {
    const what =
      error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_HTTP_TOKEN' ? 'name' : 'value'
    throw new Error(
      `The header ${name} cannot be sent: its ${what} has a character that headers cannot have`,
      {
        cause: error,
      },
    )
  }
}
