/** The built `agentspec` at a real pseudo-terminal: what a person sees, and the keys they press. */
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'

const BIN = fileURLToPath(new URL('../../bin/agentspec.cjs', import.meta.url))

export interface PseudoTerminal {
  /** Resolves once the screen has shown `text` after what was waited for last; rejects when the command ends before. */
  waitFor(text: string): Promise<void>
  press(...keys: readonly string[]): void
  /** Everything shown so far, without styles. */
  screen(): string
  readonly exitCode: Promise<number>
}

export function startAtTerminal(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Record<string, string> },
): PseudoTerminal {
  const child = spawn(process.execPath, [BIN, ...args], {
    cols: 100,
    rows: 40,
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: options.cwd, TERM: 'xterm-256color', ...options.env },
  })
  let shown = ''
  let seen = 0
  let hasEnded = false
  let wake = (): void => {}
  child.onData((data) => {
    shown += stripVTControlCharacters(data).replaceAll('\r', '')
    wake()
  })
  const exitCode = new Promise<number>((resolve) => {
    child.onExit(({ exitCode: code }) => {
      hasEnded = true
      wake()
      resolve(code)
    })
  })
  return {
    async waitFor(text) {
      for (;;) {
        const at = shown.indexOf(text, seen)
        if (at !== -1) {
          seen = at + text.length
          return
        }
        if (hasEnded) throw new Error(`It ended without saying ${JSON.stringify(text)}:\n${shown}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    press: (...keys) => child.write(keys.join('')),
    screen: () => shown,
    exitCode,
  }
}
