/** History items that tests write by hand. */
import { answerItem } from '../../src/runtime/state/call-item.ts'
import type { CallOutput, Item } from '../../src/runtime/state/item.ts'

export function functionCallOutput(callId: string, output: CallOutput): Item {
  return answerItem({ form: 'function_call', call_id: callId, is_error: false }, output)
}
