/** What the next agent sees of the history: the filter of the handoff, or of the run, or nested history. */
import type { HandoffDefinition } from '../../compiler/program.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import type { HandoffView } from '../state/history-views.ts'
import { orphansOf, pairsOf } from '../state/history.ts'
import type { Item } from '../state/item.ts'
import type { CallState, HandoffState } from '../state/run-state.ts'
import { callHandler } from './call-handler.ts'
import { handoffData } from './handoff-data.ts'
import type { HandoffData } from './handoff-data.ts'
import { jsonFrom, unexpected } from './handler-value.ts'
import type { HandlerSource } from './handler-value.ts'
import { nestHistory } from './nest-history.ts'
import type { RunContext } from './run-context.ts'

/**
 * `null`: the next agent sees everything. A view never holds a call without its output, nor an output without its call.
 *
 * @throws RunFailure `handler_failed`: a filter threw, or gave something else than it should.
 */
export async function filterHistory(
  run: RunContext,
  call: CallState,
  handoff: HandoffDefinition,
  outcome: HandoffState,
): Promise<HandoffView | null> {
  const ofRun = run.spec.program.run
  const filter = handoff.input_filter ?? ofRun.handoff_input_filter
  if (filter === undefined) {
    const nests = handoff.nest_handoff_history ?? ofRun.nest_handoff_history
    return nests ? withoutOrphansInside(nestHistory(handoffData(run, outcome))) : null
  }
  const data = handoffData(run, outcome)
  if (filter === 'remove_all_tools') return withoutOrphansInside(viewOf(data, withoutTools))
  if ('last' in filter) return withoutOrphansInside(lastItems(viewOf(data), filter.last))
  const of = handoff.input_filter === undefined ? 'run.handoff_input_filter' : 'input_filter'
  const source = { what: `${of} of ${call.name}`, handler: filter.handler, agent: call.agent }
  return withoutOrphansInside(viewOf(await askHandler(run, source, call.name, data)))
}

function viewOf(data: HandoffData, change = (items: readonly Item[]): readonly Item[] => items): HandoffView {
  return {
    input_history: change(data.input_history),
    items: change([...data.pre_handoff_items, ...data.new_items]),
  }
}

/** What openai-agents' filter of this name leaves out: calls, their outputs, and the reasoning around them. */
const TOOL_TYPES: ReadonlySet<Json | undefined> = new Set([
  'function_call',
  'function_call_output',
  'computer_call',
  'computer_call_output',
  'file_search_call',
  'tool_search_call',
  'tool_search_output',
  'web_search_call',
  'mcp_call',
  'mcp_list_tools',
  'mcp_approval_request',
  'mcp_approval_response',
  'reasoning',
  'code_interpreter_call',
  'image_generation_call',
  'local_shell_call',
  'local_shell_call_output',
  'shell_call',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'program',
  'program_output',
])

function withoutTools(items: readonly Item[]): readonly Item[] {
  return items.filter((item) => !TOOL_TYPES.has(item['type']))
}

/** The last `count` items, and those before them that these cannot stand without. */
function lastItems(view: HandoffView, count: number): HandoffView {
  const items = [...view.input_history, ...view.items]
  const start = wholeFrom(items, items.length - count)
  const split = view.input_history.length
  return {
    input_history: items.slice(start, Math.max(start, split)),
    items: items.slice(Math.max(start, split)),
  }
}

/** Where to begin at the latest so that no output is without its call, and nothing without the reasoning it came with. */
function wholeFrom(items: readonly Item[], latest: number): number {
  const pairs = pairsOf(items)
  let start = Math.max(0, latest)
  for (let index = items.length - 1; index >= start; index--) {
    start = Math.min(start, pairs.get(index) ?? start)
    if (index === start) start = reasoningBefore(items, start)
  }
  return start
}

/** Where the reasoning begins that led to the item, if an unbroken line of the model's own items leads back to one. */
function reasoningBefore(items: readonly Item[], index: number): number {
  let start = index
  for (let at = index; isOfModel(items[at]); at--) if (items[at]?.['type'] === 'reasoning') start = at
  return start
}

function isOfModel(item: Item | undefined): boolean {
  const type = item?.['type']
  if (item?.['role'] === 'assistant' || type === 'reasoning') return true
  return typeof type === 'string' && type.endsWith('_call')
}

async function askHandler(
  run: RunContext,
  source: HandlerSource,
  tool: string,
  data: HandoffData,
): Promise<HandoffData> {
  const given = await callHandler(run, source.handler, source, (ctx) => [
    structuredClone(data),
    { ...ctx, tool },
  ])
  const value = jsonFrom(run, given, source)
  if (!isJsonObject(value)) throw unexpected(source, `${kindOf(value)}, not an object of ${PARTS.join(', ')}`)
  const other = Object.keys(value).find((key) => !PARTS.some((part) => part === key))
  if (other !== undefined) throw unexpected(source, `"${other}", which is none of ${PARTS.join(', ')}`)
  const read = (part: (typeof PARTS)[number]): readonly Item[] => itemsIn(value[part], part, source)
  return {
    input_history: read('input_history'),
    pre_handoff_items: read('pre_handoff_items'),
    new_items: read('new_items'),
  }
}

const PARTS = ['input_history', 'pre_handoff_items', 'new_items'] as const

function itemsIn(value: Json | undefined, part: string, source: HandlerSource): readonly Item[] {
  if (!isJsonArray(value)) throw unexpected(source, `${kindOf(value)} as ${part}, not a list of items`)
  return value.map((item, index) => {
    if (isJsonObject(item)) return item
    throw unexpected(source, `${kindOf(item)} as ${part}[${index}], not an item`)
  })
}

function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  return isJsonArray(value) ? 'a list' : typeof value
}

/** An API refuses a call without its output, and the other way round. */
function withoutOrphansInside({ input_history, items }: HandoffView): HandoffView {
  const orphans = orphansOf([...input_history, ...items])
  return {
    input_history: input_history.filter((_, index) => !orphans.has(index)),
    items: items.filter((_, index) => !orphans.has(input_history.length + index)),
  }
}
