/** Runs the programs of `children/` as processes of their own. */
import { execFile, spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'

const program = (name: string): string => fileURLToPath(new URL(`children/${name}.ts`, import.meta.url))

/** Resolves with what a program printed; rejects when it fails. */
export async function runChild(
  name: string,
  parameters: readonly string[],
  options: { readonly uid?: number } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program(name), ...parameters], options)
  return stdout.trim()
}

/** Starts a program that does not end by itself. */
export function startChild(
  name: string,
  parameters: readonly string[],
): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, [program(name), ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] })
}
