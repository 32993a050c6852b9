/** Commands and edits of one response happen in the order the model asked for: what one leaves behind, the next finds. */
import type { Program } from '../../compiler/program.ts'
import type { CallState } from '../state/run-state.ts'
import { resolveCall } from '../tools/resolve-call.ts'

/** The calls that can be brought forward together: all others, and the first of those that act on this machine. */
export function callsInOrder(program: Program, calls: readonly CallState[]): readonly CallState[] {
  const ordered = calls.filter((call) => actsHere(program, call))
  return ordered.length < 2 ? calls : calls.filter((call) => call === ordered[0] || !ordered.includes(call))
}

function actsHere(program: Program, call: CallState): boolean {
  const resolved = resolveCall(program, call)
  return resolved.kind === 'tool' && (resolved.tool.type === 'shell' || resolved.tool.type === 'apply_patch')
}
