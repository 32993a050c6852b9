/** An answer that comes part by part: what each part tells at once, and the whole at the end. */
import { ModelFailure } from '../../failures.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { ModelEvent, ModelResponse } from '../model.ts'
import { cutFailure, malformedFailure } from '../openai/failures.ts'
import { callBlock, mergeMetadata, metadataOf, refuseUnsupported } from './blocks.ts'
import type { Block } from './blocks.ts'
import { isRefused, responseOf } from './finish.ts'
import type { AnswerContext } from './finish.ts'
import { jsonObjectOf } from './plain-json.ts'

/** Takes the parts of one stream in order. Its methods fail with ModelFailure when they make no sense. */
export interface PartReader {
  push(part: unknown): readonly ModelEvent[]
  /** The stream has ended. */
  end(): ModelResponse
}

/** What came before anything of the answer: a retry is still possible after it. */
const PREAMBLE: ReadonlySet<Json | undefined> = new Set([
  'stream-start',
  'response-metadata',
  'ping',
  // What only the provider itself understands; it is no part of the answer.
  'custom',
  'text-start',
  'reasoning-start',
])

/**
 * Reads one stream.
 *
 * @param maxBytes most characters of text, reasoning and tool input, for providers whose requests are out of our sight
 */
export function createPartReader(context: AnswerContext, maxBytes: number): PartReader {
  const { who } = context
  const draft = createDraft(who)
  let size = 0
  let responseId: Json | undefined
  let finish: JsonObject | null = null

  const read = (part: JsonObject): void => {
    if (finish !== null) throw malformedFailure(who, `${JSON.stringify(part['type'])} came after its end`)
    size += deltaOf(part).length
    if (size > maxBytes) throw new ModelFailure(`${who} sent more than ${maxBytes} bytes (max_output_bytes)`)
    if (part['type'] === 'response-metadata') responseId = part['id'] ?? responseId
    else if (part['type'] === 'finish') finish = part
    else draft.add(part)
  }

  return {
    push: (value) => {
      if (typeof value !== 'object' || value === null)
        throw malformedFailure(who, 'a part of it is no object')
      refuseUnsupported('type' in value ? value.type : undefined, value, who)
      const part = jsonObjectOf(value, who)
      read(part)
      return eventsOf(part)
    },
    end: () => {
      if (finish === null) throw cutFailure(who, 'the stream ended without a final part')
      const { finishReason, usage } = finish
      const response = responseOf({ blocks: draft.blocks(), finishReason, usage, responseId }, context, true)
      if (!isRefused(finishReason)) draft.requireWhole()
      return response
    },
  }
}

function eventsOf(part: JsonObject): readonly ModelEvent[] {
  const delta = deltaOf(part)
  if (delta === '' && PREAMBLE.has(part['type'])) return [{ type: 'delta', data: part, preamble: true }]
  if (part['type'] !== 'text-delta' || delta === '') return [{ type: 'delta', data: part }]
  return [
    { type: 'delta', data: part },
    { type: 'text', delta },
  ]
}

function deltaOf(part: JsonObject): string {
  return typeof part['delta'] === 'string' ? part['delta'] : ''
}

interface Draft {
  add(part: JsonObject): void
  blocks(): readonly Block[]
  /** @throws ModelFailure when the input of a call began and the call itself never came. */
  requireWhole(): void
}

interface TextDraft {
  readonly kind: 'text' | 'reasoning'
  text: string
  metadata: JsonObject
}

/** Blocks are in the order in which they began; only whole calls are among them. */
function createDraft(who: string): Draft {
  const blocks: (TextDraft | Block)[] = []
  const open = new Map<string, TextDraft>()
  const inputs = new Set<string>()

  const start = (kind: TextDraft['kind'], id: string): TextDraft => {
    const draft: TextDraft = { kind, text: '', metadata: {} }
    blocks.push(draft)
    open.set(`${kind} ${id}`, draft)
    return draft
  }

  const addText = (kind: TextDraft['kind'], step: string, part: JsonObject): void => {
    const id = idOf(part, who)
    if (step === 'delta' && typeof part['delta'] !== 'string')
      throw malformedFailure(who, 'a delta is not text')
    const known = step === 'start' ? undefined : open.get(`${kind} ${id}`)
    const draft = known ?? start(kind, id)
    draft.text += deltaOf(part)
    draft.metadata = mergeMetadata(draft.metadata, metadataOf(part))
    if (step === 'end') open.delete(`${kind} ${id}`)
  }

  return {
    add: (part) => {
      const { type } = part
      const match = typeof type === 'string' ? /^(text|reasoning)-(start|delta|end)$/.exec(type) : null
      const [, kind, step] = match ?? []
      if ((kind === 'text' || kind === 'reasoning') && step !== undefined) addText(kind, step, part)
      else if (type === 'tool-input-start') inputs.add(idOf(part, who))
      else if (type === 'tool-call') {
        const call = callBlock(part, who)
        if (call.kind === 'call') inputs.delete(call.id)
        blocks.push(call)
      }
    },
    blocks: () => blocks,
    requireWhole: () => {
      if (inputs.size > 0) throw malformedFailure(who, 'the input of a tool call was never finished')
    },
  }
}

function idOf(part: JsonObject, who: string): string {
  const { id } = part
  if (typeof id === 'string') return id
  throw malformedFailure(who, `${JSON.stringify(part['type'])} has no id`)
}
