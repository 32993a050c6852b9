/** Ends a command with everything it has started. */
import type { ChildProcess } from 'node:child_process'
// Only the system reaches a whole group of processes; a child's own `kill` reaches the child alone.
// oxlint-disable-next-line no-restricted-imports
import { kill, platform } from 'node:process'

/** Whether a command can lead a group of its own: elsewhere it is ended alone. */
export const hasGroups: boolean = platform !== 'win32'

/** Sends a signal to a command and, where it leads a group, to all of the group. Does nothing once they have ended. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  if (!hasGroups) return void child.kill(signal)
  try {
    kill(-child.pid, signal)
  } catch {
    // The group has ended.
  }
}
