/** Lists of names in two specs: which are new, which are gone, and whether the rest is in another order. */
export interface ListDifference {
  /** With their places in the newer list. */
  readonly added: readonly (readonly [index: number, name: string])[]
  /** With their places in the older list. */
  readonly removed: readonly (readonly [index: number, name: string])[]
  readonly isReordered: boolean
}

export function diffNames(before: readonly string[], after: readonly string[]): ListDifference {
  const [old, young] = [new Set(before), new Set(after)]
  const kept = before.filter((name) => young.has(name))
  const keptAfter = after.filter((name) => old.has(name))
  return {
    added: [...after.entries()].filter(([, name]) => !old.has(name)),
    removed: [...before.entries()].filter(([, name]) => !young.has(name)),
    isReordered: kept.some((name, index) => name !== keptAfter[index]),
  }
}
