/**
 * The client that the conformance suite of MCP drives: a run with the server whose URL is the last argument. Its script calls
 * the tool of the scenario; a question of the server gets the defaults of its fields.
 */
import { argv, env, exit } from 'node:process'
import type { ScriptStep } from '../../../../src/compiler/program-models.ts'
import { createRuntime } from '../../../../src/runtime/create-runtime.ts'
import { memoryStore } from '../../../../src/runtime/store/memory/memory-store.ts'
import { withServers } from '../../../support/mcp.ts'
import { compiled, mcpServer } from '../../../support/program.ts'

const CALLS: Readonly<Record<string, ScriptStep>> = {
  tools_call: { tool_calls: [{ name: 'add_numbers', arguments: { a: 2, b: 3 } }] },
  'elicitation-sep1034-client-defaults': {
    tool_calls: [{ name: 'test_client_elicitation_defaults', arguments: {} }],
  },
  'sse-retry': { tool_calls: [{ name: 'test_reconnection', arguments: {} }] },
}

const url = argv.at(-1)
if (url === undefined) throw new Error('a URL is needed')
const server = mcpServer({ transport: 'streamable_http', url, negotiation: 'auto' })
const call = CALLS[env['MCP_CONFORMANCE_SCENARIO'] ?? '']
const script = [...(call === undefined ? [] : [call]), { text: 'ok' }]
const runtime = createRuntime({ store: memoryStore(), environment: {} })
let result = await runtime.start(compiled(withServers({ suite: server }, script)), 'Go').result
while (result.status === 'paused') {
  await runtime.decide(result.run_id, { calls: 'all', decision: 'approve', by: 'suite' })
  result = await runtime.resume(result.run_id).result
}
await runtime.close()
if (result.error !== null) console.error(result.error.message)
exit(result.status === 'completed' ? 0 : 1)
