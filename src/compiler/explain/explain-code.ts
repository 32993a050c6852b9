/** What a diagnostic code means, with the finding that its own wrong example gives. */
import type { Diagnostic, Severity } from '../../spec/diagnostic.ts'
import { diagnosticCodes } from '../../spec/diagnostic-codes.ts'
import type { DiagnosticCode } from '../../spec/diagnostic-codes.ts'
import { compileSpec } from '../compile.ts'
import type { ReadProblem, SpecLoader } from '../loader.ts'

/** A file of an example. */
export interface ExampleFile {
  readonly path: string
  readonly text: string
}

export interface CodeExplanation {
  readonly code: DiagnosticCode
  readonly severity: Severity
  readonly title: string
  /** What the wrong example gives. */
  readonly finding: Diagnostic | undefined
  /** The spec first. */
  readonly wrong: readonly ExampleFile[]
  readonly right: readonly ExampleFile[]
}

/** Every code, in the order of their numbers. */
export function allCodes(): readonly DiagnosticCode[] {
  return Object.keys(diagnosticCodes).filter(isDiagnosticCode).toSorted()
}

/** True for a code of the table. */
export function isDiagnosticCode(code: string): code is DiagnosticCode {
  return Object.hasOwn(diagnosticCodes, code)
}

/** Compiles the wrong example of a code to show what it gives. */
export async function explainCode(code: DiagnosticCode): Promise<CodeExplanation> {
  const { title, severity, wrong, right } = diagnosticCodes[code]
  const files = exampleFiles(wrong)
  const { diagnostics } = await compileSpec({
    loader: exampleLoader(files, ABOUT_THE_FILE[code]),
    rootFile: ROOT,
    baseDir: '/example',
    displayName: (path) => path,
    environment: {},
  })
  const finding = diagnostics.find((diagnostic) => diagnostic.code === code)
  return { code, severity, title, finding, wrong: files, right: exampleFiles(right) }
}

const ROOT = 'spec.yaml'

/** Codes about a file as a whole, which no text can show: what reading it says instead. */
const ABOUT_THE_FILE: Readonly<Partial<Record<DiagnosticCode, ReadProblem>>> = {
  AS1011: 'too_large',
  AS1027: 'not_found',
}

/** The files of an example: the spec, then those after a line `=== path` each. */
function exampleFiles(example: string): readonly ExampleFile[] {
  const [root = '', ...others] = example.split(/^=== /m)
  const files = others.map((part) => {
    const end = part.indexOf('\n')
    return { path: part.slice(0, end), text: part.slice(end + 1) }
  })
  return [{ path: ROOT, text: root }, ...files]
}

function exampleLoader(files: readonly ExampleFile[], problem: ReadProblem | undefined): SpecLoader {
  return {
    readText: async (path) => {
      const file = files.find((one) => one.path === path)
      if (problem !== undefined) return { ok: false, problem }
      if (file !== undefined) return { ok: true, text: file.text }
      const isFolder = files.some((one) => one.path.startsWith(`${path}/`))
      return { ok: false, problem: isFolder ? 'not_a_file' : 'not_found' }
    },
    list: async (folder) => {
      const prefix = folder === '.' ? '' : `${folder}/`
      const inside = files.filter((one) => one.path.startsWith(prefix))
      return [...new Set(inside.map((one) => one.path.slice(prefix.length).split('/')[0] ?? ''))]
    },
  }
}
