/** Writes spans through the OpenTelemetry API; everything that gets into one is redacted here. */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, Span, Tracer } from '@opentelemetry/api'
import type { Redactor } from '../redaction/redactor.ts'

/** An attribute that is `undefined` or `null` is left out. */
export type SpanValues = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined | null>
>

export interface NewSpan {
  readonly name: string
  /** A call to a server; everything else happens inside this process. */
  readonly isClient?: boolean
  readonly at: Date
  readonly parent: Span
  readonly values: SpanValues
}

export interface SpanPen {
  start(span: NewSpan): Span
  set(span: Span, values: SpanValues): void
  note(span: Span, name: string, at: Date, values: SpanValues): void
  /** `type`: of few different values. `message`: only where content is wanted. */
  fail(span: Span, type: string, message: string | null): void
  readonly clean: (values: SpanValues) => Attributes
}

/** Names come from models, too. */
const LONGEST_NAME = 128

export function createSpanPen(tracer: Tracer, redactor: Redactor): SpanPen {
  const clean = (values: SpanValues): Attributes => {
    const attributes: Attributes = {}
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined || value === null) continue
      attributes[redactor.text(name)] =
        typeof value === 'object' ? value.map(redactor.text) : redactor.json(value)
    }
    return attributes
  }
  return {
    clean,
    start: ({ name, isClient, at, parent, values }) =>
      tracer.startSpan(
        redactor.text(name).slice(0, LONGEST_NAME),
        {
          kind: isClient === true ? SpanKind.CLIENT : SpanKind.INTERNAL,
          startTime: at,
          attributes: clean(values),
        },
        trace.setSpan(ROOT_CONTEXT, parent),
      ),
    set: (span, values) => void span.setAttributes(clean(values)),
    note: (span, name, at, values) => void span.addEvent(name, clean(values), at),
    fail: (span, type, message) => {
      span.setAttributes(clean({ 'error.type': type }))
      span.setStatus({
        code: SpanStatusCode.ERROR,
        ...(message === null ? {} : { message: redactor.text(message) }),
      })
    },
  }
}
