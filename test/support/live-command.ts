/** A running `agentspec` that a test talks to while it runs: waits for what it says, presses keys, sends signals. */
import type { Readable } from 'node:stream'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type { CommandResult } from './run-command.ts'

const BIN = fileURLToPath(new URL('../../bin/agentspec.cjs', import.meta.url))
const FAKE_TERMINAL = new URL('./fake-terminal.ts', import.meta.url).href

export const KEYS = {
  enter: '\r',
  up: '\x1b[A',
  down: '\x1b[B',
  left: '\x1b[D',
  ctrlC: '\x03',
  ctrlD: '\x04',
  backspace: '\x7f',
} as const

export interface LiveOptions {
  readonly cwd: string
  readonly env?: Record<string, string>
  /** It believes to sit at a terminal. */
  readonly terminal?: boolean
}

export interface LiveCommand {
  /** Resolves once stdout and stderr together have said `text` after what was waited for last; rejects when it ends before. */
  waitFor(text: string): Promise<void>
  press(...keys: readonly string[]): void
  signal(signal: NodeJS.Signals): void
  /** Closes its stdout on our side, as `| head` does. */
  stopReading(): void
  /** What stdout and stderr said in the order they said it, without styles. */
  screen(): string
  readonly ended: Promise<Omit<CommandResult, 'json'>>
}

export function startCommand(args: readonly string[], options: LiveOptions): LiveCommand {
  const preload = options.terminal === true ? ['--import', FAKE_TERMINAL] : []
  const child = spawn(process.execPath, [...preload, BIN, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: options.cwd, NO_COLOR: '1', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe', options.terminal === true ? 'pipe' : 'ignore'],
  })
  const said = { stdout: '', stderr: '', all: '' }
  let seen = 0
  let wake = (): void => {}
  const show = (chunk: string): void => {
    said.all += stripVTControlCharacters(chunk)
    wake()
  }
  const screen = child.stdio[3] as Readable | null
  screen?.setEncoding('utf8').on('data', show)
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk
      if (screen === null) show(chunk)
    })
  }
  let hasEnded = false
  const ended = new Promise<Omit<CommandResult, 'json'>>((resolve) => {
    child.on('close', (code) => {
      hasEnded = true
      wake()
      resolve({ code, stdout: said.stdout, stderr: said.stderr })
    })
  })
  return {
    ended,
    screen: () => said.all,
    press: (...keys) => void child.stdin?.write(keys.join('')),
    signal: (signal) => void child.kill(signal),
    stopReading: () => void child.stdout?.destroy(),
    async waitFor(text) {
      for (;;) {
        const at = said.all.indexOf(text, seen)
        if (at !== -1) {
          seen = at + text.length
          return
        }
        if (hasEnded) throw new Error(`it ended without saying "${text}":\n${said.all}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
