/** How specs and runs are named in lists. */
import type { RunStatus } from '../../runtime/run-result.ts'
import type { SpecReference } from '../../runtime/state/events.ts'
import { printableLine } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'

/** `support-desk@1.2.0`. */
export function specName(spec: Pick<SpecReference, 'name' | 'version'>): string {
  return printableLine(`${spec.name}@${spec.version}`)
}

/** `sha256:` and the first twelve digits. */
export function shortHash(hash: string): string {
  return hash.slice(0, 'sha256:'.length + 12)
}

/** A status in its colour. */
export function statusText(status: RunStatus, theme: Theme): string {
  return STATUS_STYLES[status](theme)(status)
}

type StyleOf = (theme: Theme) => (text: string) => string

const STATUS_STYLES: Readonly<Record<RunStatus, StyleOf>> = {
  running: (theme) => theme.blue,
  interrupted: (theme) => theme.yellow,
  paused: (theme) => theme.yellow,
  completed: (theme) => theme.green,
  failed: (theme) => theme.red,
  cancelled: (theme) => theme.dim,
}
