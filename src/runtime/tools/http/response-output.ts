/** What a response says to the model: text as it came, an image or a PDF as a content part, an error as one. */
import { STATUS_CODES } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { TextDecoder } from 'node:util'
import type { JsonObject } from '../../../util/json.ts'
import { readBody } from './read-body.ts'
import type { Exchange } from './send-request.ts'

/** Bytes of an error's body that are of any use to a model. */
const errorBytes = 4096

/**
 * The result of the call: a text, or a content part.
 *
 * @throws Error for a status that is not 2xx, with the beginning of its body; for a body that is too large; for bytes
 *   that are neither text, an image nor a PDF.
 */
export async function outputOfResponse(exchange: Exchange, maxBytes: number): Promise<string | JsonObject> {
  const { request, response } = exchange
  const status = statusLine(response)
  const code = response.statusCode ?? 0
  if (code < 200 || code > 299) throw new Error(await describeError(exchange, status))
  const { bytes, isCut } = await readBody(exchange, maxBytes)
  if (isCut) throw new Error(`The response is larger than ${maxBytes} bytes (max_response_bytes)`)
  if (bytes.length > 0) return contentOf(response, bytes, request.url)
  return request.method === 'HEAD' || request.method === 'OPTIONS'
    ? `${status}\n${headerLines(response)}`
    : status
}

function statusLine({ statusCode = 0 }: IncomingMessage): string {
  const reason = STATUS_CODES[statusCode]
  return reason === undefined ? `HTTP ${statusCode}` : `HTTP ${statusCode} ${reason}`
}

function headerLines({ headers }: IncomingMessage): string {
  const lines = Object.entries(headers).filter(([name]) => name !== 'set-cookie')
  return lines.map(([name, value]) => `${name}: ${String(value)}`).join('\n')
}

async function describeError(exchange: Exchange, status: string): Promise<string> {
  const { bytes, isCut } = await readBody(exchange, errorBytes)
  const text = textOf(exchange.response, bytes, { mayBreak: true })?.trim() ?? ''
  return text === '' ? status : `${status}: ${text}${isCut ? '…' : ''}`
}

function contentOf(response: IncomingMessage, bytes: Buffer, url: URL): string | JsonObject {
  const type = mediaType(response)
  const data = (): string => `data:${type};base64,${bytes.toString('base64')}`
  if (images.has(type)) return { type: 'image', image_url: data() }
  if (type === 'application/pdf') return { type: 'file', file_data: data(), filename: fileName(url) }
  const text = textOf(response, bytes, { mayBreak: false })
  if (text !== null) return text
  throw new Error(
    `The response is ${type || 'of no type'}, ${bytes.length} bytes: neither text, an image nor a PDF`,
  )
}

/** The kinds that models take. */
const images: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

function mediaType({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** `null`: it is no text. A type that says nothing is judged by the bytes. */
function textOf(
  response: IncomingMessage,
  bytes: Buffer,
  { mayBreak }: { readonly mayBreak: boolean },
): string | null {
  const type = mediaType(response)
  const isText = /^text\/|[/+](?:json|xml|yaml|javascript|x-www-form-urlencoded|x-ndjson|graphql)$/u.test(
    type,
  )
  if (isText) return decoderFor(response).decode(bytes)
  if (images.has(type) || /^(?:image|audio|video|font)\//u.test(type)) return null
  try {
    // A text that was cut may end in half a character.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: mayBreak })
  } catch {
    return null
  }
}

function decoderFor({ headers }: IncomingMessage): TextDecoder {
  const charset = /;\s*charset="?([^";\s]+)/iu.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder()
  }
}

/** The last part of the path: APIs want a name for every file. */
function fileName({ pathname }: URL): string {
  const name = pathname.split('/').findLast((part) => part !== '') ?? 'document'
  return name.toLowerCase().endsWith('.pdf') ? name : `${name}.pdf`
}
