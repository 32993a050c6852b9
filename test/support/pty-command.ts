/** The built `agentspec` at a real terminal: a pseudo-terminal of the system, with a size, a line discipline and signals. */
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'
import { createScreen } from './screen.ts'

const BIN = fileURLToPath(new URL('../../bin/agentspec.cjs', import.meta.url))

/** Milliseconds. */
const PATIENCE = 15_000

export interface PtyOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly columns?: number
  readonly rows?: number
  /** In place of `agentspec`: a program and its arguments. */
  readonly program?: readonly [string, ...string[]]
}

export interface PtyCommand extends Disposable {
  /** Resolves once `text` was written (styles left out) after what was waited for last; rejects when it ends before. */
  waitFor(text: string): Promise<void>
  /** Resolves once the screen shows what `isThere` looks for. */
  waitUntil(isThere: (screen: string) => boolean): Promise<void>
  press(...keys: readonly string[]): void
  resize(columns: number, rows: number): void
  /** What a person sees, and what has scrolled away. */
  screen(): string
  /** Everything that was written, control sequences included. */
  raw(): string
  readonly pid: number
  readonly ended: Promise<number>
}

/** The environment is the given one and PATH, so that nothing of the machine gets into a test. */
export function startAtTerminal(args: readonly string[], options: PtyOptions): PtyCommand {
  const { columns = 100, rows = 40, program = [process.execPath, BIN] } = options
  const [file, ...first] = program
  const child = spawn(file, [...first, ...args], {
    name: options.env?.['TERM'] ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: options.cwd, ...options.env },
  })
  const view = createScreen(columns, rows)
  const said = { raw: '', plain: '', seen: 0 }
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const look of waiting) look()
  }
  let hasEnded = false
  child.onData((data) => {
    said.raw += data
    said.plain = stripVTControlCharacters(said.raw).replaceAll('\r\n', '\n')
    view.write(data)
    wake()
  })
  const ended = new Promise<number>((resolve) => {
    child.onExit(({ exitCode }) => {
      hasEnded = true
      resolve(exitCode)
      wake()
    })
  })
  const until = (what: string, isThere: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const fail = (when: string): void => reject(new Error(`${when} without ${what}:\n${view.text()}`))
      // Before the test itself runs out of time, which would not say what is on the screen.
      const late = setTimeout(() => fail(`${PATIENCE} ms passed`), PATIENCE)
      const look = (): void => {
        const there = isThere()
        if (!there && !hasEnded) return
        waiting.delete(look)
        clearTimeout(late)
        if (there) resolve()
        else fail('it ended')
      }
      waiting.add(look)
      look()
    })
  return {
    ended,
    pid: child.pid,
    screen: view.text,
    raw: () => said.raw,
    press: (...keys) => child.write(keys.join('')),
    resize(width, height) {
      view.resize(width)
      child.resize(width, height)
    },
    waitFor: (text) =>
      until(`saying "${text}"`, () => {
        const at = said.plain.indexOf(text, said.seen)
        if (at !== -1) said.seen = at + text.length
        return at !== -1
      }),
    waitUntil: (isThere) => until('showing it', () => isThere(view.text())),
    [Symbol.dispose]() {
      if (!hasEnded) child.kill('SIGKILL')
    },
  }
}
