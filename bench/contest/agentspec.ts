/** agentspec from its build, as `createRunner` is documented, over the store that is asked for. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  GUARDED_DESCRIPTION,
  GUARDED_TOOL,
  INSTRUCTIONS,
  lookUp,
  QUESTION,
  TOOL,
  TOOL_DESCRIPTION,
} from './contestant.ts'
import type { Arena, Contestant } from './contestant.ts'
import type * as agentspec from '../../src/index.ts'

/** The entry point that users import. The build has no types beside it while the sources are checked. */
export async function loadAgentspec(): Promise<typeof agentspec> {
  const built = new URL('../../dist/index.mjs', import.meta.url).href
  return (await import(built)) as typeof agentspec
}

const parameters = `{ type: object, properties: { order_id: { type: integer } }, required: [order_id], additionalProperties: false }`

/** A spec with the agent that every contestant has. */
const SPEC = `agentspec: 1
name: bench
version: 1.0.0
models:
  main: openai/any
agents:
  main:
    instructions: ${INSTRUCTIONS}
    model: main
    tools: [${TOOL}, ${GUARDED_TOOL}]
tools:
  ${TOOL}:
    type: function
    description: ${TOOL_DESCRIPTION}
    handler: ./tools.mjs#lookUp
    parameters: ${parameters}
  ${GUARDED_TOOL}:
    type: function
    description: ${GUARDED_DESCRIPTION}
    handler: ./tools.mjs#cancelOrder
    needs_approval: true
    parameters: ${parameters}
run: { max_turns: null }
`

/** Writes the spec with its tools and returns the path. */
export function writeSpec(folder: string, spec: string = SPEC): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'tools.mjs'),
    `export ${lookUp.toString()}\nexport const cancelOrder = (args) => lookUp(args)\n`,
  )
  const path = join(folder, 'spec.yaml')
  writeFileSync(path, spec)
  return path
}

export async function createAgentspec(
  { baseUrl, apiKey, folder }: Arena,
  store: 'memory' | 'sqlite',
): Promise<Contestant> {
  const { compileFile, createRunner, memoryStore, RunState, sqliteStore } = await loadAgentspec()
  const { program, diagnostics } = await compileFile(writeSpec(folder))
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics))
  const runner = await createRunner(program, {
    store: store === 'memory' ? memoryStore() : sqliteStore(join(folder, 'runs.db')),
    environment: { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey },
  })
  const options = (model: string) => ({ model: `openai/${model}`, stream: false })
  const storedBytes = async (runId: string): Promise<number> => {
    const events = await runner.runtime.events(runId)
    return events.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0)
  }
  return {
    run: async (model) => textOf(await runner.run(QUESTION, options(model))),
    async stream(model, onText) {
      for await (const event of runner.stream(QUESTION, { model: `openai/${model}` }))
        if (event.type === 'text.delta') onText(event.delta)
    },
    async session(items) {
      const session = `session-${items}-${Date.now()}`
      const prior = Array.from({ length: items / 2 }, (_, index) => [
        { type: 'message', role: 'user', content: `Where is order ${index}?` },
        {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: `Order ${index} was shipped and is on its way.` }],
        },
      ])
      await runner.runtime.store.sessions.append({
        session_id: session,
        operation: session,
        items: prior.flat(),
        last_agent: 'main',
      })
      return async (model) => textOf(await runner.run(QUESTION, { ...options(model), session }))
    },
    async pause(model) {
      const result = await runner.run(QUESTION, options(model))
      if (result.interruptions.length !== 1) throw new Error('the run is not paused')
      const { items } = await runner.runtime.show(result.run_id)
      return {
        historyBytes: Buffer.byteLength(JSON.stringify(items)),
        save: async () => result.state.toString(),
        load: async (text) => {
          RunState.fromString(text)
        },
      }
    },
    storedBytes: async (model) => storedBytes((await runner.run(QUESTION, options(model))).run_id),
    async close() {
      await runner[Symbol.asyncDispose]()
    },
  }
}

function textOf({ final_output: output }: { readonly final_output: unknown }): string {
  return typeof output === 'string' ? output : ''
}
