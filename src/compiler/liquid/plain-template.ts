/** Reads templates that do no more than name variables, `{{ context.tier }}`, without the template library. */
import type { TemplateVariable } from './template-variables.ts'

/**
 * The variables of a template without tags, filters and anything else that takes the library, as the library finds
 * them; undefined for any other template, right or wrong.
 */
export function plainVariables(text: string): readonly TemplateVariable[] | undefined {
  if (text.includes('{%') || text.length > maxLength) return undefined
  const output = /(\{\{\s*)([a-zA-Z]\w*(?:\.[a-zA-Z]\w*)*)\s*\}\}/y
  const variables: TemplateVariable[] = []
  for (let at = text.indexOf('{{'); at !== -1; at = text.indexOf('{{', output.lastIndex)) {
    output.lastIndex = at
    const [, opening = '', name] = output.exec(text) ?? []
    if (name === undefined || reserved.has(name.split('.', 1)[0] ?? '')) return undefined
    const start = at + opening.length
    variables.push({ path: name.split('.'), start, end: start + name.length })
  }
  return variables
}

const maxLength = 100_000

/** Words that mean something else where a variable may stand. */
const reserved: ReadonlySet<string> = new Set([
  'true',
  'false',
  'nil',
  'null',
  'empty',
  'blank',
  'and',
  'or',
  'not',
  'contains',
])
