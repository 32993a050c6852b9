/** Says in plain words what the `yaml` library found wrong with a text. */
import { isScalar, visit } from 'yaml'
import type { Document, YAMLError } from 'yaml'
import type { Location } from '../../spec/diagnostic.ts'
import type { DiagnosticArgs, DiagnosticCode } from '../../spec/diagnostic-codes.ts'
import type { Report } from '../../spec/reporter.ts'
import type { Source } from '../../spec/source.ts'
import { plainWords } from './yaml-words.ts'

/** What an error is called by us. `end` closes the place when the error's own end says too little. */
interface Explanation {
  readonly tell: (report: Report, location: Location) => void
  readonly start?: number
  readonly end?: number
  /** What follows is read in a wrong light. */
  readonly isLast?: boolean
}

/**
 * Reports the errors of a document. One mistake often makes the library stumble again: of a line only the first error
 * is told, and nothing after a quote or bracket that is not closed where it should be.
 */
export function reportSyntaxErrors(document: Document.Parsed, source: Source, report: Report): void {
  let lastLine = 0
  for (const error of document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])) {
    // An error is never explained by a later line than its own, and looking at a long line takes time.
    const { line } = source.positionAt(error.pos[0])
    if (line <= lastLine) continue
    const explanation = explain(error, document, source.text)
    const start = explanation.start ?? error.pos[0]
    const end = Math.max(explanation.end ?? error.pos[1], start)
    const location = source.locate(start, end)
    if (location.start.line <= lastLine) continue
    lastLine = line
    explanation.tell(report, location)
    if (explanation.isLast === true) return
  }
}

function explanation<Code extends DiagnosticCode>(
  code: Code,
  args: DiagnosticArgs<Code>,
  range: Pick<Explanation, 'start' | 'end' | 'isLast'> = {},
): Explanation {
  return { tell: (report, location) => report(code, args, location), ...range }
}

function explain(error: YAMLError, document: Document.Parsed, text: string): Explanation {
  const at = error.pos[0]
  const opener = unquotedOpener(text, at)
  if (opener !== undefined) return explanation('AS1004', { start: opener.text }, opener)
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return explanation('AS1002', {})
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
      return explainMissing(error, document, text)
    case 'BLOCK_AS_IMPLICIT_KEY':
      return isColonInValue(text, at)
        ? explanation('AS1005', {}, lineRest(text, at))
        : explanation('AS1003', {})
    case 'MULTILINE_IMPLICIT_KEY':
      return explanation('AS1003', {})
    case 'BAD_SCALAR_START':
      return explanation('AS1004', { start: text.charAt(at) }, lineRest(text, at))
    case 'NON_STRING_KEY':
      return explanation('AS1025', {})
    case 'BAD_DQ_ESCAPE':
      return explanation('AS1009', { escape: text.slice(at, at + 2) }, { end: at + 2 })
    case 'BLOCK_IN_FLOW':
      return text.slice(lineStart(text, at), at).trim() === ''
        ? notYaml(error, text)
        : explanation(
            'AS1001',
            { detail: 'a comma is missing here, or brackets around this' },
            lineRest(text, at),
          )
    case 'BAD_ALIAS':
      return text.charAt(at) === '*' || text.charAt(at - 1) === '*'
        ? explanation('AS1016', { anchor: '', suggestion: undefined })
        : notYaml(error, text)
    default:
      return explainUnexpected(error, text)
  }
}

function explainMissing(error: YAMLError, document: Document.Parsed, text: string): Explanation {
  const at = error.pos[0]
  if (/closing/.test(error.message)) return unclosedQuote(document, text, at)
  if (/end with a? ?[\]}]/.test(error.message)) return unclosedBracket(document, text, at)
  if (error.code === 'BAD_INDENT') return explanation('AS1003', {}, lineRest(text, at))
  if (/need to be followed by map values/.test(error.message)) {
    const start = lineStart(text, at)
    const found = text.slice(start, lineEnd(text, start)).trim()
    return explanation('AS1007', { text: found.slice(0, 60) }, contentOf(text, start))
  }
  return notYaml(error, text)
}

function explainUnexpected(error: YAMLError, text: string): Explanation {
  const at = error.pos[0]
  const before = text.slice(0, at).trimEnd().at(-1)
  if (/at node end/.test(error.message) && (before === "'" || before === '"')) {
    return explanation('AS1008', {}, lineRest(text, at))
  }
  return notYaml(error, text)
}

function notYaml(error: YAMLError, text: string): Explanation {
  const [start, end] = error.pos
  const seen = text.slice(start, Math.max(end, start + 1)).trim()
  return explanation('AS1001', { detail: plainWords(error, seen.slice(0, 40)) })
}

/** `{{` or `{%` just before or at an error: a template that was left unquoted. */
function unquotedOpener(text: string, at: number): { text: string; start: number; end: number } | undefined {
  const line = text.slice(lineStart(text, at), lineEnd(text, at))
  const match = /^\s*(?:- +|[\w.-]+: +)*(\{[{%])/.exec(line)
  if (match?.[1] === undefined) return undefined
  const start = lineStart(text, at) + match[0].length - 2
  return { text: match[1], start, end: contentOf(text, lineStart(text, at)).end }
}

/** A second `: ` on the line the value began on. */
function isColonInValue(text: string, at: number): boolean {
  return /:(\s|$)/.test(text.slice(at, lineEnd(text, at)))
}

function unclosedQuote(document: Document.Parsed, text: string, at: number): Explanation {
  let start: number | undefined
  visit(document, {
    Scalar: (_key, node) => {
      const isQuoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE')
      if (isQuoted && node.range && node.range[0] <= at) start = node.range[0]
    },
  })
  const from = start ?? Math.max(0, text.lastIndexOf('"', at))
  return explanation(
    'AS1006',
    { opener: 'quote' },
    { start: from, end: contentEnd(text, from), isLast: true },
  )
}

function unclosedBracket(document: Document.Parsed, text: string, at: number): Explanation {
  let start: number | undefined
  visit(document, {
    Collection: (_key, node) => {
      if (node.flow && node.range && node.range[0] < at) start = node.range[0]
    },
  })
  const from = start ?? at
  if (isClosed(text, from)) {
    const detail = 'what stands in brackets is indented more than the key above it'
    return explanation('AS1001', { detail }, { ...contentOf(text, lineStart(text, at)), isLast: true })
  }
  return explanation(
    'AS1006',
    { opener: `"${text.charAt(from)}"` },
    { start: from, end: from + 1, isLast: true },
  )
}

/** True when a bracket has its closing one somewhere below: too far to the left, or the library would have found it. */
function isClosed(text: string, from: number): boolean {
  const opening = text.charAt(from)
  const closing = opening === '[' ? ']' : '}'
  let depth = 0
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) === opening) depth++
    else if (text.charAt(at) === closing && --depth === 0) return true
  }
  return false
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

function contentEnd(text: string, at: number): number {
  return at + text.slice(at, lineEnd(text, at)).trimEnd().length
}

function lineRest(text: string, at: number): { end: number } {
  return { end: Math.max(at + 1, contentEnd(text, at)) }
}

function contentOf(text: string, start: number): { start: number; end: number } {
  const line = text.slice(start, lineEnd(text, start))
  return { start: start + line.length - line.trimStart().length, end: contentEnd(text, start) }
}
