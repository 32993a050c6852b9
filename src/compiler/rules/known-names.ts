/** Every agent, tool, model, MCP server and guardrail that is named is declared. */
import type { DiagnosticCode } from '../../spec/diagnostic-codes.ts'
import { suggest } from '../../util/suggest.ts'
import { replaceText } from '../replace-text.ts'
import type { RuleContext } from './rule-context.ts'
import type { Section } from './scope.ts'

const codes: Readonly<
  Record<Section, DiagnosticCode & ('AS3001' | 'AS3002' | 'AS3003' | 'AS3004' | 'AS3005')>
> = {
  agents: 'AS3001',
  tools: 'AS3002',
  models: 'AS3003',
  mcp_servers: 'AS3004',
  guardrails: 'AS3005',
}

export function knownNames(context: RuleContext): void {
  if (!context.complete) return
  for (const { section, name, path } of context.references) {
    if (context.scope.isDeclared(section, name)) continue
    const known = context.scope.names(section)
    const suggestion = suggest(name, known)
    const related =
      suggestion === undefined
        ? []
        : [
            {
              ...context.locate({ path: [section, suggestion], part: 'key' }),
              message: `"${suggestion}" is declared here`,
            },
          ]
    const fix = replaceText(context.document.entryAt(path)?.node, suggestion)
    context.report(codes[section], { name, suggestion, known }, { path }, { fix, related })
  }
}
