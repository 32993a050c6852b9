/** The AI SDK with its OpenAI provider, which talks the Responses API by default. */
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, isStepCount, streamText, tool } from 'ai'
import { z } from 'zod'
import { INSTRUCTIONS, lookUp, QUESTION, TOOL, TOOL_DESCRIPTION } from '../contest/contestant.ts'
import type { CreateContestant } from '../contest/contestant.ts'

const tools = {
  [TOOL]: tool({
    description: TOOL_DESCRIPTION,
    inputSchema: z.object({ order_id: z.number().int() }),
    execute: async (args) => lookUp(args),
  }),
}

export const createContestant: CreateContestant = async ({ baseUrl, apiKey }) => {
  const openai = createOpenAI({ baseURL: baseUrl, apiKey })
  const given = (model: string) => ({
    model: openai(model),
    system: INSTRUCTIONS,
    prompt: QUESTION,
    tools,
    stopWhen: isStepCount(10_000),
  })
  return {
    run: async (model) => (await generateText(given(model))).text,
    async stream(model, onText) {
      for await (const text of streamText(given(model)).textStream) onText(text)
    },
    async close() {},
  }
}
