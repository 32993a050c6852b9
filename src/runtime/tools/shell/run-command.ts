/** Runs one shell command to its end, within limits: its output is bounded, and nothing it started stays behind. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { hasGroups, signalGroup } from './process-group.ts'

export interface ShellLimits {
  readonly cwd: string
  /** Everything the command sees of the environment. */
  readonly env: Readonly<Record<string, string>>
  /** Milliseconds; absent: no limit. */
  readonly timeout?: number
  /** Most characters kept of each stream; the rest is counted. */
  readonly maxOutput: number
  readonly signal: AbortSignal
}

/** What became of a command, in the words of the Responses API. */
export interface CommandOutcome {
  readonly stdout: string
  readonly stderr: string
  readonly outcome: { readonly type: 'exit'; readonly exit_code: number } | { readonly type: 'timeout' }
}

/** Between asking a command to end and ending it. */
const GRACE_MS = 1000

/** The exit code a shell reports for a command that a signal ended. */
const SIGNALLED = 128

/**
 * @throws the reason of `signal` when it is aborted, and what the system says when the shell cannot be started, e.g.
 *   because `cwd` does not exist
 */
export async function runCommand(command: string, limits: ShellLimits): Promise<CommandOutcome> {
  limits.signal.throwIfAborted()
  const child = spawn(command, {
    shell: true,
    cwd: limits.cwd,
    env: { ...limits.env },
    detached: hasGroups,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const stdout = keep(child.stdout, limits.maxOutput)
  const stderr = keep(child.stderr, limits.maxOutput)
  const stop = stopper(child, limits)
  try {
    const code = await exitOf(child)
    // What it left in the background holds its streams open.
    signalGroup(child, 'SIGKILL')
    limits.signal.throwIfAborted()
    const outcome = stop.timedOut()
      ? { type: 'timeout' as const }
      : { type: 'exit' as const, exit_code: code }
    return { stdout: await stdout, stderr: await stderr, outcome }
  } finally {
    stop.done()
  }
}

/** Rejects when it cannot be started. */
function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? SIGNALLED))
  })
}

/** Ends the command when its time is over or the run stops: first it is asked to, then it must. */
function stopper(
  child: ChildProcess,
  { timeout, signal }: ShellLimits,
): { readonly timedOut: () => boolean; readonly done: () => void } {
  let timedOut = false
  let force: NodeJS.Timeout | undefined
  const end = (): void => {
    signalGroup(child, 'SIGTERM')
    force ??= setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS)
  }
  const late =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true
          end()
        }, timeout)
  signal.addEventListener('abort', end, { once: true })
  return {
    timedOut: () => timedOut,
    done: () => {
      clearTimeout(late)
      clearTimeout(force)
      signal.removeEventListener('abort', end)
    },
  }
}

/** The beginning of a stream as text, and how much was left out. */
async function keep(stream: Readable, limit: number): Promise<string> {
  let text = ''
  let dropped = 0
  stream.setEncoding('utf8')
  for await (const chunk of stream) {
    const part = String(chunk)
    const room = Math.max(0, limit - text.length)
    text += part.slice(0, room)
    dropped += Math.max(0, part.length - room)
  }
  return dropped === 0 ? text : `${text}\n[${dropped} more characters]`
}
