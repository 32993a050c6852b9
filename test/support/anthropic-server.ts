/**
 * A server of Anthropic's Messages API for tests: it checks requests as strictly as the API does where that matters here,
 * and gives scripted answers in one piece or as server-sent events, whichever is asked for.
 */
import { json, sse, startModelServer, stream } from './model-server.ts'
import type { Answer, Ending, ModelServer, RecordedRequest } from './model-server.ts'

export type AnthropicBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: object }

export interface AnthropicReply {
  readonly content: readonly AnthropicBlock[]
  readonly stopReason?: string
  /** How the stream stops, and after how many of its events; default: properly, after the last one. */
  readonly ending?: Ending
  readonly events?: number
}

/** Gives the replies in order; an `Answer` is sent as it is. */
export async function startAnthropicServer(
  ...replies: readonly (AnthropicReply | Answer)[]
): Promise<ModelServer> {
  let made = 0
  const server: ModelServer = await startModelServer(async (response) => {
    const reply = replies[Math.min(made++, replies.length - 1)]
    const request = server.requests.at(-1)
    if (reply === undefined || request === undefined) throw new Error('there is nothing to answer')
    const problem = problemWith(request)
    if (problem !== null) return apiError(400, 'invalid_request_error', problem)(response)
    const answer = typeof reply === 'function' ? reply : answerOf(reply, request.body['stream'] === true)
    await answer(response)
  })
  return server
}

/** An error in the API's own form. */
export function apiError(
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  return json({ type: 'error', error: { type, message }, request_id: 'req_1' }, status, headers)
}

/** An error as the first event of a stream that began well. */
export function streamedError(type: string, message: string): Answer {
  return stream([sse([{ type: 'error', error: { type, message } }])])
}

function answerOf(reply: AnthropicReply, streamed: boolean): Answer {
  const calls = reply.content.some((block) => block.type === 'tool_use')
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-test',
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 7, cache_read_input_tokens: 4, cache_creation_input_tokens: 0 },
  }
  const stop_reason = reply.stopReason ?? (calls ? 'tool_use' : 'end_turn')
  if (!streamed) return json({ ...message, content: reply.content, stop_reason })
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    { type: 'ping' },
    ...reply.content.flatMap(blockEvents),
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 7 } },
    { type: 'message_stop' },
  ]
  return stream(
    events.slice(0, reply.events).map((event) => sse([event])),
    reply.ending,
  )
}

function blockEvents(block: AnthropicBlock, index: number): readonly object[] {
  const delta = (value: object): object => ({ type: 'content_block_delta', index, delta: value })
  const around = (start: object, ...deltas: readonly object[]): readonly object[] => [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map(delta),
    { type: 'content_block_stop', index },
  ]
  switch (block.type) {
    case 'text':
      return around(
        { type: 'text', text: '' },
        ...halves(block.text).map((text) => ({ type: 'text_delta', text })),
      )
    case 'thinking':
      return around(
        { type: 'thinking', thinking: '', signature: '' },
        ...halves(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      )
    case 'redacted_thinking':
      return around(block)
    default:
      return around(
        { type: 'tool_use', id: block.id, name: block.name, input: {} },
        ...halves(JSON.stringify(block.input)).map((partial_json) => ({
          type: 'input_json_delta',
          partial_json,
        })),
      )
  }
}

function halves(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)].filter((half) => half !== '')
}

type Content = readonly Readonly<Record<string, unknown>>[]

/** What the real API would refuse; `null` when the request is good. */
function problemWith({ path, headers, body }: RecordedRequest): string | null {
  if (path.split('?', 1)[0] !== '/v1/messages') return `there is no ${path}`
  if (headers['x-api-key'] === undefined) return 'x-api-key header is required'
  if (headers['anthropic-version'] === undefined) return 'anthropic-version header is required'
  if (typeof body['max_tokens'] !== 'number') return 'max_tokens: field required'
  const messages = body['messages'] as readonly { role: string; content: Content }[]
  if (messages[0]?.role !== 'user') return 'messages: the first message must use the user role'
  for (const [index, { content }] of messages.entries()) {
    const asked = content.filter((block) => block['type'] === 'tool_use').map((block) => block['id'])
    const next = messages[index + 1]?.content ?? []
    const given = next.filter((block) => block['type'] === 'tool_result').map((block) => block['tool_use_id'])
    const missing = asked.find((id) => !given.includes(id))
    if (missing !== undefined)
      return `tool_use ids were found without tool_result blocks: ${JSON.stringify(missing)}`
  }
  return thinkingProblem(body, messages)
}

/** With thinking on, the answer that called a tool must come back with its thinking, signed as it was. */
function thinkingProblem(
  body: Readonly<Record<string, unknown>>,
  messages: readonly { role: string; content: Content }[],
): string | null {
  const thinking = body['thinking'] as { type?: string } | undefined
  if (thinking?.type !== 'enabled') return null
  for (const { role, content } of messages) {
    if (role !== 'assistant' || !content.some((block) => block['type'] === 'tool_use')) continue
    const [first] = content
    if (first?.['type'] !== 'thinking' && first?.['type'] !== 'redacted_thinking')
      return 'a final assistant message must start with a thinking block'
    if (first['type'] === 'thinking' && !String(first['signature']).startsWith('sig-'))
      return 'invalid signature in thinking block'
  }
  return null
}
