/** Whether an entry of `tool_filter` means a tool of its server. */
import { matchesGlob } from '../../util/glob.ts'

/** A name is one word here, also where its server put a `/` in it. */
export function matchesToolName(pattern: string, name: string): boolean {
  return matchesGlob(pattern.replace(/\*+/g, '**'), name)
}
