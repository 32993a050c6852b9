/** Reads traces: a collector that takes OTLP over HTTP, trace files, and the tree their spans are. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'

export interface SpanRecord {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  /** 1: internal, 3: client. */
  readonly kind: number
  /** Nanoseconds. */
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Readonly<Record<string, unknown>>
  /** 0: unset, 2: error. */
  readonly status: { readonly code: number; readonly message?: string }
  readonly events: readonly string[]
  readonly links: readonly string[]
  /** Of the resource. */
  readonly service: unknown
}

export interface Collector extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string
  readonly requests: readonly {
    readonly path: string
    readonly headers: IncomingHttpHeaders
    readonly text: string
  }[]
  spans(): readonly SpanRecord[]
}

/** Takes every request; with `hangs` it answers none. */
export async function startCollector(options: { readonly hangs?: boolean } = {}): Promise<Collector> {
  const requests: { path: string; headers: IncomingHttpHeaders; text: string }[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push({ path: request.url ?? '', headers: request.headers, text: await textOf(request) })
    if (options.hangs !== true) response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    spans: () => requests.flatMap(({ text }) => decode(text)),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The spans of a trace file: an OTLP request on each line. */
export function readTraceFile(path: string): readonly SpanRecord[] {
  const text = readFileSync(path, 'utf8')
  if (!text.endsWith('\n')) throw new Error('a trace file ends in a complete line')
  return text.slice(0, -1).split('\n').flatMap(decode)
}

interface OtlpValue {
  readonly stringValue?: string
  readonly intValue?: number | string
  readonly doubleValue?: number
  readonly boolValue?: boolean
  readonly arrayValue?: { readonly values: readonly OtlpValue[] }
}

type OtlpAttributes = readonly { readonly key: string; readonly value: OtlpValue }[]

interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: OtlpAttributes
  readonly status: { readonly code: number; readonly message?: string }
  readonly events: readonly { readonly name: string }[]
  readonly links: readonly { readonly traceId: string }[]
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: OtlpAttributes }
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[]
  }[]
}

/** As the OTLP writes it: ids in hexadecimal digits, times as decimal strings. */
function decode(text: string): readonly SpanRecord[] {
  const request = JSON.parse(text) as OtlpRequest
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => {
        if (!/^[0-9a-f]{32}$/.test(span.traceId)) throw new Error(`no trace id: ${span.traceId}`)
        if (!/^[0-9a-f]{16}$/.test(span.spanId)) throw new Error(`no span id: ${span.spanId}`)
        return {
          traceId: span.traceId,
          spanId: span.spanId,
          parentSpanId: span.parentSpanId,
          name: span.name,
          kind: span.kind,
          start: BigInt(span.startTimeUnixNano),
          end: BigInt(span.endTimeUnixNano),
          attributes: valuesOf(span.attributes),
          status: span.status,
          events: span.events.map(({ name }) => name),
          links: span.links.map((link) => link.traceId),
          service: valuesOf(resource.attributes)['service.name'],
        }
      }),
    ),
  )
}

function valuesOf(attributes: OtlpAttributes): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]))
}

function valueOf(value: OtlpValue): unknown {
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(valueOf)
  if (value.intValue !== undefined) return Number(value.intValue)
  return value.stringValue ?? value.doubleValue ?? value.boolValue
}

/** The names of the spans below each other, two spaces a level, in the order they began. */
export function treeOf(spans: readonly SpanRecord[]): string[] {
  const known = new Set(spans.map(({ spanId }) => spanId))
  const inOrder = spans
    .map((span, index) => ({ span, index }))
    .sort((a, b) => Number(a.span.start - b.span.start) || a.index - b.index)
    .map(({ span }) => span)
  const below = (parent: string, depth: number): string[] =>
    inOrder.filter((span) => span.parentSpanId === parent).flatMap((span) => lines(span, depth))
  const lines = (span: SpanRecord, depth: number): string[] => [
    `${'  '.repeat(depth)}${span.name}`,
    ...below(span.spanId, depth + 1),
  ]
  return inOrder
    .filter(({ parentSpanId }) => parentSpanId === undefined || !known.has(parentSpanId))
    .flatMap((span) => lines(span, 0))
}

/** The only span of a name. */
export function spanNamed(spans: readonly SpanRecord[], name: string): SpanRecord {
  const found = spans.filter((span) => span.name === name)
  if (found.length !== 1) throw new Error(`${found.length} spans are named ${name}`)
  return found[0]!
}
