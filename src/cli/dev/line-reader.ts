/** Reads what a person types, line by line, while other things may have to be told above the line. */
import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { CommandContext } from '../context.ts'

export interface LineReader {
  /** What was typed or pasted; `null` for Ctrl-D and Ctrl-C. A line that ends with `\` goes on in the next one. */
  readonly read: (prompt: string) => Promise<string | null>
  /** Writes lines above the one that is being typed; once there is one again, when there is none. */
  readonly tell: (text: string) => void
}

const MOST_REMEMBERED = 200
const CLEAR_LINE = '\r\u001b[K'

/** The terminal says where what is pasted begins and ends. */
const BRACKET_PASTE = '\u001b[?2004h'
const PLAIN_PASTE = '\u001b[?2004l'

/**
 * Lines typed before come back with the arrow keys. What is pasted is one input however many lines it has; where the terminal
 * does not tell, lines that arrive at once were pasted.
 */
export function createLineReader(context: CommandContext): LineReader {
  const { stderr } = context
  const history: string[] = []
  const waiting: string[] = []
  let open: Interface | undefined
  const tellWaiting = (): void => {
    for (const text of waiting.splice(0)) stderr.write(`${text}\n`)
  }
  return {
    async read(prompt) {
      tellWaiting()
      const typed: string[] = []
      open = createInterface({
        input: context.stdin,
        output: stderr,
        prompt,
        terminal: true,
        history: [...history],
        historySize: MOST_REMEMBERED,
      })
      try {
        stderr.write(BRACKET_PASTE)
        const input = await readInput(open, typed, context.stdin)
        if (input === null) stderr.write('\n')
        else if (input.trim() !== '')
          history.unshift(...typed.filter((line) => line.trim() !== '').toReversed())
        history.splice(MOST_REMEMBERED)
        return input
      } finally {
        open = undefined
        stderr.write(PLAIN_PASTE)
      }
    },
    tell(text) {
      waiting.push(text)
      if (open === undefined) return
      stderr.write(CLEAR_LINE)
      tellWaiting()
      open.prompt(true)
    },
  }
}

function readInput(lines: Interface, typed: string[], input: Readable): Promise<string | null> {
  return new Promise((resolve) => {
    let closing = false
    let pasting = false
    const watchPaste = (_text: unknown, key: { readonly name?: string } | undefined): void => {
      if (key?.name === 'paste-start') pasting = true
      if (key?.name === 'paste-end') pasting = false
    }
    input.on('keypress', watchPaste)
    const finish = (): void => {
      // What was pasted last may say that more comes.
      if (typed.at(-1)?.endsWith('\\') === true) {
        closing = false
        lines.setPrompt('… ')
        lines.prompt()
      } else lines.close()
    }
    lines.on('line', (line) => {
      typed.push(line)
      if (closing || pasting) return
      closing = true
      setImmediate(finish)
    })
    lines.on('SIGINT', () => {
      typed.length = 0
      lines.close()
    })
    lines.on('close', () => {
      input.off('keypress', watchPaste)
      resolve(typed.length === 0 ? null : joined(typed))
    })
    lines.prompt()
  })
}

function joined(typed: readonly string[]): string {
  return typed.map((line) => (line.endsWith('\\') ? line.slice(0, -1) : line)).join('\n')
}
