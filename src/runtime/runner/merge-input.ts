/** `session.input_callback`: what the model is sent of the session's history and the new input, and what of it is new. */
import { canonicalJson } from '../../util/canonical-json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { wellFormedJson } from '../../util/well-formed.ts'
import type { MergedInput } from '../state/history-views.ts'
import type { Item } from '../state/item.ts'
import { frameAt } from '../state/run-state.ts'
import { callHandler } from './call-handler.ts'
import { jsonFrom, unexpected } from './handler-value.ts'
import type { RunContext } from './run-context.ts'

/**
 * The callback gets copies: changing them changes nothing but what it returns. `null`: there is nothing to merge.
 *
 * @throws RunFailure `handler_failed`: it threw, or gave something else than a list of items.
 */
export async function mergeInput(run: RunContext, agent: string): Promise<MergedInput | null> {
  const callback = run.spec.program.session.input_callback
  const { unmerged, items } = frameAt(run.writer.state, run.path)
  if (callback === undefined || !unmerged) return null
  const given: Given = { history: copiesOf(run.history), input: copiesOf(items) }
  const source = { what: 'session.input_callback', handler: callback.handler, agent }
  const returned = await callHandler(run, callback.handler, source, (ctx) => [
    [...given.history.keys()],
    [...given.input.keys()],
    ctx,
  ])
  if (!Array.isArray(returned)) {
    throw unexpected(source, `${returned === null ? 'null' : typeof returned}, not a list of items`)
  }
  const list: readonly unknown[] = returned
  const merged = jsonFrom(run, list, source)
  if (!isJsonArray(merged) || !merged.every(isJsonObject)) {
    throw unexpected(source, 'a list with something that is no item')
  }
  return sortOut(list, merged, given)
}

/** The copies a callback gets, with the canonical text each of them had. */
interface Given {
  readonly history: ReadonlyMap<unknown, string>
  readonly input: ReadonlyMap<unknown, string>
}

function copiesOf(items: readonly Item[]): ReadonlyMap<unknown, string> {
  return new Map(items.map((item) => [structuredClone(item), textOf(item)]))
}

/**
 * A copy that comes back is what it was, also where it was changed: changed history is shown to the model and never kept
 * again, changed input is kept as changed. What is no copy counts as the history it reads like, each item of it once;
 * anything else is new. (openai-agents does the same.)
 */
function sortOut(returned: readonly unknown[], items: readonly Item[], given: Given): MergedInput {
  const places = new Map([...given.history.keys()].map((copy, place) => [copy, place]))
  const texts = [...given.history.values()]
  const here = new Set(returned)
  const unclaimed = placesByText([...given.history].map(([copy, text]) => (here.has(copy) ? null : text)))
  const input: number[] = []
  const view = items.map((item, index): number | Item => {
    const copy = returned[index]
    const text = textOf(item)
    const place = places.get(copy)
    if (place !== undefined) return texts[place] === text ? place : item
    const alike = given.input.has(copy) ? undefined : unclaimed.get(text)?.shift()
    if (alike !== undefined) return alike
    input.push(index)
    return item
  })
  return { view, input }
}

/** Two items with the same text are the same to a reader. */
function textOf(item: Item): string {
  return canonicalJson(wellFormedJson(item))
}

function placesByText(texts: readonly (string | null)[]): ReadonlyMap<string, number[]> {
  const places = new Map<string, number[]>()
  texts.forEach((text, place) => {
    if (text === null) return
    const list = places.get(text)
    if (list === undefined) places.set(text, [place])
    else list.push(place)
  })
  return places
}
