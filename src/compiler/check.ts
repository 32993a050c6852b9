/** Checks the meaning of a spec: runs every rule over it. */
import type { SpecDocument } from '../spec/document.ts'
import type { Report } from '../spec/reporter.ts'
import { rules } from './rules/index.ts'
import { findNameReferences } from './rules/name-references.ts'
import { createRuleContext } from './rules/rule-context.ts'
import type { CheckOptions } from './rules/rule-context.ts'
import { createScope } from './rules/scope.ts'

/** Every rule runs, whatever the others find. Parts of a wrong shape are for validation to report; rules skip them. */
export async function checkSpec(
  document: SpecDocument,
  options: CheckOptions,
  report: Report,
): Promise<void> {
  const scope = createScope(document)
  const references = findNameReferences(document.value)
  const context = createRuleContext({ document, scope, references, ...options }, report)
  for (const rule of rules) await rule(context)
}
