/** What a handler of a spec returned, as JSON of a bounded size: it is journaled, and so it is looked at first. */
import { isDeeperThan } from '../../util/json-depth.ts'
import { parseJson } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { RunFailure } from '../failures.ts'
import type { RunContext } from './run-context.ts'

/** The handler that is asked, for messages. */
export interface HandlerSource {
  /** What it is for: `input_filter of transfer_to_billing`. */
  readonly what: string
  /** `path#export`. */
  readonly handler: string
  readonly agent: string
}

/** Characters of JSON; as much as a model may answer unless its spec says otherwise. */
const MOST_CHARACTERS = 10_485_760

/** Levels; what is deeper could not be brought to another machine once it is part of a journal. */
const DEEPEST = 400

/**
 * The value as JSON, without secrets.
 *
 * @throws RunFailure `handler_failed`: it is not JSON, too large or too deep.
 */
export function jsonFrom(run: Pick<RunContext, 'spec'>, value: unknown, source: HandlerSource): Json {
  const text = writeJson(run, value, source)
  if (text.length > MOST_CHARACTERS) {
    throw unexpected(source, `${text.length} characters of JSON; at most ${MOST_CHARACTERS} are allowed`)
  }
  const json = parseJson(text)
  if (isDeeperThan(json, DEEPEST)) throw unexpected(source, `a value of more than ${DEEPEST} levels`)
  return run.spec.redactor.json(json)
}

/** The failure of a handler that returned something else than it should. */
export function unexpected({ what, handler, agent }: HandlerSource, got: string): RunFailure {
  return new RunFailure({ code: 'handler_failed', message: `${what} (${handler}) returned ${got}`, agent })
}

function writeJson(run: Pick<RunContext, 'spec'>, value: unknown, source: HandlerSource): string {
  let text: unknown
  try {
    text = JSON.stringify(value)
  } catch (error) {
    throw unexpected(source, `what is not JSON: ${run.spec.redactor.text(messageOf(error))}`)
  }
  if (typeof text === 'string') return text
  throw unexpected(source, `${typeof value}, which is not JSON`)
}
