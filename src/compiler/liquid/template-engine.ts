/** Liquid templates: checked when a spec is compiled, rendered when it runs. They see the data they are given, nothing else. */
import { Liquid, type Template } from 'liquidjs'
import { issueOf, type TemplateIssue } from './template-issue.ts'
import { variablesOf, type TemplateVariable } from './template-variables.ts'

/** What is known of a template without rendering it. */
export interface CheckedTemplate {
  readonly issues: readonly TemplateIssue[]
  /** Every use of a variable that the template does not itself assign. Empty when there are issues. */
  readonly variables: readonly TemplateVariable[]
}

export interface TemplateEngine {
  /** Reads a template; mistakes are data. */
  check(text: string): CheckedTemplate
  /**
   * Renders a template. What the scope does not have is empty; an object becomes its JSON, a list its items one after
   * another. Only own properties count.
   *
   * @throws TemplateError for a template with a mistake, a filter that fails, and one that takes too much time (5 s)
   *   or memory.
   */
  render(text: string, scope: Readonly<Record<string, unknown>>): string
}

/** A template cannot be rendered. The message says where. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

/** Characters of a template; milliseconds, and characters made, of one rendering. */
const parseLimit = 4 * 1024 * 1024
const renderLimit = 5000
const memoryLimit = 32 * 1024 * 1024

/** Templates kept ready: a spec has few, but a caller may make them up. */
const maxKept = 200

/** Creates an engine with a cache of its own. `encode` makes every value that is put in fit its place, without exception. */
export function createTemplateEngine(encode?: (text: string) => string): TemplateEngine {
  const liquid = createLiquid(encode)
  const kept = new Map<string, Template[]>()
  const parse = (text: string): Template[] => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const parsed = liquid.parse(text)
    if (kept.size >= maxKept) kept.clear()
    kept.set(text, parsed)
    return parsed
  }
  return {
    check: (text) => checkTemplate(liquid, text),
    render: (text, scope) => {
      try {
        const rendered: unknown = liquid.renderSync(parse(text), { ...scope })
        return String(rendered)
      } catch (error) {
        throw new TemplateError(`The template cannot be rendered: ${describe(liquid, error, text)}`, {
          cause: error,
        })
      }
    },
  }
}

/** Tags that read other templates: there are none to read. */
const fileTags = ['include', 'render', 'layout', 'block']

function createLiquid(encode: ((text: string) => string) | undefined): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    relativeReference: false,
    // Dates are written the same on every machine. (Asking for the machine's own language would take 10 ms, too.)
    locale: 'en-US',
    templates: {},
    outputEscape: encode === undefined ? toText : (value: unknown) => encode(toText(value)),
    parseLimit,
    renderLimit,
    memoryLimit,
  })
  for (const name of fileTags) delete liquid.tags[name]
  // The library's own `raw` would let a value through as it is.
  if (encode !== undefined) liquid.registerFilter('raw', (value: unknown) => value)
  return liquid
}

/** Liquid's own text for an object is of no use to a reader. */
function toText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'string') return String(value)
  return Array.isArray(value) ? value.map(toText).join('') : JSON.stringify(value)
}

/** An unknown filter does not hide the next mistake: its place is blanked out and the rest is read again. */
function checkTemplate(liquid: Liquid, text: string): CheckedTemplate {
  const issues: TemplateIssue[] = []
  let rest = text
  while (issues.length < 20) {
    try {
      const templates = liquid.parse(rest)
      const variables =
        issues.length > 0 ? [] : variablesOf(liquid.analyzeSync(templates, { partials: false }), text)
      return { issues, variables }
    } catch (error) {
      const { issue, blank } = issueOf(error, text, liquid)
      issues.push(issue)
      if (blank === undefined) break
      rest = rest.slice(0, blank.start) + ' '.repeat(blank.end - blank.start) + rest.slice(blank.end)
    }
  }
  return { issues, variables: [] }
}

function describe(liquid: Liquid, error: unknown, text: string): string {
  const { issue } = issueOf(error, text, liquid)
  const line = text.slice(0, issue.start).split('\n').length
  return `line ${line}: ${issue.message}`
}
