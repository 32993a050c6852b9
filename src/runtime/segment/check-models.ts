/** Whether the models can be used that a run may come to: asked before anything of it is journaled. */
import type { Program } from '../../compiler/program.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { RunOptions } from '../state/events.ts'
import { agentOf, toolsOf } from '../tools/resolve-call.ts'

/**
 * Prepares the models of these agents, and of all they can hand over to or call.
 *
 * @throws UsageFailure for the first one that cannot be used: a package or a key that is missing, a wrong address.
 */
export async function checkModels(
  spec: LinkedSpec,
  agents: readonly string[],
  options: RunOptions,
): Promise<void> {
  for (const agent of reachableAgents(spec.program, agents)) await spec.models(agent, options)
}

/** In the order in which they are met; a set that grows while it is walked is walked to its end. */
function reachableAgents(program: Program, from: readonly string[]): ReadonlySet<string> {
  const found = new Set(from)
  for (const name of found) {
    const agent = agentOf(program, name)
    for (const handoff of agent.handoffs) found.add(handoff.agent)
    for (const [, tool] of toolsOf(program, agent)) if (tool.type === 'agent') found.add(tool.agent)
  }
  return found
}
