/** What only the Responses API of OpenAI has: hosted tools, stored prompts, conversations that the provider keeps. */
import type { Program } from '../../compiler/program.ts'
import type { ModelDefinition } from '../../compiler/program-models.ts'
import { UsageFailure } from '../failures.ts'
import type { SpecSessions } from '../sessions/spec-sessions.ts'
import type { RunOptions } from '../state/events.ts'
import { agentOf, isHosted, toolsOf } from '../tools/resolve-call.ts'
import { modelDefinition, modelsOf } from './select-model.ts'

/** Scripts answer whatever they are asked. */
export function speaksResponses({ provider, api }: ModelDefinition): boolean {
  return provider === 'scripted' || (provider === 'openai' && api === 'responses')
}

/**
 * Looks at every agent and the model it uses under the options of a run.
 *
 * @throws UsageFailure `not_supported` when one has what its model, or a fallback, cannot be given.
 */
export function checkResponsesOnly(program: Program, options: RunOptions): void {
  for (const agent of Object.keys(program.agents)) {
    const [need] = needsOf(program, agent)
    if (need === undefined) continue
    for (const name of modelsOf(program, agent, options))
      if (!speaksResponses(modelDefinition(program, name))) throw notServed(agent, name, need)
  }
}

/** What an agent has that needs the Responses API, in words. */
function needsOf(program: Program, name: string): readonly string[] {
  const agent = agentOf(program, name)
  const hosted = toolsOf(program, agent).flatMap(([, tool]) =>
    isHosted(tool) ? [`The tool "${tool.name}" (${tool.type})`] : [],
  )
  return [...(agent.prompt === undefined ? [] : ['A stored prompt']), ...hosted]
}

/**
 * Looks at the agents that a conversation kept by the provider goes through: those of the outer run.
 *
 * @param starting the agent it starts with.
 * @throws UsageFailure `not_supported` for a model that has no such conversations, and for one that stores nothing.
 */
export function checkConversation(program: Program, starting: string, options: RunOptions): void {
  const { conversation } = program.run
  if (conversation === 'none') return
  for (const agent of outerAgents(program, starting)) {
    for (const name of modelsOf(program, agent, options)) {
      const definition = modelDefinition(program, name)
      if (!speaksResponses(definition)) throw notServed(agent, name, 'run.conversation')
      if (conversation === 'auto_previous_response_id' && storesNothing(program, agent, definition)) {
        throw new UsageFailure(
          'not_supported',
          `run.conversation goes on from stored responses, and the settings of agent ${agent} say store: false`,
          'Remove one of the two',
        )
      }
    }
  }
}

/**
 * Looks at the agents whose conversation a session keeps, where it is to be compacted.
 *
 * @param sessions where it is kept; `null`: the run has none.
 * @throws UsageFailure `not_supported` for a model that cannot compact, and for a session that cannot be replaced at once.
 */
export function checkCompaction(
  program: Program,
  starting: string,
  options: RunOptions,
  sessions: SpecSessions | null,
): void {
  const { compaction } = program.session
  if (compaction === undefined || sessions === null) return
  if (sessions.place !== 'run_store') {
    throw new UsageFailure(
      'not_supported',
      'session.compaction needs the session beside the runs, and session.store names another store',
      'Remove one of the two',
    )
  }
  for (const agent of outerAgents(program, starting)) {
    for (const name of modelsOf(program, agent, options)) {
      const definition = modelDefinition(program, name)
      if (!speaksResponses(definition)) throw notServed(agent, name, 'session.compaction')
      if (compaction.mode === 'previous_response_id' && storesNothing(program, agent, definition)) {
        throw new UsageFailure(
          'not_supported',
          `session.compaction goes on from stored responses, and the settings of agent ${agent} say store: false`,
          'Set its mode to auto or input',
        )
      }
    }
  }
}

function storesNothing(program: Program, agent: string, { settings }: ModelDefinition): boolean {
  return (agentOf(program, agent).model_settings['store'] ?? settings['store']) === false
}

/** @throws UsageFailure `session_not_wanted`: a conversation is kept in one place. */
export function checkSession(program: Program, session: string | undefined): void {
  if (program.run.conversation === 'none' || session === undefined) return
  throw new UsageFailure(
    'session_not_wanted',
    'A session cannot be used: run.conversation leaves the conversation to the provider',
    'Leave the session out (several inputs and a chat need one), or set run.conversation to none',
  )
}

/** Those an agent may hand over to, and itself. */
function outerAgents(program: Program, starting: string): ReadonlySet<string> {
  const reached = new Set([starting])
  for (const name of reached) for (const { agent } of agentOf(program, name).handoffs) reached.add(agent)
  return reached
}

function notServed(agent: string, model: string, need: string): UsageFailure {
  return new UsageFailure(
    'not_supported',
    `${need} needs the Responses API of OpenAI, and agent ${agent} uses the model "${model}", which speaks another`,
    'Use a model with provider: openai and api: responses',
  )
}
