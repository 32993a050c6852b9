/** The texts of an HTTP tool as linked: `${VAR}` resolved, and where the requests go. */
import { authorityEnd } from '../../../compiler/rules/url-authority.ts'
import type { HttpToolKeys } from '../../../compiler/http-tool.ts'
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json } from '../../../util/json.ts'

/** What of an HTTP tool is Liquid over `args` and `context`. It may hold secrets: never persisted, never hashed. */
export type RequestTemplate = Pick<HttpToolKeys, 'url' | 'query' | 'headers' | 'body'>

/** The texts of a tool, each put through `resolve`; keys and schemas have none. */
export function resolveRequest(
  { url, query, headers, body }: HttpToolKeys,
  resolve: (text: string) => string,
): RequestTemplate {
  return {
    url: resolve(url),
    query: mapValues(query, (value) => (typeof value === 'string' ? resolve(value) : value)),
    headers: mapValues(headers, resolve),
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' ? resolve(body) : mapTexts(body, resolve) }),
  }
}

/** A structure with every text in it mapped, wherever it stands; keys stay. */
export function mapTexts<T extends Json>(value: T, map: (text: string) => string): T
export function mapTexts(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value)
  if (isJsonArray(value)) return value.map((item) => mapTexts(item, map))
  return isJsonObject(value) ? mapValues(value, (member) => mapTexts(member, map)) : value
}

/**
 * A value that stands for itself in a template, whatever is in it: a password with `{{` in it is no mistake.
 */
export function literalText(value: string): string {
  return value.replaceAll('{', '{{ "{" }}')
}

/**
 * Scheme, host and port of a URL template, for the identity of a tool; as written where they depend on the context. Names
 * and passwords are left out.
 */
export function originOf(url: string): string {
  const authority = url.slice(0, authorityEnd(url))
  const origin = URL.canParse(authority) ? new URL(authority).origin : 'null'
  return origin === 'null' || /\{[{%]/u.test(authority) ? authority.replace(/\/\/[^@]*@/u, '//') : origin
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
