/** Runs the built `agentspec` as a child process, the way a user would. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/agentspec.cjs', import.meta.url))

export interface CommandResult {
  /** `null` when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** What stdout says, when it is one JSON value. */
  readonly json: unknown
}

/** The environment is the given one and PATH, so that nothing of the machine gets into a test. */
export async function runCommand(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Record<string, string>; readonly stdin?: string },
): Promise<CommandResult> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: options.cwd, ...options.env },
  })
  child.stdin.end(options.stdin ?? '')
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { code, stdout, stderr, json: parse(stdout) }
}

function parse(stdout: string): unknown {
  try {
    return JSON.parse(stdout)
  } catch {
    return undefined
  }
}
