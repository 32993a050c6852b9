/** `@openai/agents` calling a tool of an MCP server: one call a turn, asked for by a model that does nothing else. */
import {
  Agent,
  MCPServerStdio,
  MCPServerStreamableHttp,
  run,
  setTracingDisabled,
  Usage,
} from '@openai/agents'
import type { MCPServer, Model } from '@openai/agents'

/** Where the server is. */
export type McpAddress =
  | { readonly command: string; readonly args: readonly string[] }
  | { readonly url: string }

/** What one run cost, from its first model call to its last. */
export async function runOverMcp(address: McpAddress, calls: number): Promise<{ cpu: number; wall: number }> {
  setTracingDisabled(true)
  const server: MCPServer =
    'url' in address
      ? new MCPServerStreamableHttp({ name: 'all', url: address.url, cacheToolsList: true })
      : new MCPServerStdio({
          name: 'all',
          command: address.command,
          args: [...address.args],
          cacheToolsList: true,
        })
  await server.connect()
  const taken = { cpu: 0, wall: 0 }
  const agent = new Agent({
    name: 'main',
    instructions: 'Help.',
    model: caller(calls, taken),
    mcpServers: [server],
  })
  try {
    await run(agent, 'Go', { maxTurns: calls + 2 })
  } finally {
    await server.close()
  }
  return taken
}

function caller(calls: number, taken: { cpu: number; wall: number }): Model {
  let turn = 0
  let from = process.cpuUsage()
  let began = 0
  return {
    async getResponse() {
      if (turn === 0) {
        from = process.cpuUsage()
        began = performance.now()
      }
      const isLast = turn === calls
      if (isLast) {
        const { user, system } = process.cpuUsage(from)
        taken.cpu = (user + system) / 1000
        taken.wall = performance.now() - began
      }
      turn += 1
      return {
        usage: new Usage(),
        responseId: `resp_${turn}`,
        output: isLast
          ? [
              {
                type: 'message',
                role: 'assistant',
                status: 'completed',
                content: [{ type: 'output_text', text: 'Done' }],
              },
            ]
          : [
              {
                type: 'function_call',
                status: 'completed',
                callId: `call_${turn}`,
                name: 'echo',
                arguments: JSON.stringify({ message: `n${turn}` }),
              },
            ],
      }
    },
    getStreamedResponse() {
      throw new Error('nobody streams here')
    },
  }
}
