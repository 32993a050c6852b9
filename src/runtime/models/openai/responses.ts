/** The Responses API: its items are our items, so answers are checked, not converted. */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import { reportedUsage } from '../reported-usage.ts'
import { cutFailure, incompleteFailure, malformedFailure, reportedFailure } from './failures.ts'
import { responsesEncoder } from './responses-request.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { Item } from '../../state/item.ts'
import type { ModelEvent, ModelResponse } from '../model.ts'
import type { OpenAiApi, StreamDecoder } from './api.ts'

/** @param who the model and its server, for messages */
export function responsesApi(model: string, who: string): OpenAiApi {
  return {
    path: '/responses',
    encode: responsesEncoder(model),
    decode: (answer) => decodeResponse(answer, who, []),
    decodeStream: () => createDecoder(who),
  }
}

/** @param streamed the items that came one by one before */
function decodeResponse(value: Json | undefined, who: string, streamed: readonly Item[]): ModelResponse {
  if (!isJsonObject(value)) throw malformedFailure(who, 'there is no response in it')
  const { id, status, error, output } = value
  if (status === 'failed' || (isJsonObject(error) && output === undefined)) throw reportedFailure(who, error)
  if (status === 'incomplete') throw incompleteFailure(who, incompleteReason(value))
  if (status !== undefined && status !== 'completed')
    throw malformedFailure(who, `its status is ${JSON.stringify(status)}`)
  return {
    response_id: typeof id === 'string' ? id : null,
    items: checkedItems(output, who, streamed),
    usage: reportedUsage(value['usage']),
  }
}

function incompleteReason(response: JsonObject): string {
  const details = response['incomplete_details']
  const reason = isJsonObject(details) ? details['reason'] : undefined
  return typeof reason === 'string' ? reason : 'no reason given'
}

/** Some servers leave the output of a streamed response empty: its items came one by one before. */
function checkedItems(output: Json | undefined, who: string, streamed: readonly Item[]): readonly Item[] {
  if (output !== undefined && !isJsonArray(output)) throw malformedFailure(who, '"output" is not a list')
  const items = output === undefined || output.length === 0 ? streamed : output
  if (output === undefined && items.length === 0) throw malformedFailure(who, 'it has no "output"')
  return items.map((item) => checkedItem(item, who))
}

function checkedItem(item: Json, who: string): Item {
  if (!isJsonObject(item) || typeof item['type'] !== 'string')
    throw malformedFailure(who, 'an output item has no type')
  if (item['type'] !== 'function_call') return item
  for (const key of ['call_id', 'name', 'arguments']) {
    const value = item[key]
    if (typeof value === 'string' && (value !== '' || key === 'arguments')) continue
    throw malformedFailure(who, `a function call has no "${key}"`)
  }
  return item
}

const PREAMBLE = new Set<Json | undefined>(['response.created', 'response.queued', 'response.in_progress'])
/** The last event of a stream, and what it says about the response. */
const TERMINAL = new Map<Json | undefined, string>([
  ['response.completed', 'completed'],
  ['response.incomplete', 'incomplete'],
  ['response.failed', 'failed'],
])

/** The last event carries the whole response; the events before it are only checked for their order. */
function createDecoder(who: string): StreamDecoder {
  const streamed: Item[] = []
  let sequence = -1
  let response: ModelResponse | null = null

  const checkOrder = (event: JsonObject): void => {
    if (response !== null)
      throw malformedFailure(who, `${JSON.stringify(event['type'])} came after the end of the response`)
    const number = event['sequence_number']
    if (typeof number !== 'number') return
    if (number <= sequence) throw malformedFailure(who, `event ${number} came after event ${sequence}`)
    sequence = number
  }

  return {
    push: (event) => {
      const { type } = event
      if (type === 'error' || isJsonObject(event['error']))
        throw reportedFailure(who, event['error'] ?? event)
      checkOrder(event)
      const status = TERMINAL.get(type)
      if (status !== undefined)
        response = decodeResponse(withStatus(event['response'], status), who, streamed)
      if (type === 'response.output_item.done' && isJsonObject(event['item'])) streamed.push(event['item'])
      return eventsOf(event)
    },
    done: () => {},
    isComplete: () => response !== null,
    end: () => {
      if (response === null) throw cutFailure(who, 'the stream ended without a final event')
      return response
    },
  }
}

/** The type of the last event counts, should the response in it say nothing about its status. */
function withStatus(response: Json | undefined, status: string): Json | undefined {
  return isJsonObject(response) && response['status'] === undefined ? { ...response, status } : response
}

function eventsOf(event: JsonObject): readonly ModelEvent[] {
  if (PREAMBLE.has(event['type'])) return [{ type: 'delta', data: event, preamble: true }]
  const text = event['type'] === 'response.output_text.delta' ? event['delta'] : undefined
  if (typeof text !== 'string') return [{ type: 'delta', data: event }]
  return [
    { type: 'delta', data: event },
    { type: 'text', delta: text },
  ]
}
