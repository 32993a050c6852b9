/** The context of a command that runs as a process of its own. */
import { userInfo } from 'node:os'
import type { Writable } from 'node:stream'
import type { CommandContext, StopSignal } from './context.ts'
import { EXIT } from './exit-codes.ts'

export function processContext(): CommandContext {
  const { stdout, stderr, env } = process
  return {
    // Opening it takes as long as reading a hundred lines, and most commands never do.
    get stdin() {
      return process.stdin
    },
    stdout,
    stderr,
    isTerminal: {
      get stdin() {
        return isTerminal(process.stdin)
      },
      stdout: isTerminal(stdout),
      stderr: isTerminal(stderr),
    },
    env: { ...env },
    cwd: process.cwd(),
    userName,
    onSignal,
  }
}

/** Resolves once everything written so far has left the process, or cannot any more. */
export function flush(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve()
    else stream.write('', () => resolve())
  })
}

/** `isTTY` is absent, not false, on anything but a terminal. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY ?? false
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // No entry in the password database, as in many containers.
    return process.env['USER'] ?? process.env['USERNAME'] ?? 'unknown'
  }
}

/** A third Ctrl-C ends the process whatever it does: what is journaled is safe. */
function onSignal(listener: (signal: StopSignal) => void): () => void {
  let interrupts = 0
  const listen = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGINT' && ++interrupts > 2) process.exit(EXIT.interrupted)
    listener(signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM')
  }
  process.on('SIGINT', listen)
  process.on('SIGTERM', listen)
  return () => {
    process.off('SIGINT', listen)
    process.off('SIGTERM', listen)
  }
}
