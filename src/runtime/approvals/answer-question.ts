/** What a person may say to the question of a server: an answer that fits its fields, or that there is none. */
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { UsageFailure } from '../failures.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { Elicitation } from '../state/elicitation.ts'

/** What was said about the call that asks. */
export interface SaidAnswer {
  readonly decision: 'approve' | 'reject'
  readonly args?: JsonObject
  readonly always?: boolean
  readonly message?: string
  readonly result?: Json
}

export interface AskedQuestion {
  readonly question: Elicitation
  /** Of the call that asks, for messages. */
  readonly name: string
  /** What was said contained a secret, which was taken out. */
  readonly hidesSecret: boolean
}

const NOTHING = 'Nothing was recorded'

/**
 * The answer as it is recorded; `undefined` for a question that is declined. Fields that are left out get their defaults.
 *
 * @throws UsageFailure `args_not_wanted`, `always_not_wanted`, `message_not_wanted`, `result_not_wanted` (on a rejection),
 *   `secret_in_answer`, `invalid_answer`.
 */
export async function answerTo(
  spec: Pick<LinkedSpec, 'validate'>,
  { question, name, hidesSecret }: AskedQuestion,
  said: SaidAnswer,
): Promise<JsonObject | undefined> {
  checkAnswer(name, said)
  if (said.decision === 'reject') return undefined
  if (hidesSecret) {
    throw new UsageFailure(
      'secret_in_answer',
      `The answer to ${name} contains a secret of this spec, and answers are written down`,
      'Answer without it, or decline the question (agentspec reject)',
    )
  }
  const answer = filledAnswer(question, said.result)
  const issues = await spec.validate(question.schema, answer)
  if (isJsonObject(answer) && issues.length === 0) return answer
  const problem = issues.map(({ message }) => message).join('; ')
  throw new UsageFailure(
    'invalid_answer',
    `This does not answer the question of ${name}: ${problem}`,
    `${NOTHING}. Its fields: ${fieldsOf(question.schema)}. Give them with --result '{ … }'`,
  )
}

/** A question has no arguments to edit, its answer holds for nothing else, and the model is told nothing about it. */
export function checkAnswer(name: string, { decision, args, always, message, result }: SaidAnswer): void {
  if (args !== undefined) {
    throw new UsageFailure(
      'args_not_wanted',
      `${name} has begun: the server asks a question, and its arguments stay`,
      `${NOTHING}. Answer with --result`,
    )
  }
  if (always === true) {
    throw new UsageFailure(
      'always_not_wanted',
      `${name} asks a question, which is answered for once`,
      `${NOTHING}. Leave --always out`,
    )
  }
  if (message !== undefined) {
    throw new UsageFailure(
      'message_not_wanted',
      `${name} asks a question: what is declined is told to the server, which takes no message`,
      `${NOTHING}. Leave --message out, or use --reason for the record`,
    )
  }
  if (decision === 'reject' && result !== undefined) {
    throw new UsageFailure('result_not_wanted', 'A question that is declined has no answer', NOTHING)
  }
}

/** An answer with the defaults of the fields it leaves out; none at all is one without fields. */
export function filledAnswer({ schema }: Elicitation, given: Json = {}): Json {
  const { properties } = schema
  if (!isJsonObject(properties) || !isJsonObject(given)) return given
  const missing = Object.entries(properties).filter(([name]) => !Object.hasOwn(given, name))
  return { ...Object.fromEntries(missing.flatMap(([name, field]) => defaultOf(name, field))), ...given }
}

function defaultOf(name: string, field: Json): readonly (readonly [string, Json])[] {
  const value = isJsonObject(field) ? field['default'] : undefined
  return value === undefined ? [] : [[name, value]]
}

function fieldsOf({ properties, required }: JsonObject): string {
  if (!isJsonObject(properties)) return 'none'
  const isRequired = (name: string): boolean => Array.isArray(required) && required.includes(name)
  const fields = Object.entries(properties).map(([name, field]) => {
    const type = isJsonObject(field) && typeof field['type'] === 'string' ? field['type'] : 'value'
    return `${name} (${type}${isRequired(name) ? ', required' : ''})`
  })
  return fields.length === 0 ? 'none' : fields.join(', ')
}
