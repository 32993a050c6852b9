/** The connections to MCP servers made meanwhile, as events for whoever watches; lists of tools are for observers alone. */
import type { StreamedEvent } from '../state/stream-events.ts'
import { pathOf } from './run-context.ts'
import type { RunContext } from './run-context.ts'

export function mcpConnections(run: RunContext): readonly StreamedEvent[] {
  const { writer, clock, mcp } = run
  for (const listing of mcp.takeListings()) run.observer?.listed(run.path, listing)
  const stamp = { run_id: writer.state.run_id, at: clock.now().toISOString(), ...pathOf(run) }
  return mcp.takeConnected().map((connected) => ({ ...stamp, ...connected }))
}
