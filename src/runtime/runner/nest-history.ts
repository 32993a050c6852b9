/**
 * Nested history: what was said before a handoff, told to the next agent in messages between `<CONVERSATION HISTORY>`
 * marks. The framing is that of openai-agents; messages that stay what they are keep their place among these.
 */
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import type { HandoffView } from '../state/history-views.ts'
import type { Item } from '../state/item.ts'
import type { HandoffData } from './handoff-data.ts'

const PREAMBLE = 'For context, here is the conversation so far between the user and the previous agent:'
const START = '<CONVERSATION HISTORY>'
const END = '</CONVERSATION HISTORY>'

/**
 * Everything of before the run is told, and of the run what its agents did; what the user added meanwhile, and the messages
 * of the turn that hands off, follow in their place as they are. An earlier nested history is told as part of the new one.
 */
export function nestHistory(data: HandoffData): HandoffView {
  const nested: Item[] = []
  let records = data.input_history.flatMap(recordsOf)
  const tell = (): void => {
    if (records.length > 0 || nested.length === 0) nested.push(summary(records))
    records = []
  }
  const add = (item: Item, stays: boolean): void => {
    if (stays) tell()
    if (stays) nested.push(item)
    else records.push(...recordsOf(item))
  }
  for (const item of data.pre_handoff_items) add(item, item['role'] !== 'assistant' && !isTold(item))
  for (const item of data.new_items) add(item, !isTold(item))
  tell()
  return { input_history: nested, items: [] }
}

/** What an API takes only together with items that are told. */
const TOLD_TYPES: ReadonlySet<Json | undefined> = new Set([
  'function_call',
  'function_call_output',
  'reasoning',
  'program',
  'program_output',
])

function isTold(item: Item): boolean {
  if (TOLD_TYPES.has(item['type'])) return true
  const { caller } = item
  return isJsonObject(caller) && caller['type'] === 'program'
}

function summary(records: readonly string[]): Item {
  const lines =
    records.length === 0
      ? ['(no previous turns recorded)']
      : records.map((record, index) => `${index + 1}. ${record}`)
  return { type: 'message', role: 'assistant', content: [PREAMBLE, START, ...lines, END].join('\n') }
}

/** An item in one line; those of an earlier summary as they stand there. */
function recordsOf(item: Item): readonly string[] {
  return summarizedRecords(item) ?? [record(item)]
}

function record(item: Item): string {
  const { role, name } = item
  const content = item['content'] ?? ''
  if (typeof role !== 'string' || typeof content !== 'string' || /[\r\n]/.test(content)) {
    return JSON.stringify(item)
  }
  return `${role}${typeof name === 'string' && name !== '' ? ` (${name})` : ''}: ${content}`
}

/** The records of a message that `summary` made; `null` for anything else. */
function summarizedRecords({ role, content }: Item): readonly string[] | null {
  if (role !== 'assistant' || typeof content !== 'string') return null
  const lines = content.split('\n')
  if (lines[0] !== PREAMBLE || lines[1] !== START || lines.at(-1) !== END) return null
  const records = lines.slice(2, -1)
  if (records.every((line, index) => line.startsWith(`${index + 1}. `))) {
    return records.map((line) => line.slice(line.indexOf('.') + 2))
  }
  return records.length === 1 && records[0] === '(no previous turns recorded)' ? [] : null
}
