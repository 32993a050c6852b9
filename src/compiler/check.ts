/** Checks the meaning of a spec: runs every rule over it. */
import type { SpecDocument } from '../spec/document.ts'
import type { Report } from '../spec/reporter.ts'
import { rules } from './rules/index.ts'
import { createRuleContext } from './rules/rule-context.ts'
import type { CheckOptions } from './rules/rule-context.ts'
import { createScope } from './rules/scope.ts'

/** Every rule runs, whatever the others find. Parts of a wrong shape are for validation to report; rules skip them. */
export function checkSpec(document: SpecDocument, options: CheckOptions, report: Report): void {
  const context = createRuleContext(document, createScope(document), options, report)
  for (const rule of rules) rule(context)
}
