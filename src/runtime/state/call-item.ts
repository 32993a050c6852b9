/**
 * The items by which a model calls something that runs here, or asks leave for something that runs at its provider; and
 * the items that answer them.
 */
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { CallOutput, Item } from './item.ts'

/** The type of the item a call came as. */
export type CallForm = 'function_call' | 'shell_call' | 'apply_patch_call' | 'mcp_approval_request'

/** A call, whichever item it came as. */
export interface CallItem {
  readonly form: CallForm
  readonly call_id: string
  /** The tool as the model named it; for an item that names none, the type of tool it belongs to. */
  readonly name: string
  /** JSON text. */
  readonly arguments_text: string
}

/** The call an item is; `null` for any other item. */
export function readCall(item: Item): CallItem | null {
  switch (item['type']) {
    case 'function_call':
      return {
        form: 'function_call',
        call_id: text(item['call_id']),
        name: text(item['name']),
        arguments_text: text(item['arguments']),
      }
    case 'shell_call':
      return { form: 'shell_call', ...native(item, 'shell', shellAction(item['action'])) }
    case 'apply_patch_call':
      return { form: 'apply_patch_call', ...native(item, 'apply_patch', item['operation']) }
    case 'mcp_approval_request':
      return {
        form: 'mcp_approval_request',
        call_id: text(item['id']),
        name: `${text(item['server_label'])}/${text(item['name'])}`,
        arguments_text: text(item['arguments']),
      }
    default:
      return null
  }
}

function native(item: Item, name: string, argument: Json | undefined): Omit<CallItem, 'form'> {
  return { call_id: text(item['call_id']), name, arguments_text: JSON.stringify(argument ?? null) }
}

/** What a shell tool goes by, without what the API leaves open. */
function shellAction(action: Json | undefined): Json | undefined {
  if (!isJsonObject(action)) return action
  const keys = ['commands', 'timeout_ms', 'max_output_length'] as const
  return Object.fromEntries(
    keys.flatMap((key) => (action[key] === undefined || action[key] === null ? [] : [[key, action[key]]])),
  )
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The item of a call with the arguments it ran with. */
export function withArguments(item: Item, args: JsonObject): Item {
  switch (item['type']) {
    case 'shell_call':
      return { ...item, action: args }
    case 'apply_patch_call':
      return { ...item, operation: args }
    default:
      return { ...item, arguments: JSON.stringify(args) }
  }
}

/** The item that answers a call. */
export function answerItem(
  call: { readonly form: CallForm; readonly call_id: string; readonly is_error: boolean },
  output: CallOutput,
): Item {
  const { call_id } = call
  switch (call.form) {
    case 'function_call':
      return { type: 'function_call_output', call_id, output }
    case 'shell_call':
      return { type: 'shell_call_output', call_id, output: shellOutput(output, call.is_error) }
    case 'apply_patch_call': {
      const status = call.is_error ? 'failed' : 'completed'
      return { type: 'apply_patch_call_output', call_id, status, output: plainText(output) }
    }
    case 'mcp_approval_request':
      return { type: 'mcp_approval_response', approval_request_id: call_id, ...approval(output) }
  }
}

/** What the commands said; a text in its place is what went wrong. */
function shellOutput(output: CallOutput, isError: boolean): Json {
  if (typeof output !== 'string') return output
  const [stdout, stderr] = isError ? ['', output] : [output, '']
  return [{ stdout, stderr, outcome: { type: 'exit', exit_code: isError ? 1 : 0 } }]
}

function plainText(output: CallOutput): string {
  return typeof output === 'string' ? output : JSON.stringify(output)
}

/** Leave is given by an output that says so; a text is why it is not. */
function approval(output: CallOutput): JsonObject {
  if (typeof output === 'string') return { approve: false, ...(output === '' ? {} : { reason: output }) }
  const [given] = output
  return { approve: isJsonObject(given) && given['approve'] === true }
}

/** The id of the call an item is, also of one that nothing here carries out; `null` for any other item. */
export function callIdOf(item: Item): string | null {
  switch (item['type']) {
    case 'function_call':
    case 'shell_call':
    case 'apply_patch_call':
    case 'computer_call':
    case 'custom_tool_call':
      return text(item['call_id'])
    case 'mcp_approval_request':
      return text(item['id'])
    default:
      return null
  }
}

/** Calls that are answered from outside the model, with the type of their answers and where both say which call it is. */
const ANSWERS: ReadonlyMap<Json | undefined, string> = new Map([
  ['function_call', 'function_call_output'],
  ['shell_call', 'shell_call_output'],
  ['apply_patch_call', 'apply_patch_call_output'],
  ['computer_call', 'computer_call_output'],
  ['custom_tool_call', 'custom_tool_call_output'],
  ['mcp_approval_request', 'mcp_approval_response'],
])
const ANSWER_TYPES: ReadonlySet<Json | undefined> = new Set(ANSWERS.values())

/** The type of the item that answers this one; `undefined` for an item that is no call. */
export function answerTypeOf(item: Item): string | undefined {
  return ANSWERS.get(item['type'])
}

/** What the answer to this call will have as its `answerKey`; `null` for an item that is no call. */
export function callKey(item: Item): string | null {
  const answer = answerTypeOf(item)
  const id = callIdOf(item)
  return answer === undefined || id === null ? null : `${answer} ${id}`
}

/** Equal to the `callKey` of the call an item answers; `null` for an item that answers none. */
export function answerKey(item: Item): string | null {
  const id = answeredIdOf(item)
  return id === null ? null : `${text(item['type'])} ${id}`
}

/** The id of the call that an item answers; `null` for an item that answers none. */
export function answeredIdOf(item: Item): string | null {
  const { type } = item
  if (!ANSWER_TYPES.has(type)) return null
  return text(type === 'mcp_approval_response' ? item['approval_request_id'] : item['call_id'])
}
