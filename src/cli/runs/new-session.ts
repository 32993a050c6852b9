/** Names for conversations that nobody has named. */
import { randomUUID } from 'node:crypto'

/** `session_` and sixteen random digits. */
export function newSession(): string {
  return `session_${randomUUID().replaceAll('-', '').slice(0, 16)}`
}
