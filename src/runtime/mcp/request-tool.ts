/** One request for a tool of a server, with the questions the server asks before it answers. */
import { ProtocolErrorCode } from '@modelcontextprotocol/client'
import type { Client } from '@modelcontextprotocol/client'
import { isJsonObject, parseJson } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { untilAborted } from '../../util/until-aborted.ts'
import { UnansweredQuestion } from '../state/elicitation.ts'
import type { Elicitation } from '../state/elicitation.ts'
import type { McpCall } from './mcp-servers.ts'
import { createReadyAnswers } from './question-desk.ts'
import type { ElicitResult, QuestionDesk } from './question-desk.ts'
import { readQuestion } from './read-question.ts'

/** Questions of one call: a server that is never content must come to an end. */
const MOST_QUESTIONS = 20

/** A server does not stop asking: trying again would only be asked more. */
export class TooManyQuestions extends Error {
  constructor() {
    super(`the server asked more than ${MOST_QUESTIONS} questions during one call`)
  }
}

/** How often a server may answer that it wants to know more. */
const MOST_ROUNDS = 10

export interface ToolRequest {
  readonly call: McpCall
  readonly meta: JsonObject
  readonly signal: AbortSignal
  /** Milliseconds for all of it. */
  readonly timeout: number
  readonly progress: (text: string) => void
}

export interface RequestPorts {
  readonly client: Client
  readonly desk: QuestionDesk
  /** Takes secrets out of what a server says. */
  readonly redact: (question: Json) => Json
}

/**
 * The result as the server gave it.
 *
 * @throws UnansweredQuestion once the server was told that the call is off; TooManyQuestions.
 */
export async function requestTool(ports: RequestPorts, request: ToolRequest): Promise<Json> {
  const givenUp = new AbortController()
  const signal = AbortSignal.any([request.signal, givenUp.signal])
  const ready = createReadyAnswers(request.call.answers)
  const leave = ports.desk.enter({
    answer(question) {
      const answer = ready(question)
      if (answer === null) givenUp.abort(unanswered(request.call, question))
      return answer
    },
  })
  const asking: Asking = { ...ports, ready, until: performance.now() + request.timeout }
  try {
    return await untilComplete(asking, { ...request, signal })
  } catch (error) {
    givenUp.signal.throwIfAborted()
    throw error
  } finally {
    leave()
  }
}

function unanswered({ answers }: McpCall, question: Elicitation): Error {
  return answers.length >= MOST_QUESTIONS ? new TooManyQuestions() : new UnansweredQuestion(question)
}

interface Asking extends RequestPorts {
  readonly ready: (question: Elicitation) => ElicitResult | null
  /** When its time is up. */
  readonly until: number
}

/** From 2026-07-28 on a server that wants to know something answers so, and is asked again with what it wants. */
async function untilComplete(asking: Asking, request: ToolRequest): Promise<Json> {
  let more: JsonObject = {}
  for (let round = 0; round <= MOST_ROUNDS; round++) {
    const result = await once(asking, request, more)
    if (!isJsonObject(result) || result['resultType'] !== 'input_required') return result
    const { inputRequests, requestState: state } = result
    more = {
      ...(isJsonObject(inputRequests)
        ? { inputResponses: responsesTo(asking, request.call, inputRequests) }
        : {}),
      ...(typeof state === 'string' ? { requestState: state } : {}),
    }
  }
  throw new Error(`the server still wanted to know more after ${MOST_ROUNDS} answers`)
}

async function once(
  { client, until }: Asking,
  { call, meta, signal, progress }: ToolRequest,
  more: JsonObject,
): Promise<Json> {
  const left = Math.max(1, until - performance.now())
  const result = client.request(
    {
      method: 'tools/call',
      params: {
        name: call.tool,
        arguments: call.arguments,
        ...more,
        ...(Object.keys(meta).length === 0 ? {} : { _meta: meta }),
      },
    },
    {
      signal,
      timeout: left,
      maxTotalTimeout: left,
      allowInputRequired: true,
      onprogress: ({ progress: done, total, message }) =>
        progress(message ?? (total === undefined ? `${done}` : `${done}/${total}`)),
    },
  )
  return parseJson(JSON.stringify((await untilAborted(result, signal)) ?? null))
}

/** The first question without an answer gives the call up; nothing but questions is answered. */
function responsesTo({ ready, redact }: Asking, call: McpCall, requests: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(requests).map(([key, request]) => {
      const method = isJsonObject(request) ? request['method'] : undefined
      if (method !== 'elicitation/create') {
        throw new Error(`the server asks for ${JSON.stringify(method)}, which is not offered to servers`)
      }
      const params = isJsonObject(request) ? (request['params'] ?? null) : null
      const question = readQuestion(redact(params))
      if (typeof question === 'string') throw new Error(`the server asks what cannot be asked: ${question}`)
      const answer = ready(question)
      if (answer === null) throw unanswered(call, question)
      return [key, parseJson(JSON.stringify(answer))]
    }),
  )
}

/** Why a call failed, where the server wants a person to open a page first. */
export function neededPages(error: unknown): string | null {
  if (
    !(error instanceof Error) ||
    !('code' in error) ||
    error.code !== ProtocolErrorCode.UrlElicitationRequired
  ) {
    return null
  }
  const data: unknown = 'data' in error ? error.data : null
  const plain = parseJson(JSON.stringify(data ?? null))
  const listed = isJsonObject(plain) && Array.isArray(plain['elicitations']) ? plain['elicitations'] : []
  const urls = listed.flatMap((one) =>
    isJsonObject(one) && typeof one['url'] === 'string' ? [one['url']] : [],
  )
  const pages = urls.length === 0 ? '' : `: ${urls.slice(0, 5).join(', ')}`
  return `${messageOf(error)} (a person has to open a page first, which cannot be done from here${pages})`
}
