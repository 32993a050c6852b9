/** Diagnostics as a SARIF 2.1.0 log, which code scanning and editors read. */
import { isDiagnosticCode } from '../../compiler/explain/explain-code.ts'
import type { Diagnostic, Fix, Location, Position, Severity } from '../../spec/diagnostic.ts'
import { diagnosticCodes } from '../../spec/diagnostic-codes.ts'
import { createSource } from '../../spec/source.ts'
import { artifactLocation, BASE_ID, folderUri } from './artifact-uri.ts'
import type { TextOf } from './pretty.ts'

/** A diagnostic, and the texts of the files it is about: a fix is left out where there is no text. */
export interface SarifFinding {
  readonly diagnostic: Diagnostic
  readonly textOf: TextOf
}

export interface SarifOptions {
  /** Absolute: what the names of files are relative to. */
  readonly cwd: string
  /** The version of agentspec. */
  readonly version: string
}

/** An object of the log. */
type Sarif = Readonly<Record<string, unknown>>

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'

/** A log with one run: its rules are the codes that were found. */
export function sarifLog(findings: readonly SarifFinding[], { cwd, version }: SarifOptions): Sarif {
  const codes = [...new Set(findings.map(({ diagnostic }) => diagnostic.code))].toSorted()
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'agentspec', semanticVersion: version, rules: codes.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [BASE_ID]: { uri: folderUri(cwd) } },
        results: findings.map((finding) => resultOf(finding, codes, cwd)),
      },
    ],
  }
}

/** The levels of SARIF. */
const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' }

function ruleOf(code: string): Sarif {
  if (!isDiagnosticCode(code)) return { id: code }
  const { title, severity, wrong, right } = diagnosticCodes[code]
  const explained = `"agentspec explain ${code}" says more.`
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: `${title}. ${explained}` },
    defaultConfiguration: { level: LEVELS[severity] },
    help: {
      text: `${title}.\n\nWrong:\n\n${wrong}\nRight:\n\n${right}`,
      markdown: `${title}.\n\nWrong:\n\n${fenced(wrong)}\n\nRight:\n\n${fenced(right)}`,
    },
  }
}

/** A block of code, fenced by more backticks than it has in a row. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}yaml\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`
}

function resultOf({ diagnostic, textOf }: SarifFinding, codes: readonly string[], cwd: string): Sarif {
  const { code, severity, message, hint, pointer, related = [], fix } = diagnostic
  const text = fix === undefined ? undefined : textOf(diagnostic.file)
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVELS[severity],
    message: { text: hint === undefined ? message : `${message} ${hint}` },
    locations: [
      {
        ...physical(diagnostic, cwd),
        ...(pointer === '' ? {} : { logicalLocations: [{ fullyQualifiedName: pointer }] }),
      },
    ],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((place, id) => ({
            id,
            ...physical(place, cwd),
            message: { text: place.message },
          })),
        }),
    ...(fix === undefined || text === undefined
      ? {}
      : { fixes: [fixOf(fix, { file: diagnostic.file, text, cwd })] }),
  }
}

function physical({ file, start, end }: Location, cwd: string): Sarif {
  return {
    physicalLocation: { artifactLocation: artifactLocation(cwd, file), region: region(start, end) },
  }
}

/** The end column of SARIF is that after the last character, too. */
function region(start: Position, end: Position): Sarif {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column }
}

function fixOf(
  { description, edits }: Fix,
  { file, text, cwd }: { readonly file: string; readonly text: string; readonly cwd: string },
): Sarif {
  const source = createSource(file, file, text)
  const replacements = edits.map((edit) => ({
    deletedRegion: region(source.positionAt(edit.start), source.positionAt(edit.end)),
    insertedContent: { text: edit.text },
  }))
  return {
    description: { text: description },
    artifactChanges: [{ artifactLocation: artifactLocation(cwd, file), replacements }],
  }
}
