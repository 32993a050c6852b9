/**
 * What a turn is given before the model is asked: which tools and handoffs it offers, and the instructions a handler
 * makes, and what it merges of the session and the input. Journaled with `turn.started`, so that the rest of the turn, in whichever process, sees the same.
 */
import type { AgentDefinition, HandlerReference } from '../../compiler/program.ts'
import { RunFailure } from '../failures.ts'
import { canonicalJson } from '../../util/canonical-json.ts'
import { frameAt } from '../state/run-state.ts'
import type { EventPayloads } from '../state/events.ts'
import type { OfferedMcpTool } from '../state/mcp-tools.ts'
import { agentOf, toolsOf } from '../tools/resolve-call.ts'
import { callHandler } from './call-handler.ts'
import { mergeInput } from './merge-input.ts'
import type { RunContext } from './run-context.ts'

/**
 * A condition that cannot be evaluated offers nothing: what is in doubt is not offered.
 *
 * @throws RunFailure `handler_failed`: a handler threw, or gave something else than it should.
 */
export async function prepareTurn(
  run: RunContext,
  agentName: string,
): Promise<Pick<EventPayloads['turn.started'], 'disabled' | 'instructions' | 'mcp_tools' | 'merged'>> {
  const agent = agentOf(run.spec.program, agentName)
  const [disabled, instructions, tools, merged] = await Promise.all([
    disabledNames(run, agentName, agent),
    dynamicInstructions(run, agentName, agent),
    serverTools(run, agentName, agent),
    mergeInput(run, agentName),
  ])
  return {
    ...(disabled.length === 0 ? {} : { disabled }),
    ...(instructions === null ? {} : { instructions }),
    ...(tools === null ? {} : { mcp_tools: tools }),
    ...(merged === null ? {} : { merged }),
  }
}

/** What the agent's MCP servers offer; `null`: the same as in the frame's turn before. */
async function serverTools(
  run: RunContext,
  name: string,
  agent: AgentDefinition,
): Promise<readonly OfferedMcpTool[] | null> {
  const { session, run_id } = run.writer.state
  const context = run.spec.reveal(run.writer.state.context)
  const before = frameAt(run.writer.state, run.path).mcp_tools
  if (agent.mcp_servers.length === 0) return before.length === 0 ? null : []
  const scope = { run_id, agent: name, session_id: session?.id ?? null, context }
  const tools = await run.mcp.offer(scope, run.signal)
  return canonicalJson(tools) === canonicalJson(before) ? null : tools
}

/** Something the model could call, and whether it may. */
interface Offer {
  readonly name: string
  readonly enabled: boolean | string | HandlerReference
}

async function disabledNames(
  run: RunContext,
  agentName: string,
  agent: AgentDefinition,
): Promise<readonly string[]> {
  const tools = toolsOf(run.spec.program, agent).map(([, tool]): Offer => tool)
  const handoffs = agent.handoffs.map(({ tool_name, enabled }): Offer => ({ name: tool_name, enabled }))
  const offers = [...tools, ...handoffs].filter(({ enabled }) => typeof enabled !== 'boolean')
  const verdicts = await Promise.all(offers.map((offer) => isEnabled(run, agentName, offer)))
  return offers.filter((_, index) => verdicts[index] === false).map(({ name }) => name)
}

async function isEnabled(run: RunContext, agent: string, { name, enabled }: Offer): Promise<boolean> {
  if (typeof enabled === 'boolean') return enabled
  if (typeof enabled === 'string') return holds(run, enabled, { agent, tool: name })
  const about = { what: `enabled of ${name}`, agent }
  const verdict = await callHandler(run, enabled.handler, about, (ctx) => [{ ...ctx, tool: name }])
  if (typeof verdict === 'boolean') return verdict
  throw unexpected(agent, `enabled of ${name}`, enabled, `${typeof verdict}, not true or false`)
}

async function holds(
  run: RunContext,
  condition: string,
  names: { readonly agent: string; readonly tool: string },
): Promise<boolean> {
  const { session } = run.writer.state
  const context = run.spec.reveal(run.writer.state.context)
  try {
    return await run.spec.condition(
      condition,
      { about: 'turn' },
      { context, ...names, session_id: session?.id ?? null },
    )
  } catch {
    return false
  }
}

async function dynamicInstructions(
  run: RunContext,
  agent: string,
  { instructions }: AgentDefinition,
): Promise<string | null> {
  if (instructions === undefined) return null
  if ('mcp_prompt' in instructions) {
    return run.spec.redactor.text(await run.mcp.prompt(instructions.mcp_prompt, run.signal))
  }
  if (!('handler' in instructions)) return null
  const what = `instructions of ${agent}`
  const text = await callHandler(run, instructions.handler, { what, agent }, (ctx) => [ctx])
  if (typeof text === 'string') return run.spec.redactor.text(text)
  throw unexpected(agent, what, instructions, `${typeof text}, not a text`)
}

function unexpected(agent: string, what: string, { handler }: HandlerReference, got: string): RunFailure {
  return new RunFailure({ code: 'handler_failed', message: `${what} (${handler}) returned ${got}`, agent })
}
