/** A conversation at the terminal: a prompt, an answer, and so on, in one session. */
import { createInterface } from 'node:readline'
import type { CommandContext } from '../context.ts'

/**
 * The next input of the person; `null` for Ctrl-D and Ctrl-C. Several lines that arrive at once were pasted: they are one
 * input.
 */
export function readLine(context: CommandContext, prompt: string): Promise<string | null> {
  const { stdin, stderr } = context
  const lines = createInterface({ input: stdin, output: stderr, prompt, terminal: true })
  return new Promise((resolve) => {
    const typed: string[] = []
    const finish = (): void => lines.close()
    lines.on('line', (line) => {
      if (typed.push(line) === 1) setImmediate(finish)
    })
    lines.on('SIGINT', finish)
    lines.on('close', () => {
      if (typed.length === 0) stderr.write('\n')
      resolve(typed.length === 0 ? null : typed.join('\n'))
    })
    lines.prompt()
  })
}
