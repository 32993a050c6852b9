/** The last change to what a model is sent: `run.call_model_input_filter`. The history itself stays as it is. */
import { isJsonArray, isJsonObject, parseJson } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { RunFailure } from '../failures.ts'
import { withoutOrphans } from '../state/history.ts'
import type { Item } from '../state/item.ts'
import { callHandler } from './call-handler.ts'
import type { RunContext } from './run-context.ts'
import { trimOutputs } from './trim-outputs.ts'
import type { NativeNames } from './trim-outputs.ts'

export interface ModelInput {
  readonly items: readonly Item[]
  readonly instructions: string | null
}

/**
 * What is sent instead of `input`: without secrets, and, where it is the whole history, without calls or outputs that lost
 * their other half.
 *
 * @param isWhole false where the provider has the rest: outputs then stand without their calls.
 * @throws RunFailure `handler_failed`: the handler threw, or gave something else than it got.
 */
export async function filterInput(
  run: RunContext,
  agent: string,
  input: ModelInput,
  isWhole: boolean,
): Promise<ModelInput> {
  const filter = run.spec.program.run.call_model_input_filter
  if (filter === undefined) return input
  if ('trim_tool_outputs' in filter) {
    return { ...input, items: trimOutputs(input.items, filter.trim_tool_outputs, nativeNames(run)) }
  }
  const what = 'call_model_input_filter'
  const given = await callHandler(run, filter.handler, { what, agent }, (ctx) => [
    structuredClone(input),
    ctx,
  ])
  const failed = (why: string): RunFailure =>
    new RunFailure({ code: 'handler_failed', message: `${what} (${filter.handler}) ${why}`, agent })
  const { items, instructions } = readInput(given, failed)
  const redacted = run.spec.redactor.json({ items, instructions })
  return { ...redacted, items: isWhole ? withoutOrphans(redacted.items) : redacted.items }
}

function nativeNames(run: RunContext): NativeNames {
  const tools = Object.values(run.spec.program.tools)
  const namesOf = (type: keyof NativeNames): readonly string[] =>
    tools.filter((tool) => tool.type === type).map((tool) => tool.name)
  return { shell: namesOf('shell'), apply_patch: namesOf('apply_patch') }
}

/** As JSON, whatever the handler put into it. */
function readInput(given: unknown, failed: (why: string) => RunFailure): ModelInput {
  let value: Json
  try {
    value = parseJson(JSON.stringify(given) ?? 'null')
  } catch (error) {
    throw failed(`returned something that is not JSON: ${messageOf(error)}`)
  }
  if (!isJsonObject(value)) throw failed('returned no object with "items" and "instructions"')
  const { items, instructions } = value
  if (!isJsonArray(items) || !items.every(isJsonObject))
    throw failed('returned no list of items under "items"')
  if (typeof instructions !== 'string' && instructions !== null)
    throw failed('returned neither a text nor null under "instructions"')
  return { items, instructions }
}
