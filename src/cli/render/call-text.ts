/** A tool call on one line, as progress and lists show it. */
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import type { CallOutput } from '../../runtime/state/item.ts'
import { printableLine, shorten } from '../terminal/printable.ts'

/** `cancel_order(order_id: 7, amount: 150)`, the arguments cut to `most` characters. */
export function callText(tool: string, args: Json, most = 100): string {
  return `${printableLine(tool)}(${shorten(argumentsText(args), most)})`
}

/** What a call gave back, on one line. */
export function outputText(output: CallOutput, most = 100): string {
  const text = typeof output === 'string' ? output : output.map(partText).join(' ')
  return shorten(printableLine(text.trim()), most)
}

function argumentsText(args: Json): string {
  if (!isJsonObject(args)) return printableLine(typeof args === 'string' ? args : JSON.stringify(args))
  return Object.entries(args)
    .map(([name, value]) => `${printableLine(name)}: ${printableLine(JSON.stringify(value))}`)
    .join(', ')
}

function partText(part: Readonly<Record<string, unknown>>): string {
  const { text, stdout, stderr, approve, type } = part
  if (typeof text === 'string') return text
  if (typeof stdout === 'string' && typeof stderr === 'string') return `${stdout}${stderr}`
  return approve === true ? 'allowed' : `[${String(type)}]`
}
