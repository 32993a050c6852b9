/** Questions that an MCP server asks during a call, and what a person answered. */
import type { JsonObject } from '../../util/json.ts'
import { hashJson } from '../../util/sha256.ts'

/** A question: what it is about, and the fields of its answer. */
export interface Elicitation {
  readonly message: string
  /** A schema of one flat object, made of the keywords that MCP knows for questions and nothing else. */
  readonly schema: JsonObject
}

/** What a person said to a question of a call. */
export interface ElicitationAnswer {
  readonly question: Elicitation
  /** The tool as it was when it asked: no other gets the answer. */
  readonly tool_identity: string
  /** `null`: declined. */
  readonly content: JsonObject | null
}

/** True when the same is asked again: the same words, and the same fields. */
export function isSameQuestion(a: Elicitation, b: Elicitation): boolean {
  return a.message === b.message && hashJson(a.schema) === hashJson(b.schema)
}

/** A call asks what nobody has answered yet: it is given up, and begins again once somebody has. */
export class UnansweredQuestion extends Error {
  readonly question: Elicitation
  constructor(question: Elicitation) {
    super(`The server asks: ${question.message}`)
    this.question = question
  }
}
