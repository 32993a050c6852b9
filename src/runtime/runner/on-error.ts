/** `run.on_error`: a failure of the outer run that the spec has an answer to completes the run instead. */
import type { ErrorAnswer, OnErrorDefinition } from '../../compiler/program.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { RunFailure } from '../failures.ts'
import { judgeFinalOutput } from '../guardrails/guard-output.ts'
import { usageKey } from '../guardrails/guard-usage.ts'
import type { EventDraft } from '../state/event-draft.ts'
import { frameItems } from '../state/history.ts'
import { rootFrame } from '../state/run-state.ts'
import { agentOf } from '../tools/resolve-call.ts'
import { callHandler } from './call-handler.ts'
import { jsonFrom, unexpected } from './handler-value.ts'
import type { RunContext } from './run-context.ts'

const KEYS: ReadonlyMap<string, keyof OnErrorDefinition> = new Map([
  ['max_turns_exceeded', 'max_turns'],
  ['model_refusal', 'model_refusal'],
  ['invalid_final_output', 'invalid_final_output'],
])

type End = EventDraft & { type: 'run.completed' | 'run.failed' }

/**
 * How the outer run ends on this failure. An answer that cannot be used is a failure of its own, as in openai-agents: the
 * run fails with that, and can be resumed.
 */
export async function endOfFailed(run: RunContext, failure: RunFailure): Promise<End> {
  try {
    const key = KEYS.get(failure.error.code)
    const answer = key === undefined ? undefined : run.spec.program.run.on_error[key]
    const given =
      key === undefined || answer === undefined ? null : await readAnswer(run, key, answer, failure)
    if (given === null) return failed(failure)
    return { ...completed(given), ...usageKey(await judgeFinalOutput(run, given.final_output)) }
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error
    const { code, message } = failure.error
    const full = { ...error.error, message: `${error.message}. It was to answer ${code}: ${message}` }
    return failed(new RunFailure(full, { cause: error, ...attemptsOf(failure) }))
  }
}

function failed({ error, attempts }: RunFailure): End {
  return { type: 'run.failed', error, ...(attempts === undefined ? {} : { attempts }) }
}

function attemptsOf({ attempts }: RunFailure): { attempts?: number } {
  return attempts === undefined ? {} : { attempts }
}

interface Given {
  readonly final_output: Json
  readonly include_in_history: boolean
}

/** The history has the answer as a message of the agent, like any other. */
function completed({ final_output, include_in_history }: Given): End {
  const content = typeof final_output === 'string' ? final_output : JSON.stringify(final_output)
  const items = [{ type: 'message', role: 'assistant', content }]
  return { type: 'run.completed', final_output, ...(include_in_history ? { items } : {}) }
}

/** `null`: the function declines. */
async function readAnswer(
  run: RunContext,
  key: keyof OnErrorDefinition,
  answer: ErrorAnswer,
  { error }: RunFailure,
): Promise<Given | null> {
  const { agent } = rootFrame(run.writer.state)
  const what = `run.on_error.${key}`
  const given = 'handler' in answer ? await askHandler(run, { what, agent, ...answer }, error) : answer
  if (given === null) return null
  const output = agentOf(run.spec.program, agent).output
  const issues = output === undefined ? [] : await run.spec.validate(output.schema, given.final_output)
  if (issues.length === 0) return given
  const problem = issues.map((issue) => issue.message).join('; ')
  const code = 'handler' in answer ? 'handler_failed' : 'invalid_final_output'
  throw new RunFailure({
    code,
    message: `The final_output of ${what} does not fit the output schema of ${agent}: ${problem}`,
    agent,
  })
}

async function askHandler(
  run: RunContext,
  source: { readonly what: string; readonly handler: string; readonly agent: string },
  error: RunFailure['error'],
): Promise<Given | null> {
  const history = [...run.history, ...frameItems(rootFrame(run.writer.state))]
  const given = await callHandler(run, source.handler, source, (ctx) => [
    structuredClone(error),
    { ...ctx, history: structuredClone(history) },
  ])
  if (given === undefined || given === null) return null
  const value = jsonFrom(run, given, source)
  if (!isJsonObject(value)) throw unexpected(source, 'no object with final_output')
  const { final_output, include_in_history = true, ...others } = value
  const [other] = Object.keys(others)
  if (other !== undefined)
    throw unexpected(source, `"${other}", which is neither final_output nor include_in_history`)
  if (final_output === undefined) throw unexpected(source, 'no final_output')
  if (typeof include_in_history !== 'boolean') {
    throw unexpected(source, 'an include_in_history that is neither true nor false')
  }
  return { final_output, include_in_history }
}
