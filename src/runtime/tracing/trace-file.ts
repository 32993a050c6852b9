/**
 * A file that spans are appended to, a line of OTLP JSON for each batch: the format that the OpenTelemetry Collector's
 * `otlpjsonfile` receiver reads. Only files that are traces already, or are new, are ever written to.
 */
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, writeSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { messageOf } from '../../util/message-of.ts'

export interface TraceFile {
  /** Absolute. */
  readonly path: string
  /** Appends a line. Throws the errors of the disk. */
  append(line: Uint8Array): void
  close(): void
}

export type OpenedTraceFile =
  | { readonly ok: true; readonly file: TraceFile }
  | { readonly ok: false; readonly problem: string }

/** Opens the file a user names: any place the user may write to. */
export function openTraceFile(path: string): OpenedTraceFile {
  return open(path, 0)
}

/**
 * Opens the file a spec names, which must be inside the spec's folder with every link resolved: a spec is no reason to
 * write to anything else.
 */
export function openSpecTraceFile(folder: string, written: string): OpenedTraceFile {
  if (folder === '') return refused(written, "the spec's folder is not here")
  if (isAbsolute(written)) return refused(written, 'it is an absolute path')
  const path = resolve(folder, written)
  try {
    const root = realpathSync(folder)
    const parent = realpathSync(dirname(path))
    if (isOutside(relative(root, parent))) return refused(written, "it leads out of the spec's folder")
    return open(join(parent, basename(path)), constants.O_NOFOLLOW)
  } catch (error) {
    return refused(written, messageOf(error))
  }
}

function isOutside(way: string): boolean {
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
}

function open(path: string, flags: number): OpenedTraceFile {
  const { O_APPEND, O_CREAT, O_RDWR, O_NONBLOCK } = constants
  let fd: number
  try {
    fd = openSync(path, O_APPEND | O_CREAT | O_RDWR | O_NONBLOCK | flags, 0o600)
  } catch (error) {
    return refused(path, problemOf(error))
  }
  const problem = problemWith(fd)
  if (problem !== null) {
    closeSync(fd)
    return refused(path, problem)
  }
  return { ok: true, file: { path, append: (line) => appendLine(fd, line), close: () => closeSync(fd) } }
}

function problemWith(fd: number): string | null {
  const stat = fstatSync(fd)
  if (!stat.isFile()) return 'it is not a regular file'
  if (stat.nlink > 1) return 'it has another name elsewhere'
  const start = Buffer.alloc(TRACE_START.length)
  const length = readSync(fd, start, 0, start.length, 0)
  return length === 0 || start.toString('utf8') === TRACE_START ? null : 'there is something else in it'
}

const TRACE_START = '{"resourceSpans":'

/** In one write as a rule, so that the lines of two processes do not mix. */
function appendLine(fd: number, line: Uint8Array): void {
  const bytes = Buffer.concat([line, Buffer.from('\n')])
  for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written)
}

function refused(path: string, why: string): OpenedTraceFile {
  return { ok: false, problem: `the trace file ${path} cannot be written: ${why}` }
}

function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such folder'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'EACCES') return 'you have no right to'
  if (code === 'ELOOP') return 'it is a link'
  return messageOf(error)
}
