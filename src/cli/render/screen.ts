/** Answer and progress on one terminal: neither begins in the middle of a line of the other. */
import type { CommandContext } from '../context.ts'

export interface Screen {
  /** A piece of the answer, as it comes. */
  readonly answer: (text: string) => void
  /** Ends a line of the answer that is open. */
  readonly endAnswer: () => void
  /** A line of progress. */
  readonly progress: (line: string) => void
}

export function createScreen(context: CommandContext): Screen {
  let open = false
  const endAnswer = (): void => {
    if (open) context.stdout.write('\n')
    open = false
  }
  return {
    answer(text) {
      if (text === '') return
      context.stdout.write(text)
      open = !text.endsWith('\n')
    },
    endAnswer,
    progress(line) {
      endAnswer()
      context.stderr.write(`${line}\n`)
    },
  }
}
