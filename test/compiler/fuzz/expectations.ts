/** What is true of every result of the compiler, whatever the spec was. */
import type { CompileResult } from '../../../src/compiler/compile-result.ts'
import type { Diagnostic, Location, Position } from '../../../src/spec/diagnostic.ts'
import type { Files } from './specimens.ts'

/** What is wrong with a result; nothing when all is well. */
export function complaintsAbout(result: CompileResult, files: Files): readonly string[] {
  const hasError = result.diagnostics.some(({ severity }) => severity === 'error')
  return [
    ...(result.ok === hasError ? [`ok is ${result.ok}, and there is ${hasError ? 'an' : 'no'} error`] : []),
    ...result.diagnostics.flatMap((diagnostic) => aboutDiagnostic(diagnostic, files)),
    ...result.diagnostics.slice(1).flatMap((diagnostic, index) => {
      const before = result.diagnostics[index]
      return before === undefined || isInOrder(before, diagnostic, result.files)
        ? []
        : [`${render(diagnostic)} comes after ${render(before)}`]
    }),
    ...(result.ok && !/^sha256:[\da-f]{64}$/.test(result.hash) ? [`the hash is ${result.hash}`] : []),
  ]
}

function aboutDiagnostic(diagnostic: Diagnostic, files: Files): readonly string[] {
  const text = textOf(diagnostic.file, files)
  const edits = (diagnostic.fix?.edits ?? []).toSorted((a, b) => a.start - b.start)
  const wrong = [
    ...[diagnostic, ...(diagnostic.related ?? [])].flatMap((location) => aboutLocation(location, files)),
    ...edits
      .filter(({ start, end }) => !(isOffset(start, text) && isOffset(end, text) && start <= end))
      .map(({ start, end }) => `its fix edits from ${start} to ${end}`),
    ...edits
      .filter(({ start }, index) => start < (edits[index - 1]?.end ?? 0))
      .map(() => 'its edits overlap'),
    ...(/^AS\d{4}$/.test(diagnostic.code) ? [] : ['its code is none']),
    ...(/^(?:\/|$)/.test(diagnostic.pointer) ? [] : [`its pointer is ${diagnostic.pointer}`]),
    ...(diagnostic.message.trim() === '' ? ['it says nothing'] : []),
  ]
  return wrong.map((what) => `${render(diagnostic)}: ${what}`)
}

function aboutLocation({ file, start, end }: Location, files: Files): readonly string[] {
  if (!Object.hasOwn(files, file)) return [`there is no file ${file}`]
  const text = textOf(file, files)
  const wrong = [start, end].filter((position) => !isPosition(position, text))
  return [
    ...wrong.map(
      (position) => `${JSON.stringify(position)} is no place in ${file} (${text.length} characters)`,
    ),
    ...(start.offset > end.offset ? ['it ends before it starts'] : []),
  ]
}

function isPosition({ line, column, offset }: Position, text: string): boolean {
  if (!isOffset(offset, text)) return false
  const before = text.slice(0, offset)
  return line === before.split('\n').length && column === offset - before.lastIndexOf('\n')
}

function isOffset(offset: number, text: string): boolean {
  return Number.isInteger(offset) && offset >= 0 && offset <= text.length
}

/** By file in reading order, then by place, then by code; and no finding twice. */
function isInOrder(a: Diagnostic, b: Diagnostic, order: readonly string[]): boolean {
  const steps = [
    order.indexOf(b.file) - order.indexOf(a.file),
    b.start.offset - a.start.offset,
    b.end.offset - a.end.offset,
    a.code === b.code ? 0 : a.code < b.code ? 1 : -1,
  ]
  const first = steps.find((step) => step !== 0)
  return first === undefined ? a.message !== b.message : first > 0
}

/** Offsets count from behind a byte order mark. */
function textOf(file: string, files: Files): string {
  return (files[file] ?? '').replace(/^\uFEFF/, '')
}

function render({ file, start, code, message }: Diagnostic): string {
  return `${file}:${start.line}:${start.column} ${code} ${message.slice(0, 200)}`
}
