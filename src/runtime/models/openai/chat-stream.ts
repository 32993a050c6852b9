/** Assembles the chunks of a streamed chat completion into the completion that would have come in one piece. */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import { REASONING_FIELDS } from './chat-reasoning.ts'
import { cutFailure, malformedFailure, reportedFailure } from './failures.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { ModelEvent, ModelResponse } from '../model.ts'
import type { StreamDecoder } from './api.ts'

/** A decoder that hands the assembled completion to `decode` when the stream has ended with a finish reason. */
export function createChatStreamDecoder(
  who: string,
  decode: (completion: JsonObject) => ModelResponse,
): StreamDecoder {
  const draft = createDraft(who)
  let done = false
  return {
    push: (chunk) => {
      if (isJsonObject(chunk['error'])) throw reportedFailure(who, chunk['error'])
      if (done) throw malformedFailure(who, 'a chunk came after the end of the stream')
      return draft.add(chunk)
    },
    done: () => {
      if (done) throw malformedFailure(who, 'the stream ended twice')
      done = true
    },
    isComplete: () => done,
    end: () => {
      const completion = draft.completion()
      if (completion === null) throw cutFailure(who, 'the stream ended without a finish reason')
      return decode(completion)
    },
  }
}

interface Draft {
  add(chunk: JsonObject): readonly ModelEvent[]
  /** `null` while there is no finish reason. */
  completion(): JsonObject | null
}

function createDraft(who: string): Draft {
  const calls = createCallDrafts(who)
  const logprobs: Json[] = []
  let id: Json = null
  let usage: Json = null
  let content = ''
  let refusal = ''
  const reasoning = new Map<string, string>()
  let finishReason: string | null = null

  const addChoice = (choice: JsonObject): string => {
    const delta = isJsonObject(choice['delta']) ? choice['delta'] : {}
    const text = textAt(delta, 'content', who)
    const refused = textAt(delta, 'refusal', who)
    if (finishReason !== null && (text !== '' || refused !== '' || hasCalls(delta))) {
      throw malformedFailure(who, 'a piece of the answer came after its finish reason')
    }
    content += text
    for (const field of REASONING_FIELDS) {
      const piece = textAt(delta, field, who)
      if (piece !== '') reasoning.set(field, (reasoning.get(field) ?? '') + piece)
    }
    refusal += refused
    calls.add(delta['tool_calls'])
    const tokens = isJsonObject(choice['logprobs']) ? choice['logprobs']['content'] : undefined
    if (isJsonArray(tokens)) logprobs.push(...tokens)
    const reason = choice['finish_reason']
    if (typeof reason === 'string' && reason !== '') finishReason = reason
    return text
  }

  return {
    add: (chunk) => {
      if (id === null && typeof chunk['id'] === 'string') id = chunk['id']
      if (isJsonObject(chunk['usage'])) usage = chunk['usage']
      const choice = firstChoice(chunk)
      if (choice === null) return [{ type: 'delta', data: chunk }]
      const text = addChoice(choice)
      if (text !== '')
        return [
          { type: 'delta', data: chunk },
          { type: 'text', delta: text },
        ]
      const empty =
        content + refusal === '' && reasoning.size === 0 && calls.isEmpty() && finishReason === null
      return [empty ? { type: 'delta', data: chunk, preamble: true } : { type: 'delta', data: chunk }]
    },
    completion: () => {
      if (finishReason === null) return null
      const message = { content, refusal, ...Object.fromEntries(reasoning), tool_calls: calls.list() }
      const tokens = logprobs.length === 0 ? null : { content: logprobs }
      return { id, usage, choices: [{ message, logprobs: tokens, finish_reason: finishReason }] }
    },
  }
}

/** The choice with index 0; a chunk may hold others, or none (the last one, with the usage). */
function firstChoice(chunk: JsonObject): JsonObject | null {
  const choices = chunk['choices']
  if (!isJsonArray(choices)) return null
  return choices.filter(isJsonObject).find((choice) => (choice['index'] ?? 0) === 0) ?? null
}

function hasCalls(delta: JsonObject): boolean {
  return isJsonArray(delta['tool_calls']) && delta['tool_calls'].length > 0
}

interface CallDrafts {
  add(deltas: Json | undefined): void
  isEmpty(): boolean
  list(): readonly JsonObject[]
}

interface CallDraft {
  readonly index: number | undefined
  id: string
  name: string
  args: string
}

/**
 * Pieces belong together by `index`. A server that gives none, or the same one to every call, starts each call with an
 * id of its own.
 */
function createCallDrafts(who: string): CallDrafts {
  const drafts: CallDraft[] = []

  const draftFor = (index: number | undefined, id: string): CallDraft => {
    const known = index === undefined ? drafts.at(-1) : drafts.findLast((draft) => draft.index === index)
    if (known !== undefined && (id === '' || known.id === '' || id === known.id)) return known
    const draft: CallDraft = { index, id: '', name: '', args: '' }
    drafts.push(draft)
    return draft
  }

  const addOne = (delta: JsonObject): void => {
    const called = isJsonObject(delta['function']) ? delta['function'] : {}
    const id = textAt(delta, 'id', who)
    const draft = draftFor(typeof delta['index'] === 'number' ? delta['index'] : undefined, id)
    if (id !== '') draft.id = id
    const name = textAt(called, 'name', who)
    if (name !== draft.name) draft.name += name
    const args = called['arguments']
    draft.args += isJsonObject(args) ? JSON.stringify(args) : textAt(called, 'arguments', who)
  }

  return {
    add: (deltas) => {
      if (deltas === undefined || deltas === null) return
      if (!isJsonArray(deltas)) throw malformedFailure(who, '"tool_calls" is not a list')
      for (const delta of deltas) if (isJsonObject(delta)) addOne(delta)
    },
    isEmpty: () => drafts.length === 0,
    list: () =>
      drafts
        .toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0))
        .map(({ id, name, args }) => ({ id, function: { name, arguments: args } })),
  }
}

function textAt(value: JsonObject, key: string, who: string): string {
  const text = value[key]
  if (text === undefined || text === null) return ''
  if (typeof text !== 'string') throw malformedFailure(who, `"${key}" is not text`)
  return text
}
