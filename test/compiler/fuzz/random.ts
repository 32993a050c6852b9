/** Random choices that come out the same for the same seed. */

export interface Random {
  /** A number from 0 to below `limit`. */
  below(limit: number): number
  /** True once in so many times. */
  oneIn(times: number): boolean
  /** One of the values, of which there is at least one. */
  pick<Value extends object | string>(values: readonly Value[]): Value
}

/** The choices of one case: `seed` and `index` say which. */
export function createRandom(seed: number, index: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    oneIn: (times) => below(times) === 0,
    pick: (values) => {
      const value = values[below(values.length)]
      if (value === undefined) throw new RangeError('there is nothing to choose from')
      return value
    },
  }
}
