/** Finds the word a person most likely meant. */

/** Comparing takes time with the square of the length, and a text this long is no slip of another. */
const LONGEST = 64

/**
 * The candidate that `word` was most likely meant to be, or `undefined` when none is near enough. In this order: one
 * that differs only in case or separators (`maxTurns` for `max_turns`); the nearest by edit distance, where swapped
 * neighbours count once and ties go to the candidate that comes first; the only one that begins with the word or ends
 * with it (`settings` for `model_settings`). Very long words have no suggestion.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined
  const all = [...candidates]
  return (
    all.find((candidate) => bare(candidate) === bare(word)) ?? nearest(word, all) ?? abbreviated(word, all)
  )
}

/** True when two words differ in case, separators, or by one slip: a letter too many, missing, wrong, or two swapped. */
export function isSlip(word: string, candidate: string): boolean {
  if (word.length > LONGEST || candidate.length > LONGEST) return word === candidate
  return bare(word) === bare(candidate) || editDistance(word.toLowerCase(), candidate.toLowerCase(), 1) <= 1
}

function bare(word: string): string {
  return word.replaceAll(/[-_ ]/g, '').toLowerCase()
}

function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = mostEdits(word.length)
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), limit)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** A slip in three letters is likely, two are another word; from two letters nothing can be told. */
function mostEdits(length: number): number {
  if (length < 3) return 0
  return Math.min(4, Math.max(1, Math.floor(length * 0.4)))
}

function abbreviated(word: string, candidates: readonly string[]): string | undefined {
  if (word.length < 3) return undefined
  const lower = word.toLowerCase()
  const longer = candidates.filter((candidate) => {
    const whole = candidate.toLowerCase()
    return whole.startsWith(lower) || whole.endsWith(`_${lower}`)
  })
  return longer.length === 1 ? longer[0] : undefined
}

function editDistance(left: string, right: string, limit: number): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      )
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1)
      current.push(cost)
    }
    if (Math.min(...current) > limit) return limit + 1
    beforeLast = last
    last = current
  }
  return at(last, right.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
