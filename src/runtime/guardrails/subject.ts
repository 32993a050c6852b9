/** What a guardrail looks at, in each of the four places: as text, as values, and as an agent is told of it. */
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { CallView } from '../approvals/call-view.ts'
import type { GuardrailPlace } from '../state/events.ts'
import { ruleName } from '../tools/mcp-tool.ts'
import { userMessage } from '../state/item.ts'
import type { CallOutput, Item } from '../state/item.ts'

export interface Subject {
  readonly where: GuardrailPlace
  readonly agent: string
  readonly tool: string | null
  readonly call_id: string | null
  /** What a regular expression sees. */
  readonly text: string
  /** The same without the escapes of the model's JSON, in which a text could hide. */
  readonly decoded: string
  readonly input: string | null
  readonly output: Json
  readonly args: JsonObject | null
  /** The input as it came; none in the other places. */
  readonly items: readonly Item[]
}

const NOTHING = { tool: null, call_id: null, input: null, output: null, args: null, items: [] } as const

/** Input that an agent is about to get. */
export function inputSubject(agent: string, items: readonly Item[]): Subject {
  const text = items.map(itemText).join('\n')
  return { ...NOTHING, where: 'input', agent, text, decoded: text, input: text, items }
}

/** The final output of an agent: text, or a value. */
export function outputSubject(agent: string, output: Json): Subject {
  const text = typeof output === 'string' ? output : JSON.stringify(output)
  return { ...NOTHING, where: 'output', agent, text, decoded: text, output }
}

type GuardedCall = Pick<CallView, 'call' | 'tool'>

/** The arguments a call would run with. */
export function argumentsSubject({ call, tool }: GuardedCall, args: JsonObject, text: string): Subject {
  const { agent, call_id } = call
  const about = { agent, tool: ruleName(tool), call_id }
  return { ...NOTHING, where: 'tool_input', ...about, text, decoded: JSON.stringify(args), args }
}

/** What a call came to, before the model is told. */
export function resultSubject({ call, tool }: GuardedCall, args: JsonObject, output: CallOutput): Subject {
  const { agent, call_id } = call
  const text = contentText(output)
  const about = { agent, tool: ruleName(tool), call_id }
  return { ...NOTHING, where: 'tool_output', ...about, text, decoded: text, output, args }
}

/** What the agent of a guardrail is told: the input as it came, else the text. */
export function itemsFor({ items, text }: Subject): readonly Item[] {
  return items.length > 0 ? items : [userMessage(text)]
}

/** What it looks at, in words. */
export function describePlace(
  about: Pick<Subject, 'where' | 'agent'> & { readonly tool?: string | null },
): string {
  const { where, agent, tool } = about
  if (where === 'input') return `the input of ${agent}`
  if (where === 'tool_input') return `the arguments of ${tool ?? agent}`
  return `the output of ${where === 'tool_output' ? (tool ?? agent) : agent}`
}

/** The text of a message; anything else as JSON, so that nothing goes by unseen. */
function itemText(item: Item): string {
  const { type, content } = item
  const isMessage = type === 'message' || (type === undefined && content !== undefined)
  return isMessage && content !== undefined ? contentText(content) : JSON.stringify(item)
}

/** The text in content: its parts with a text, one a line. */
function contentText(content: Json): string {
  if (typeof content === 'string') return content
  if (!isJsonArray(content)) return JSON.stringify(content)
  return content.flatMap((part) => partText(part)).join('\n')
}

function partText(part: Json): readonly string[] {
  if (typeof part === 'string') return [part]
  if (!isJsonObject(part)) return []
  return [part['text'], part['refusal'], part['stdout'], part['stderr']].filter(
    (text) => typeof text === 'string',
  )
}
