/** Whether the MCP servers of a spec are there: the command exists, the server starts and says what it offers. */
import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import type { McpServerDefinition } from '../../compiler/program-mcp.ts'
import type { LinkedSpec } from '../../runtime/link/linked-spec.ts'
import type { Environment } from '../context.ts'
import { plural } from '../report/check-report.ts'
import type { Check } from './check.ts'

/** Milliseconds for one server, whatever the spec allows it: a person waits. */
const PATIENCE = 15_000

/** Starts every server, asks it for its tools, and ends it. */
export async function serverChecks(path: string, spec: LinkedSpec): Promise<readonly Check[]> {
  const servers = Object.entries(spec.program.mcp_servers)
  if (servers.length === 0) return []
  const { createServerSet } = await import('../../runtime/mcp/server-set.ts')
  const set = createServerSet(spec, () => {})
  const check = async ([name, definition]: (typeof servers)[number]): Promise<Check> => {
    const missing = missingCommand(definition, spec)
    const title = `${path}: MCP server ${name} answers`
    if (missing !== null) return { name: title, ok: false, hint: missing }
    const { connection } = set.get(name)
    try {
      const tools = await connection.tools('now', AbortSignal.timeout(PATIENCE))
      return { name: `${title}: ${plural(tools.length, 'tool')}`, ok: true }
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError'
      const reason = isLate ? `it said nothing for ${PATIENCE / 1000} seconds` : connection.explain(error)
      return { name: title, ok: false, hint: spec.redactor.text(reason) }
    } finally {
      await connection.close()
    }
  }
  return Promise.all(servers.map(check))
}

/** What to do about a command that is not there. */
function missingCommand({ command, cwd = '.' }: McpServerDefinition, spec: LinkedSpec): string | null {
  if (command === undefined) return null
  const from = resolve(spec.folder, cwd)
  if (/[\\/]/.test(command)) {
    const file = isAbsolute(command) ? command : resolve(spec.folder, command)
    return isProgram(file) ? null : `There is no program ${file}`
  }
  if (programOnPath(command, from, spec.variables) !== null) return null
  const advice = command === 'npx' || command === 'node' ? 'Install Node' : `Install it, or write its path`
  return `There is no "${command}" on PATH. ${advice}`
}

/** Where a program is, as the system looks for it. */
function programOnPath(command: string, cwd: string, env: Environment): string | null {
  const endings = ['', ...(env['PATHEXT'] ?? '').split(';').filter((ending) => ending !== '')]
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    for (const ending of endings) {
      const file = join(resolve(cwd, folder), `${command}${ending}`)
      if (isProgram(file)) return file
    }
  }
  return null
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
