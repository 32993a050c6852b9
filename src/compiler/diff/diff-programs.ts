/** Compares two specs by meaning. */
import { canonicalJson } from '../../util/canonical-json.ts'
import type { Program } from '../program.ts'
import { byClass } from './change.ts'
import type { Change } from './change.ts'
import { diffAgents } from './diff-agents.ts'
import { diffServers } from './diff-servers.ts'
import { diffGuardrails, diffModels, diffSettings, diffUnusedModules } from './diff-settings.ts'
import { diffTools } from './diff-tools.ts'
import { createSides } from './sides.ts'

/**
 * Every change from an older spec to a newer one, the worst first. Empty exactly when the two are equal, and so have the
 * same hash. The class of the whole is the worst of its changes.
 */
export function diffPrograms(older: Program, newer: Program): readonly Change[] {
  if (canonicalJson(older) === canonicalJson(newer)) return []
  const sides = createSides(older, newer)
  const changes = [
    ...diffAgents(sides),
    ...diffTools(sides),
    ...diffServers(sides),
    ...diffSettings(sides),
    ...diffModels(sides),
    ...diffGuardrails(sides),
    ...diffUnusedModules(sides),
  ]
  return changes.sort(byClass)
}
