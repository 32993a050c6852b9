/** Reads one tool module: what it imports and what it exports, without running it. */
import { posix } from 'node:path'
import { init, parse } from 'es-module-lexer'
import type { Report } from '../../spec/reporter.ts'
import type { Source } from '../../spec/source.ts'
import type { StripFailure, StripResult } from '../../util/strip-types.ts'
import type { ModuleFacts, ModuleImport } from './module-facts.ts'
import { isOnDisk } from './module-path.ts'

/** The facts of a module, and whether they are all: `whole` is false when something in its text was reported. */
export interface ModuleReading extends ModuleFacts {
  readonly whole: boolean
  /** The module could not be read: it may export anything. */
  readonly opaque: boolean
}

/** Readies the lexer; `readModule` needs it. */
export async function prepareReading(): Promise<void> {
  await init()
}

/**
 * Reads a module whose types are erased already. Mistakes in its text are reported at their place in it; `pointer` is the
 * handler that led here.
 */
export function readModule(
  source: Source,
  stripped: StripResult,
  report: Report,
  pointer: string,
): ModuleReading {
  if (!stripped.ok) {
    reportStripFailure(source, stripped, report, pointer)
    return opaqueModule
  }
  const isTypeScript = posix.extname(source.path).endsWith('ts')
  return lexModule(source, isTypeScript ? stripped.code : source.text, report, pointer)
}

function lexModule(source: Source, code: string, report: Report, pointer: string): ModuleReading {
  let lexed: ReturnType<typeof parse>
  try {
    lexed = parse(code, source.path)
  } catch (error) {
    const offset = error instanceof Error && 'idx' in error && typeof error.idx === 'number' ? error.idx : 0
    const detail = 'this cannot be read as a module'
    report('AS3019', { path: source.file, detail }, source.locate(offset, offset + 1), { pointer })
    return opaqueModule
  }
  const [imports, exports, , hasModuleSyntax] = lexed
  if (!hasModuleSyntax && /\b(?:module\.exports|exports\.\w+\s*=|require\s*\()/.test(code)) {
    const at = code.search(/\b(?:module\.exports|exports\.\w+\s*=|require\s*\()/)
    report('AS3017', { path: source.file }, source.locate(at, at + 7), { pointer })
    return opaqueModule
  }
  const found: ModuleImport[] = []
  let whole = true
  for (const one of imports) {
    if (one.type === 'import-meta') continue
    if (one.specifier === undefined || (one.type === 'dynamic' && one.glob)) {
      report('AS3020', {}, source.locate(one.start, one.end), { pointer })
      whole = false
    } else if (isOnDisk(one.specifier)) {
      const quote = one.type === 'dynamic' ? 1 : 0
      found.push({ specifier: one.specifier, start: one.start + quote, end: one.end - quote })
    }
  }
  return {
    imports: found,
    exports: exports.flatMap((one) => (one.type === 'reexport-all' ? [] : [one.name])),
    starExports: exports.flatMap((one) => (one.type === 'reexport-all' ? [one.from] : [])),
    whole,
    opaque: false,
  }
}

const opaqueModule: ModuleReading = { imports: [], exports: [], starExports: [], whole: false, opaque: true }

function reportStripFailure(source: Source, failure: StripFailure, report: Report, pointer: string): void {
  const { place } = failure
  const lineStart = place === undefined ? 0 : offsetOfLine(source.text, place.line)
  const location = source.locate(lineStart + (place?.start ?? 0), lineStart + (place?.end ?? 0))
  const detail = failure.message.replace(/\.$/, '').replace(' is not supported in strip-only mode', '')
  if (failure.unsupported) report('AS3018', { detail: `${detail} is not supported` }, location, { pointer })
  else report('AS3019', { path: source.file, detail }, location, { pointer })
}

function offsetOfLine(text: string, line: number): number {
  let offset = 0
  for (let current = 1; current < line; current++) offset = text.indexOf('\n', offset) + 1
  return offset
}
