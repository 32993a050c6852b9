/** Every place where a spec names a definition. */
import type { Path } from '../../spec/path.ts'
import type { Json } from '../../util/json.ts'
import { findPlaces, patterns } from '../resolve/places.ts'
import type { Pattern } from '../resolve/places.ts'
import { suggest } from '../../util/suggest.ts'
import type { Scope, Section } from './scope.ts'

export interface NameReference {
  readonly section: Section
  readonly name: string
  readonly path: Path
}

const referencePlaces: readonly (readonly [Section, readonly Pattern[]])[] = [
  [
    'agents',
    patterns(
      'entry',
      'agents.*.handoffs.*',
      'agents.*.handoffs.*.agent',
      'TOOL.agent',
      'guardrails.*.agent',
      'approvals.rules.*.agent',
    ),
  ],
  ['tools', patterns('agents.*.tools.*')],
  ['models', patterns('agents.*.model', 'defaults.model', 'models.*.fallback.*')],
  ['mcp_servers', patterns('agents.*.mcp_servers.*', 'agents.*.instructions.mcp_prompt.server')],
  [
    'guardrails',
    patterns(
      'agents.*.input_guardrails.*',
      'agents.*.output_guardrails.*',
      'TOOL.input_guardrails.*',
      'TOOL.output_guardrails.*',
      'run.input_guardrails.*',
      'run.output_guardrails.*',
    ),
  ],
]

/**
 * The names a spec uses, with their places. A model may also be given as `provider/model`, and a name may be known only
 * when it is interpolated: neither is a reference.
 */
export function findNameReferences(spec: Json): readonly NameReference[] {
  return referencePlaces.flatMap(([section, wanted]) =>
    findPlaces(spec, wanted).flatMap(({ path, value }) =>
      typeof value === 'string' && isName(section, value) ? [{ section, name: value, path }] : [],
    ),
  )
}

/**
 * The definitions a spec uses: its references, a misspelt one counted for the definition it probably means, so that one
 * typo does not make that definition seem unused as well.
 */
export function findUses(references: readonly NameReference[], scope: Scope): readonly NameReference[] {
  return references.map((reference) => {
    if (scope.isDeclared(reference.section, reference.name)) return reference
    const known = scope.names(reference.section)
    return { ...reference, name: suggest(reference.name, known) ?? reference.name }
  })
}

function isName(section: Section, text: string): boolean {
  return !text.includes('${') && !(section === 'models' && text.includes('/'))
}
