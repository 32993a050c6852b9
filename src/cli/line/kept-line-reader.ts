/** The lines of a chat, with those of earlier chats within reach of the arrow keys. */
import type { Program } from '../../compiler/program.ts'
import { createEnvironment } from '../../runtime/link/environment.ts'
import { createRedactor } from '../../runtime/redaction/redactor.ts'
import { findSecrets } from '../../runtime/redaction/secrets.ts'
import { messageOf } from '../../util/message-of.ts'
import type { Invocation } from '../command.ts'
import { textOnDisk, variablesFileOf } from '../runs/compile-spec.ts'
import { addToHistory, historyPath, readHistory } from './history-file.ts'
import { createLineReader } from './line-reader.ts'
import type { LineReader } from './line-reader.ts'

/**
 * A line that holds a secret of the environment, or begins with a space, is not kept for later. Where lines cannot be kept, that is
 * said once.
 */
export function keptLineReader(
  invocation: Invocation,
  path: string,
  current: () => Program | null,
): LineReader {
  const { context, output } = invocation
  const file = historyPath(context.env)
  if (file === null) return createLineReader(context)
  let fails = false
  return createLineReader(context, {
    history: readHistory(file),
    onTyped(lines) {
      const program = current()
      if (fails || program === null) return
      const holdsSecret = secretsOf(invocation, path, program)
      try {
        addToHistory(
          file,
          lines.filter((line) => !holdsSecret(line)),
        )
      } catch (error) {
        fails = true
        output.note(output.err.dim(`What you type is not kept for the next chat: ${messageOf(error)}`))
      }
    },
  })
}

/** Whatever is named as a secret counts, whether the spec uses it or not. */
function secretsOf(invocation: Invocation, path: string, program: Program): (text: string) => boolean {
  const dotenv = textOnDisk(variablesFileOf(invocation, path)) ?? ''
  const environment = createEnvironment({ dotenv, real: invocation.context.env })
  const used = new Set(Object.keys(environment.variables))
  const redactor = createRedactor(findSecrets({ program, environment, used }))
  return (text) => redactor.text(text) !== text
}
