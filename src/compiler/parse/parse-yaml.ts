/** Text of a YAML file → a document with places. Every mistake is reported, nothing is thrown. */
import { Composer } from 'yaml'
import type { CST, Document } from 'yaml'
import { createDocument } from '../../spec/document.ts'
import type { SpecDocument } from '../../spec/document.ts'
import type { Report } from '../../spec/reporter.ts'
import type { Source } from '../../spec/source.ts'
import { convertContents } from './convert.ts'
import { findIgnoreComments } from './ignore-comments.ts'
import type { IgnoreComment } from './ignore-comments.ts'
import { readTokens } from './read-tokens.ts'
import { reportSyntaxErrors } from './syntax-errors.ts'
import { plainWords } from './yaml-words.ts'

export interface ParsedYaml {
  /** Absent when the text has a syntax error or exceeds a limit: nothing can be said about its meaning then. */
  readonly document: SpecDocument | undefined
  readonly ignores: readonly IgnoreComment[]
}

/** Parses one file: YAML 1.2 (core schema) with merge keys, one document, within the limits of `limits.ts`. */
export function parseYaml(source: Source, report: Report): ParsedYaml {
  const { tokens, tooDeepAt } = readTokens(source.text)
  if (tooDeepAt !== undefined) {
    report('AS1012', {}, source.locate(tooDeepAt, tooDeepAt + 1))
    return { document: undefined, ignores: [] }
  }
  const ignores = findIgnoreComments(source, tokens)
  return { document: compose(source, tokens, report), ignores }
}

function compose(source: Source, tokens: readonly CST.Token[], report: Report): SpecDocument | undefined {
  const composer = new Composer({
    schema: 'core',
    stringKeys: true,
    uniqueKeys: false,
    intAsBigInt: true,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const [document] = composer.compose(tokens, true, source.text.length)
  if (document === undefined) return undefined
  if (document.errors.length > 0) {
    reportSyntaxErrors(document, source, report)
    return undefined
  }
  const second = secondDocumentAt(tokens)
  if (second !== undefined) {
    report('AS1014', {}, source.locate(second, second + 3))
    return undefined
  }
  if (!tokens.some((token) => token.type === 'document' && token.value !== undefined)) {
    report('AS1015', {}, source.locate(0, 0))
    return undefined
  }
  reportDirectives(tokens, source, report)
  reportWarnings(document, source, report)
  const converted = convertContents(document.contents, source, report)
  return converted && createDocument(converted.value, converted.node)
}

function secondDocumentAt(tokens: readonly CST.Token[]): number | undefined {
  const [, second] = tokens.filter((token) => token.type === 'document')
  if (second === undefined || second.type !== 'document') return undefined
  return second.start.find((token) => token.type === 'doc-start')?.offset ?? second.offset
}

function reportDirectives(tokens: readonly CST.Token[], source: Source, report: Report): void {
  for (const token of tokens) {
    if (token.type !== 'directive' || /^%(YAML\s+1\.2|TAG\s.*)\s*$/.test(token.source)) continue
    const location = source.locate(token.offset, token.offset + token.source.length)
    report('AS1019', { directive: token.source }, location)
  }
}

function reportWarnings(document: Document.Parsed, source: Source, report: Report): void {
  for (const warning of document.warnings) {
    const location = source.locate(warning.pos[0], warning.pos[1])
    const text = source.text.slice(warning.pos[0], warning.pos[1])
    if (warning.code === 'TAG_RESOLVE_FAILED') report('AS1021', { tag: text }, location)
    else if (warning.code !== 'BAD_DIRECTIVE')
      report('AS1001', { detail: plainWords(warning, text) }, location)
  }
}
