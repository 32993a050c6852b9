/** Secrets come from the environment, never from the text of a spec. */
import type { Path } from '../../spec/path.ts'
import type { Json } from '../../util/json.ts'
import { findPlaces, patterns } from '../resolve/places.ts'
import type { RuleContext } from './rule-context.ts'

const secretPlaces = patterns(
  'models.*.api_key',
  'mcp_servers.*.authorization',
  'TOOL.authorization',
  'session.encryption.key',
)

const headerPlaces = patterns(
  'models.*.headers.*',
  'models.*.settings.extra_headers.*',
  'agents.*.model_settings.extra_headers.*',
  'defaults.model_settings.extra_headers.*',
  'mcp_servers.*.headers.*',
  'TOOL.headers.*',
)

/** The value itself is never part of a message. */
export function literalSecrets(context: RuleContext): void {
  for (const { path, value } of findPlaces(context.document.value, secretPlaces))
    reportLiteral(context, path, value)
  for (const { path, value } of findPlaces(context.document.value, headerPlaces)) {
    if (/^authorization$|-(?:key|token)$/i.test(String(path.at(-1)))) reportLiteral(context, path, value)
  }
}

/** A text that is interpolated, or filled in as a template, is not literal; an empty one is no secret. */
function reportLiteral(context: RuleContext, path: Path, value: Json): void {
  if (typeof value !== 'string' || value === '' || value.includes('${') || value.includes('{{')) return
  context.report('AS4016', { key: String(path.at(-1)) }, { path })
}
