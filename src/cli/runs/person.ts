/** Who decides. */
import type { Invocation } from '../command.ts'

/** AGENTSPEC_BY, else the name of the person at the machine. */
export function personAt({ context }: Pick<Invocation, 'context'>): string {
  const name = context.env['AGENTSPEC_BY']
  return name === undefined || name === '' ? context.userName() : name
}
