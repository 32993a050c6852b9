/** The bare `openai` client: the loop that its documentation of function calling shows. */
import OpenAI from 'openai'
import { INSTRUCTIONS, lookUp, QUESTION, TOOL, TOOL_DESCRIPTION } from '../contest/contestant.ts'
import type { CreateContestant } from '../contest/contestant.ts'

const tools: OpenAI.Responses.FunctionTool[] = [
  {
    type: 'function',
    name: TOOL,
    description: TOOL_DESCRIPTION,
    parameters: {
      type: 'object',
      properties: { order_id: { type: 'integer' } },
      required: ['order_id'],
      additionalProperties: false,
    },
    strict: true,
  },
]

export const createContestant: CreateContestant = async ({ baseUrl, apiKey }) => {
  const client = new OpenAI({ baseURL: baseUrl, apiKey })
  return {
    async run(model) {
      const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: QUESTION }]
      for (;;) {
        const response = await client.responses.create({ model, instructions: INSTRUCTIONS, tools, input })
        const calls = response.output.filter((item) => item.type === 'function_call')
        if (calls.length === 0) return response.output_text
        // The types of some items, which no model here makes, differ between output and input.
        input.push(...(response.output as OpenAI.Responses.ResponseInput))
        for (const call of calls) {
          const output = lookUp(JSON.parse(call.arguments))
          input.push({ type: 'function_call_output', call_id: call.call_id, output })
        }
      }
    },
    async stream(model, onText) {
      const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: QUESTION }]
      const events = await client.responses.create({
        model,
        instructions: INSTRUCTIONS,
        tools,
        input,
        stream: true,
      })
      for await (const event of events) if (event.type === 'response.output_text.delta') onText(event.delta)
    },
    async close() {},
  }
}
