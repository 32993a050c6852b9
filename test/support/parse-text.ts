/** Parses one YAML text, and renders what was found: `line:column-column CODE message`. */
import { parseYaml } from '../../src/compiler/parse/parse-yaml.ts'
import type { ParsedYaml } from '../../src/compiler/parse/parse-yaml.ts'
import type { Diagnostic } from '../../src/spec/diagnostic.ts'
import { createReporter } from '../../src/spec/reporter.ts'
import { createSource } from '../../src/spec/source.ts'
import type { Source } from '../../src/spec/source.ts'

export interface ParsedText extends ParsedYaml {
  readonly source: Source
  readonly diagnostics: readonly Diagnostic[]
  readonly findings: readonly string[]
}

export function parseText(text: string): ParsedText {
  const source = createSource('spec.yaml', 'spec.yaml', text)
  const reporter = createReporter()
  const parsed = parseYaml(source, reporter.report)
  const findings = reporter.diagnostics.map(
    ({ code, start, message }) => `${start.line}:${start.column} ${code} ${message}`,
  )
  return { ...parsed, source, diagnostics: reporter.diagnostics, findings }
}
