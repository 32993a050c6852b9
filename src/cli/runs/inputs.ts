/** What a person or a program wants to say to the agents: arguments, or what comes through stdin. */
import type { Readable } from 'node:stream'
import { UsageFailure } from '../../runtime/failures.ts'
import type { CommandContext } from '../context.ts'

/**
 * Each input is a turn; `-` is all of stdin. Without any: what is piped in, or `chat` when a person sits at the terminal.
 *
 * @throws UsageFailure `no_input`.
 */
export async function readInputs(
  words: readonly string[],
  context: CommandContext,
  canChat: boolean,
): Promise<readonly string[] | 'chat'> {
  if (words.length > 0) {
    const piped = words.includes('-') ? await readAll(context.stdin) : ''
    return words.map((word) => (word === '-' ? piped : word))
  }
  if (context.isTerminal.stdin) {
    if (canChat) return 'chat'
    throw noInput()
  }
  const piped = await readAll(context.stdin)
  if (piped.trim() === '') throw noInput()
  return [piped]
}

function noInput(): UsageFailure {
  return new UsageFailure(
    'no_input',
    'There is no input for the agent',
    'Give it as an argument: agentspec run SPEC "What is …?", or pipe it in',
  )
}

/** All text of a stream, without the line feed at its end. */
export async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)))
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}
