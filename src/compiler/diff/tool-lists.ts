/** Lists of tools, as names and globs, that choose what a server or an outer tool offers. */
import { isJsonArray, isJsonObject } from '../../util/json.ts'

/**
 * True when a list may leave out a tool that it had: anything but more entries, or no list at all. Forms that are no
 * lists are taken to leave something out.
 */
export function leavesOut(before: unknown, after: unknown): boolean {
  if (after === undefined) return false
  const [old, young] = [namesOf(before), namesOf(after)]
  return old === undefined || young === undefined || old.some((name) => !young.includes(name))
}

/** The same for a filter with `allow` and `block`; a function in it may leave out anything at any time. */
export function filterLeavesOut(before: unknown, after: unknown): boolean {
  const [old, young] = [partsOf(before), partsOf(after)]
  const blocksMore = namesOf(young['block'])?.some((name) => namesOf(old['block'])?.includes(name) !== true)
  const allowsLess = young['allow'] !== undefined && leavesOut(old['allow'], young['allow'])
  return blocksMore === true || allowsLess
}

function namesOf(list: unknown): readonly string[] | undefined {
  if (isJsonObject(list)) return namesOf(list['tool_names'])
  return isJsonArray(list) ? list.filter((name) => typeof name === 'string') : undefined
}

function partsOf(filter: unknown): { readonly [key: string]: unknown } {
  return isJsonObject(filter) ? filter : {}
}
