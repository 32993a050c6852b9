/** Everything a command touches outside of agentspec, handed in, so that commands run the same in a test. */
import type { Readable, Writable } from 'node:stream'

export type StopSignal = 'SIGINT' | 'SIGTERM'

/** Which of the streams a person sits at. */
export interface Terminals {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface CommandContext {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  readonly isTerminal: Terminals
  /** The real environment. */
  readonly env: Environment
  /** Absolute. */
  readonly cwd: string
  /** The name of the person at the machine. */
  readonly userName: () => string
  /** While anybody listens, signals do not end the process. Returns what stops the listening. */
  readonly onSignal: (listener: (signal: StopSignal) => void) => () => void
}
