/** Text of a YAML file → a document with places, the fast way where that is possible. */
import type { Report } from '../../spec/reporter.ts'
import type { Source } from '../../spec/source.ts'
import type { ParsedYaml } from './parse-yaml.ts'
import { readPlainYaml } from './plain/plain-yaml.ts'

/** Gives and reports what `parseYaml` does. The YAML library is loaded only for a text that takes it. */
export async function readYaml(source: Source, report: Report): Promise<ParsedYaml> {
  const document = readPlainYaml(source)
  if (document !== undefined) return { document, ignores: [] }
  const { parseYaml } = await import('./parse-yaml.ts')
  return parseYaml(source, report)
}
