/** What a provider answered, block by block, and the same as Responses API items. */
import { ModelFailure } from '../../failures.ts'
import { isJsonObject } from '../../../util/json.ts'
import type { JsonObject } from '../../../util/json.ts'
import type { Item } from '../../state/item.ts'
import { defaultCallId } from '../call-id.ts'
import type { ModelRequest } from '../model.ts'
import { malformedFailure } from '../openai/failures.ts'
import { PROVIDER, PROVIDER_METADATA } from '../provider-metadata.ts'

/** Metadata is by the provider's name, as the AI SDK gives it; empty without any. */
export type Block =
  | { readonly kind: 'text' | 'reasoning'; readonly text: string; readonly metadata: JsonObject }
  | {
      readonly kind: 'call'
      /** Empty when the provider gives none. */
      readonly id: string
      readonly name: string
      /** JSON text, as the model wrote it. */
      readonly input: string
      readonly metadata: JsonObject
    }

/**
 * A tool call out of a part of the answer.
 *
 * @throws ModelFailure when it is not usable, or was carried out by the provider itself.
 */
export function callBlock(part: JsonObject, who: string): Block {
  const { toolCallId: id, toolName: name, input } = part
  if (typeof name !== 'string' || name === '') throw malformedFailure(who, 'a tool call has no name')
  if (part['providerExecuted'] === true) throw ranItselfFailure(who, name)
  if (input !== undefined && typeof input !== 'string') {
    throw malformedFailure(who, `the input of the call of ${name} is not text`)
  }
  return {
    kind: 'call',
    id: typeof id === 'string' ? id : '',
    name,
    // A tool without parameters: several providers send nothing then.
    input: input === undefined || input.trim() === '' ? '{}' : input,
    metadata: metadataOf(part),
  }
}

/** @throws ModelFailure for parts whose content would be lost: files, and tools that ran at the provider. */
export function refuseUnsupported(type: unknown, part: object, who: string): void {
  if (type === 'file' || type === 'reasoning-file') {
    const mediaType = 'mediaType' in part && typeof part.mediaType === 'string' ? ` (${part.mediaType})` : ''
    throw new ModelFailure(
      `${who} answered with a file${mediaType}, which is not supported for this provider`,
    )
  }
  if (type === 'tool-result' || type === 'tool-approval-request') {
    const name = 'toolName' in part && typeof part.toolName === 'string' ? part.toolName : 'a tool'
    throw ranItselfFailure(who, name)
  }
}

function ranItselfFailure(who: string, name: string): ModelFailure {
  return new ModelFailure(`${who} ran ${name} itself; tools that run at the provider are not supported here`)
}

/** Metadata of a part; empty without any. */
export function metadataOf(part: JsonObject): JsonObject {
  const metadata = part['providerMetadata']
  return isJsonObject(metadata) ? metadata : {}
}

/** Metadata that comes in pieces: what comes later is added for each provider, and wins. */
export function mergeMetadata(before: JsonObject, after: JsonObject): JsonObject {
  const merged: Record<string, JsonObject> = {}
  for (const [name, value] of [...Object.entries(before), ...Object.entries(after)]) {
    if (isJsonObject(value)) merged[name] = { ...merged[name], ...value }
  }
  return merged
}

/**
 * The items of an answer, in the order of its blocks: texts that follow each other are one message. There is always a
 * message or a call.
 *
 * @param packageName of the provider: it alone gets its reasoning back
 */
export function itemsOf(
  blocks: readonly Block[],
  request: ModelRequest,
  packageName: string,
): readonly Item[] {
  const items: Item[] = []
  let texts: JsonObject[] = []
  let calls = 0
  const endMessage = (): void => {
    if (texts.length > 0) items.push(assistantMessage(texts))
    texts = []
  }
  for (const block of blocks) {
    if (block.kind === 'text') {
      if (block.text !== '' || isFilled(block.metadata)) texts.push(textPart(block.text, block.metadata))
      continue
    }
    endMessage()
    if (block.kind === 'call') items.push(callItem(block, defaultCallId(request, ++calls)))
    else if (block.text !== '' || isFilled(block.metadata)) items.push(reasoningItem(block, packageName))
  }
  endMessage()
  const hasAnswer = items.some((item) => item['type'] !== 'reasoning')
  return hasAnswer ? items : [...items, assistantMessage([textPart('', {})])]
}

/** The model refused, or was stopped by a filter: what it said is the refusal, and no call of it counts. */
export function refusalItems(blocks: readonly Block[], reason: string | undefined): readonly Item[] {
  const said = blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('')
  const refusal = said === '' ? `the provider stopped the answer (${reason ?? 'content filter'})` : said
  return [assistantMessage([{ type: 'refusal', refusal }])]
}

function assistantMessage(content: readonly JsonObject[]): Item {
  return { type: 'message', role: 'assistant', status: 'completed', content }
}

function textPart(text: string, metadata: JsonObject): JsonObject {
  return { type: 'output_text', text, annotations: [], ...kept(metadata) }
}

function reasoningItem(
  { text, metadata }: Block & { kind: 'text' | 'reasoning' },
  packageName: string,
): Item {
  return {
    type: 'reasoning',
    summary: [],
    content: [{ type: 'reasoning_text', text }],
    [PROVIDER]: packageName,
    ...kept(metadata),
  }
}

function callItem(block: Block & { kind: 'call' }, defaultId: string): Item {
  const { id, name, input, metadata } = block
  return {
    type: 'function_call',
    status: 'completed',
    call_id: id === '' ? defaultId : id,
    name,
    arguments: input,
    ...kept(metadata),
  }
}

function kept(metadata: JsonObject): JsonObject {
  return isFilled(metadata) ? { [PROVIDER_METADATA]: metadata } : {}
}

function isFilled(metadata: JsonObject): boolean {
  return Object.values(metadata).some((value) => isJsonObject(value) && Object.keys(value).length > 0)
}
