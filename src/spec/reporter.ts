/** Collects diagnostics: the one way in which any stage of the compiler says that something is wrong. */
import type { CodeRow } from './codes/code-row.ts'
import type { Diagnostic, Fix, Location, RelatedPlace } from './diagnostic.ts'
import { diagnosticCodes } from './diagnostic-codes.ts'
import type { DiagnosticArgs, DiagnosticCode } from './diagnostic-codes.ts'

export interface DiagnosticDetails {
  readonly pointer?: string
  readonly fix?: Fix | undefined
  readonly related?: readonly RelatedPlace[]
}

/** Reports a finding of a known code at a place. */
export type Report = <Code extends DiagnosticCode>(
  code: Code,
  args: DiagnosticArgs<Code>,
  location: Location,
  details?: DiagnosticDetails,
) => void

export interface Reporter {
  readonly report: Report
  /** Takes a finding that is already worded. */
  readonly add: (diagnostic: Diagnostic) => void
  readonly diagnostics: readonly Diagnostic[]
}

/** Makes an empty reporter. */
export function createReporter(): Reporter {
  const diagnostics: Diagnostic[] = []
  const add = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic)
  }
  const report: Report = (code, args, location, details) => add(makeDiagnostic(code, args, location, details))
  return { report, add, diagnostics }
}

function makeDiagnostic<Code extends DiagnosticCode>(
  code: Code,
  args: DiagnosticArgs<Code>,
  location: Location,
  details: DiagnosticDetails = {},
): Diagnostic {
  const row: CodeRow<DiagnosticArgs<Code>> = diagnosticCodes[code]
  const hint = row.hint?.(args)
  return {
    code,
    severity: row.severity,
    message: row.message(args),
    ...(hint === undefined ? {} : { hint }),
    ...location,
    pointer: details.pointer ?? '',
    ...(details.fix === undefined ? {} : { fix: details.fix }),
    ...(details.related === undefined || details.related.length === 0 ? {} : { related: details.related }),
  }
}
