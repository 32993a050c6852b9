/** Finds every handler reference, `./file.ts#export`, and makes its path relative to the root spec's folder. */
import type { SpecDocument } from '../../spec/document.ts'
import type { Fix, Location } from '../../spec/diagnostic.ts'
import { toPointer } from '../../spec/path.ts'
import type { Report } from '../../spec/reporter.ts'
import { isJsonObject } from '../../util/json.ts'
import { valueAt } from '../../spec/document.ts'
import { replaceText } from '../replace-text.ts'
import { resolvePath } from './paths.ts'
import { findPlaces, patterns } from './places.ts'
import type { Found } from './places.ts'
import type { Replacement } from './rewrite.ts'

/** A function of a module that the spec names. */
export interface HandlerUse {
  readonly path: string
  /** The path as written. */
  readonly written: string
  readonly exportName: string
  readonly location: Location
  readonly pointer: string
  /** The place of a piece of the reference, by offsets into it. */
  readonly locationWithin: (start: number, end: number) => Location
  /** Puts another path in its place. */
  readonly replace: (path: string) => Fix | undefined
}

export interface ResolvedHandlers {
  readonly replacements: readonly Replacement[]
  readonly uses: readonly HandlerUse[]
}

const handlerPlaces = patterns(
  'agents.*.instructions.handler',
  'agents.*.mcp_config.failure_error_function.handler',
  'agents.*.handoffs.*.on_handoff.handler',
  'agents.*.handoffs.*.input_filter.handler',
  'agents.*.tool_use_behavior.handler',
  'TOOL.handler',
  'TOOL.enabled.handler',
  'TOOL.failure_error_function.handler',
  'TOOL.needs_approval.handler',
  'TOOL.needs_approval.*.handler',
  'TOOL.on_approval.handler',
  'TOOL.on_safety_check.handler',
  'TOOL.output.handler',
  'defaults.tools.failure_error_function.handler',
  'defaults.mcp_servers.failure_error_function.handler',
  'defaults.mcp_servers.require_approval.handler',
  'mcp_servers.*.require_approval.handler',
  'mcp_servers.*.tool_filter.handler',
  'mcp_servers.*.failure_error_function.handler',
  'mcp_servers.*.tool_meta.handler',
  'guardrails.*.handler',
  'approvals.rejection_message.handler',
  'approvals.notify.handler',
  'session.store.handler',
  'session.input_callback.handler',
  'run.on_error.*.handler',
  'run.handoff_input_filter.handler',
  'run.call_model_input_filter.handler',
)

/** Reports references that leave the folder; the modules themselves are read elsewhere. */
export function resolveHandlers(document: SpecDocument, report: Report): ResolvedHandlers {
  const replacements: Replacement[] = []
  const uses: HandlerUse[] = []
  for (const found of findPlaces(document.value, handlerPlaces)) {
    const { path: place, value } = found
    if (typeof value !== 'string' || isToolNamedHandler(document, found)) continue
    const location = document.rangeAt(place, 'value')
    const pointer = toPointer(place)
    const hash = value.lastIndexOf('#')
    // Validation reports a reference that is not of this form.
    if (hash <= 0 || hash === value.length - 1) continue
    const written = value.slice(0, hash)
    const exportName = value.slice(hash + 1)
    const resolved = resolvePath(document.sourceAt(place).path, written)
    if (!resolved.ok) {
      report('AS3011', { path: written, why: resolved.why }, location, { pointer })
      continue
    }
    const { path } = resolved
    const locationWithin = (start: number, end: number): Location => document.rangeWithin(place, start, end)
    replacements.push({ path: place, value: `${path}#${exportName}` })
    const replace = (text: string): Fix | undefined =>
      replaceText(document.entryAt(place)?.node, `${text}#${exportName}`)
    uses.push({ path, written, exportName, location, pointer, locationWithin, replace })
  }
  return { replacements, uses }
}

/** `require_approval` and `tool_meta` may be maps, in which `handler` can be the name of a tool or a field. */
function isToolNamedHandler(document: SpecDocument, { path, value }: Found): boolean {
  const key = path.at(-2)
  if (key !== 'require_approval' && key !== 'tool_meta') return false
  const parent = valueAt(document.value, path.slice(0, -1))
  const others = isJsonObject(parent) ? Object.keys(parent).filter((name) => !name.startsWith('x-')) : []
  return others.length > 1 || typeof value !== 'string' || !value.includes('#')
}
