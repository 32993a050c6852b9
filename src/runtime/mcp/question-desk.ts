/**
 * Which call a question of a server belongs to. Up to 2025-11-25 the protocol does not say: a question is taken for that of
 * the only call under way. While there are several it waits, and where all of them wait the latest question is cancelled.
 */
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { Elicitation, ElicitationAnswer } from '../state/elicitation.ts'
import { isSameQuestion } from '../state/elicitation.ts'
import { readQuestion } from './read-question.ts'

/** What a server gets for an answer. */
export interface ElicitResult {
  readonly [key: string]: unknown
  readonly action: 'accept' | 'decline' | 'cancel'
  readonly content?: Record<string, string | number | boolean | string[]>
}

/** A call while it is under way. */
export interface AskingCall {
  /** The answer that is ready; `null`: none, and the call is being given up. */
  readonly answer: (question: Elicitation) => ElicitResult | null
}

export interface QuestionDesk {
  /** The call is under way from here on, until the function is called that this returns. */
  readonly enter: (call: AskingCall) => () => void
  /** Rejects for what cannot be asked. */
  readonly ask: (params: Json) => Promise<ElicitResult>
}

const CANCELLED: ElicitResult = { action: 'cancel' }

interface Waiting {
  readonly question: Elicitation
  readonly resolve: (result: ElicitResult) => void
}

/** @param redact Takes secrets out of what a server says. */
export function createQuestionDesk(redact: (question: Json) => Json): QuestionDesk {
  const calls = new Set<AskingCall>()
  let waiting: readonly Waiting[] = []
  const settle = (): void => {
    const [only, other] = calls
    if (only !== undefined && other === undefined) {
      const open = waiting
      waiting = []
      for (const { question, resolve } of open) resolve(only.answer(question) ?? CANCELLED)
      return
    }
    while (waiting.length > 0 && waiting.length >= calls.size) {
      waiting.at(-1)?.resolve(CANCELLED)
      waiting = waiting.slice(0, -1)
    }
  }
  return {
    enter(call) {
      calls.add(call)
      return () => {
        calls.delete(call)
        settle()
      }
    },
    async ask(params) {
      const question = readQuestion(redact(params))
      if (typeof question === 'string') throw new Error(`The question cannot be asked: ${question}`)
      const { promise, resolve } = Promise.withResolvers<ElicitResult>()
      waiting = [...waiting, { question, resolve }]
      settle()
      return promise
    },
  }
}

/**
 * Gives each answer once, in the order they were given: what is asked twice is answered twice.
 *
 * @returns `null` for a question that nobody has answered.
 */
export function createReadyAnswers(
  answers: readonly ElicitationAnswer[],
): (question: Elicitation) => ElicitResult | null {
  const left = [...answers]
  return (question) => {
    const index = left.findIndex((answer) => isSameQuestion(answer.question, question))
    const [answer] = index === -1 ? [] : left.splice(index, 1)
    if (answer === undefined) return null
    return answer.content === null
      ? { action: 'decline' }
      : { action: 'accept', content: formContent(answer.content) }
  }
}

/** What the schema of a question lets pass is of these types. */
function formContent(content: JsonObject): NonNullable<ElicitResult['content']> {
  return Object.fromEntries(
    Object.entries(content).flatMap(([name, value]) => {
      if (value === null || isJsonObject(value)) return []
      return [[name, typeof value === 'object' ? value.map(String) : value] as const]
    }),
  )
}
