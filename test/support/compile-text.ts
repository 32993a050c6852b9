/** Compiles a spec given as text: the first file is `spec.yaml`, others follow after lines `=== path`. */
import { compileSpec } from '../../src/compiler/compile.ts'
import type { CompileInput } from '../../src/compiler/compile.ts'
import type { CompileResult } from '../../src/compiler/compile-result.ts'
import type { Program } from '../../src/compiler/program.ts'
import type { Diagnostic } from '../../src/spec/diagnostic.ts'
import { memoryLoader } from './memory-loader.ts'

type Options = Pick<CompileInput, 'environment'>

export async function compileText(text: string, options: Options = {}): Promise<CompileResult> {
  return await compileSpec({
    ...options,
    loader: memoryLoader(splitFiles(text)),
    rootFile: 'spec.yaml',
    baseDir: '/spec',
    displayName: (path) => path,
  })
}

/** The Program of a spec that is right; the diagnostics in the message of an error when it is not. */
export async function programOf(text: string, options: Options = {}): Promise<Program> {
  const result = await compileText(text, options)
  if (result.ok) return result.program
  throw new Error(`the spec does not compile:\n${result.diagnostics.map(renderDiagnostic).join('\n')}`)
}

/** `spec.yaml:3:5 error AS3001 Unknown agent "x".` */
export function renderDiagnostic({ file, start, severity, code, message }: Diagnostic): string {
  return `${file}:${start.line}:${start.column} ${severity} ${code} ${message}`
}

/** The files of a text with `=== path` lines. */
export function splitFiles(text: string): Record<string, string> {
  const [root = '', ...others] = text.split(/^=== /m)
  const files: Record<string, string> = { 'spec.yaml': root }
  for (const other of others) {
    const end = other.indexOf('\n')
    files[other.slice(0, end)] = other.slice(end + 1)
  }
  return files
}
