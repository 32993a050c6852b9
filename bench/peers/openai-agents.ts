/** `@openai/agents` as its documentation sets it up; its tracing, which would send to the provider, is off. */
import {
  Agent,
  MemorySession,
  run,
  RunState,
  setDefaultOpenAIClient,
  setTracingDisabled,
  tool,
} from '@openai/agents'
import OpenAI from 'openai'
import { z } from 'zod'
import {
  GUARDED_DESCRIPTION,
  GUARDED_TOOL,
  INSTRUCTIONS,
  lookUp,
  QUESTION,
  TOOL,
  TOOL_DESCRIPTION,
} from '../contest/contestant.ts'
import type { CreateContestant } from '../contest/contestant.ts'

const parameters = z.object({ order_id: z.number().int() })
const tools = [
  tool({ name: TOOL, description: TOOL_DESCRIPTION, parameters, execute: async (args) => lookUp(args) }),
  tool({
    name: GUARDED_TOOL,
    description: GUARDED_DESCRIPTION,
    parameters,
    needsApproval: true,
    execute: async (args) => lookUp(args),
  }),
]

export const createContestant: CreateContestant = async ({ baseUrl, apiKey }) => {
  setTracingDisabled(true)
  setDefaultOpenAIClient(new OpenAI({ baseURL: baseUrl, apiKey }))
  const agents = new Map<string, Agent>()
  const agentOf = (model: string): Agent => {
    const agent = agents.get(model) ?? new Agent({ name: 'main', instructions: INSTRUCTIONS, model, tools })
    agents.set(model, agent)
    return agent
  }
  const maxTurns = 10_000
  return {
    run: async (model) => String((await run(agentOf(model), QUESTION, { maxTurns })).finalOutput),
    async stream(model, onText) {
      const result = await run(agentOf(model), QUESTION, { maxTurns, stream: true })
      for await (const event of result) {
        if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta')
          onText(event.data.delta)
      }
      await result.completed
    },
    async session(items) {
      const session = new MemorySession()
      await session.addItems(
        Array.from({ length: items / 2 }, (_, index) => [
          { type: 'message' as const, role: 'user' as const, content: `Where is order ${index}?` },
          {
            type: 'message' as const,
            role: 'assistant' as const,
            status: 'completed' as const,
            content: [
              { type: 'output_text' as const, text: `Order ${index} was shipped and is on its way.` },
            ],
          },
        ]).flat(),
      )
      return async (model) => String((await run(agentOf(model), QUESTION, { session })).finalOutput)
    },
    async pause(model) {
      const agent = agentOf(model)
      const result = await run(agent, QUESTION, { maxTurns })
      if (result.interruptions.length !== 1) throw new Error('the run is not paused')
      return {
        historyBytes: Buffer.byteLength(JSON.stringify(result.history)),
        save: async () => result.state.toString(),
        load: async (text) => {
          await RunState.fromString(agent, text)
        },
      }
    },
    async close() {},
  }
}
