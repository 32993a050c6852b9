/** A model behind an OpenAI-compatible server, through either API. */
import { chatCompletionsApi } from './chat-completions.ts'
import { compactionBody, decodeCompaction } from './compact.ts'
import { readText } from './answer.ts'
import { createTransport } from './transport.ts'
import { htmlFailure, looksLikeHtml, parseObject, requestFailure, toFailure } from './failures.ts'
import { objectSetting } from './request-body.ts'
import { readStream } from './read-stream.ts'
import { responsesApi } from './responses.ts'
import { isJsonObject } from '../../../util/json.ts'
import type { ModelDefinition } from '../../../compiler/program-models.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { Model, ModelCallOptions, ModelEvent, ModelRequest } from '../model.ts'
import type { Reading } from './answer.ts'
import type { OpenAiApi } from './api.ts'
import type { FailureContext } from './failures.ts'
import type { Transport } from './transport.ts'

/** Where the model is served and how to be let in, all values resolved. */
export interface OpenAiAccess {
  /** The id at the provider. */
  readonly model: string
  readonly baseUrl: string
  /** Absent: no key is sent. */
  readonly apiKey?: string
  readonly organization?: string
  readonly project?: string
  /** What a person should check when the server refuses the key. */
  readonly keyHint: string
}

const OPENAI_HOST = 'api.openai.com'

/** Whether a base url is OpenAI's own server, which needs a key. */
export function isOpenAiServer(baseUrl: string): boolean {
  return new URL(baseUrl).hostname === OPENAI_HOST
}

/**
 * A model of `definition.api` at `access.baseUrl`. Nothing is connected before the first call. It has no timers of its
 * own: the limits of an attempt are the caller's.
 */
export function openaiModel(definition: ModelDefinition, access: OpenAiAccess): Model {
  const name = `${definition.provider}/${access.model}`
  const who = `${name} at ${new URL(access.baseUrl).host}`
  const api = createApi(definition, access, who)
  const caller: Caller = {
    api,
    transport: createTransport({ ...access, headers: definition.headers }, api.path),
    context: { who, apiKey: access.apiKey, keyHint: access.keyHint },
    maxBytes: definition.max_output_bytes,
  }
  return {
    name,
    async *respond(request, options) {
      options.signal.throwIfAborted()
      try {
        yield* ask(caller, request, options)
      } catch (error) {
        options.signal.throwIfAborted()
        throw toFailure(error, caller.context)
      }
    },
    ...(definition.api === 'responses' ? { compact: createCompact(definition, access, caller) } : {}),
  }
}

function createCompact(
  definition: ModelDefinition,
  access: OpenAiAccess,
  caller: Caller,
): NonNullable<Model['compact']> {
  const transport = createTransport({ ...access, headers: definition.headers }, '/responses/compact')
  const { context, maxBytes } = caller
  return async (request, { signal }) => {
    signal.throwIfAborted()
    const post = {
      body: compactionBody(access.model, request),
      headers: extraHeaders(request.settings),
      query: objectSetting(request.settings, 'extra_query'),
      signal,
    }
    try {
      const answer = await transport.post(post).catch((error: unknown) => {
        throw requestFailure(error, context)
      })
      const value = await readObject({ answer, context, maxBytes, onActivity: () => {} })
      return decodeCompaction(value, context.who)
    } catch (error) {
      signal.throwIfAborted()
      throw toFailure(error, context)
    }
  }
}

interface Caller {
  readonly api: OpenAiApi
  readonly transport: Transport
  readonly context: FailureContext
  readonly maxBytes: number
}

function createApi(definition: ModelDefinition, { model, baseUrl }: OpenAiAccess, who: string): OpenAiApi {
  if (definition.api === 'responses') return responsesApi(model, who)
  const maxTokensKey = isOpenAiServer(baseUrl) ? 'max_completion_tokens' : 'max_tokens'
  return chatCompletionsApi(model, who, { maxTokensKey })
}

/** The events in the batches they arrive in. */
async function* ask(
  { api, transport, context, maxBytes }: Caller,
  request: ModelRequest,
  { signal, stream, onActivity = () => {} }: ModelCallOptions,
): AsyncGenerator<readonly ModelEvent[], void, void> {
  const post = {
    body: api.encode(request, stream),
    headers: extraHeaders(request.settings),
    query: objectSetting(request.settings, 'extra_query'),
    signal,
  }
  const answer = await transport.post(post).catch((error: unknown) => {
    throw requestFailure(error, context)
  })
  onActivity()
  const reading = { answer, context, maxBytes, onActivity }
  try {
    if (answer.mediaType === 'text/html') throw htmlFailure(context.who)
    // A server that does not stream answers in one piece: nothing but the deltas is lost.
    if (stream && !isJsonType(answer.mediaType)) yield* readStream(api.decodeStream(request), reading)
    else yield [{ type: 'response', response: api.decode(await readObject(reading), request) }]
  } finally {
    answer.body.destroy()
  }
}

async function readObject(reading: Reading): Promise<JsonObject> {
  const text = await readText(reading)
  if (looksLikeHtml(reading.answer.mediaType, text)) throw htmlFailure(reading.context.who)
  return parseObject(text, reading.context)
}

function isJsonType(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType.endsWith('+json')
}

/** `null` takes a header away that would be sent otherwise. */
function extraHeaders(settings: JsonObject): Record<string, string | null> {
  const extra = settings['extra_headers']
  const headers: Record<string, string | null> = {}
  if (!isJsonObject(extra)) return headers
  for (const [name, value] of Object.entries(extra)) headers[name] = textOf(value)
  return headers
}

function textOf(value: Json): string | null {
  return typeof value === 'string' || value === null ? value : JSON.stringify(value)
}
