/** Reads what a person types, line by line, while other things may have to be told above the line. */
import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { CommandContext } from '../context.ts'
import { createInputLines } from './input-lines.ts'

export interface LineReader {
  /**
   * What was typed or pasted; `null` for Ctrl-D, and for Ctrl-C twice where nothing is typed: the first one clears what is. A line
   * that ends with `\` goes on in the next one.
   */
  readonly read: (prompt: string) => Promise<string | null>
  /** Writes lines above the one that is being typed; once there is one again, when there is none. */
  readonly tell: (text: string) => void
}

export interface LineReaderOptions {
  /** Lines of before, the newest first. */
  readonly history?: readonly string[]
  /** Told of lines that were typed, the oldest first; not of those that were pasted together. */
  readonly onTyped?: (lines: readonly string[]) => void
}

export const MOST_REMEMBERED = 200

const CLEAR_BELOW = '\u001b[J'

/** The terminal says where what is pasted begins and ends. */
const BRACKET_PASTE = '\u001b[?2004h'
const PLAIN_PASTE = '\u001b[?2004l'

/**
 * Lines typed before come back with the arrow keys. What is pasted is one input however many lines it has; where the terminal
 * does not tell, lines that arrive at once were pasted.
 */
export function createLineReader(context: CommandContext, options: LineReaderOptions = {}): LineReader {
  const { stderr, stdin } = context
  const history = (options.history ?? []).slice(0, MOST_REMEMBERED)
  const waiting: string[] = []
  let open: Interface | undefined
  const tellWaiting = (): void => {
    for (const text of waiting.splice(0)) stderr.write(`${text}\n`)
  }
  return {
    async read(prompt) {
      tellWaiting()
      open = createInterface({
        input: stdin,
        output: stderr,
        prompt,
        terminal: true,
        history: [...history],
        historySize: MOST_REMEMBERED,
      })
      try {
        stderr.write(BRACKET_PASTE)
        const { input, typed } = await readInput(open, prompt, stdin, stderr)
        if (typed.length > 0) {
          history.unshift(...typed.toReversed())
          history.splice(MOST_REMEMBERED)
          options.onTyped?.(typed)
        }
        return input
      } finally {
        open = undefined
        stderr.write(PLAIN_PASTE)
      }
    },
    tell(text) {
      waiting.push(text)
      if (open === undefined) return
      const { rows } = open.getCursorPos()
      stderr.write(`\r${rows === 0 ? '' : `\u001b[${rows}A`}${CLEAR_BELOW}`)
      tellWaiting()
      // It would draw over what was told, as many lines as the typed text takes.
      Object.assign(open, { prevRows: 0 })
      open.prompt(true)
    },
  }
}

interface ReadInput {
  readonly input: string | null
  readonly typed: readonly string[]
}

function readInput(lines: Interface, prompt: string, stdin: Readable, stderr: Writable): Promise<ReadInput> {
  const read = createInputLines()
  return new Promise((resolve) => {
    let closing = false
    let asked = false
    let ended = true
    const watchKeys = (
      _text: unknown,
      key: { readonly name?: string; readonly ctrl?: boolean } | undefined,
    ): void => {
      read.key(key?.name)
      if (key?.name === 'paste-end') redraw()
      if (key?.ctrl !== true) asked = false
    }
    stdin.prependListener('keypress', watchKeys)
    const show = (next: string): void => {
      lines.setPrompt(next)
      lines.prompt()
    }
    const redraw = (): void => {
      if (read.isBegun()) lines.setPrompt('… ')
      redrawPasted(lines)
    }
    const finish = (): void => {
      closing = false
      if (read.isOpen()) return show('… ')
      ended = false
      lines.close()
    }
    lines.on('line', (line) => {
      read.line(line)
      if (closing || read.isPasting()) return
      closing = true
      setImmediate(finish)
    })
    lines.on('SIGINT', () => {
      const isEmpty = lines.line === '' && !read.isBegun()
      if (isEmpty && asked) return lines.close()
      asked = isEmpty
      read.clear()
      leaveLine(lines, stderr, isEmpty ? '\n(Ctrl-C again, or Ctrl-D, ends)\n' : '^C\n')
      show(prompt)
    })
    lines.on('close', () => {
      stdin.off('keypress', watchKeys)
      if (ended) stderr.write('\n')
      // Ctrl-D in the middle of an input ends that alone.
      resolve(ended && !read.isBegun() ? { input: null, typed: [] } : read.result())
    })
    lines.prompt()
  })
}

/** What is pasted was written where the cursor was, over what may follow, and the rows it takes were not counted. */
function redrawPasted(lines: Interface): void {
  Object.assign(lines, { prevRows: lines.getCursorPos().rows })
  lines.prompt(true)
}

/** Leaves what is typed on the screen, with a text behind it, and begins an empty line. */
function leaveLine(lines: Interface, stderr: Writable, text: string): void {
  // The cursor may stand in the middle of a text of several rows.
  lines.write(null, { ctrl: true, name: 'e' })
  stderr.write(text)
  Object.assign(lines, { line: '', cursor: 0, prevRows: 0 })
}
