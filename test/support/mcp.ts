/** Programs whose agents use MCP servers: one written for tests, and those of npm. */
import { createRequire } from 'node:module'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kill } from 'node:process'
import { fileURLToPath } from 'node:url'
import type { McpServerDefinition } from '../../src/compiler/program-mcp.ts'
import type { Program } from '../../src/compiler/program.ts'
import type { ScriptStep } from '../../src/compiler/program-models.ts'
import type { RunEvent } from '../../src/runtime/state/stream-events.ts'
import type { RunStream } from '../../src/runtime/runtime.ts'
import { agent, mcpServer, program } from './program.ts'

const SERVER = fileURLToPath(new URL('../runtime/mcp/children/server.ts', import.meta.url))
const require = createRequire(import.meta.url)

/** The program of an npm package of a server. */
export function serverProgram(name: 'everything' | 'filesystem' | 'memory'): string {
  return join(require.resolve(`@modelcontextprotocol/server-${name}/package.json`), '../dist/index.js')
}

/** The server written for tests; `how` it behaves, and the folder it writes to. */
export function testServer(
  how: string,
  folder: string,
  given: Partial<McpServerDefinition> = {},
): McpServerDefinition {
  return mcpServer({ command: process.execPath, args: [SERVER, how, folder], cwd: folder, ...given })
}

/** The agent `main` with these servers. */
export function withServers(
  servers: Readonly<Record<string, McpServerDefinition>>,
  script: readonly ScriptStep[],
  given: {
    readonly agent?: Parameters<typeof agent>[0]
    readonly overrides?: Partial<Program>
    readonly source?: string
  } = {},
): Program {
  const main = agent({ mcp_servers: Object.keys(servers), ...given.agent })
  return program({
    script,
    ...(given.source === undefined ? {} : { source: given.source }),
    overrides: { mcp_servers: servers, agents: { main }, ...given.overrides },
  })
}

/** What the server for tests wrote down, without the lines that say it started. */
export function logOf(folder: string): readonly string[] {
  return linesOf(folder).filter((line) => !line.startsWith('start '))
}

/** Of every server for tests that was started, whether it still runs. */
export function stillRunning(folder: string): readonly boolean[] {
  return startedIn(folder).map((pid) => {
    try {
      return kill(pid, 0)
    } catch {
      return false
    }
  })
}

export function startedIn(folder: string): readonly number[] {
  return linesOf(folder).flatMap((line) => (line.startsWith('start ') ? [Number(line.slice(6))] : []))
}

function linesOf(folder: string): readonly string[] {
  const path = join(folder, 'server.log')
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
}

export async function eventsOf(stream: RunStream): Promise<readonly RunEvent[]> {
  return Array.fromAsync(stream)
}
