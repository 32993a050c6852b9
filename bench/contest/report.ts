/** The comparison as Markdown. */
import { fixed, median, table } from '../support/measure.ts'
import type { Row } from './rows.ts'

/** A row with what each contestant gave, one figure a repetition. */
export interface Result {
  readonly row: Row
  readonly samples: ReadonlyMap<string, readonly number[]>
}

/** Names of the contestants the goals speak of. */
export interface Names {
  readonly all: readonly string[]
  readonly reference: string
  readonly memory: string
  readonly sqlite: string
}

/** Medians, and our ratios to the reference beside the goals. */
export function resultsTable(results: readonly Result[], names: Names): string {
  const heads = ['', ...names.all, 'memory ÷ reference', 'SQLite ÷ reference', 'goals']
  return table(
    heads,
    results.map(({ row, samples }) => {
      const middle = (name: string): number | undefined => {
        const values = samples.get(name) ?? []
        return values.length === 0 ? undefined : median(values)
      }
      const reference = middle(names.reference)
      const ratios = [names.memory, names.sqlite].map((name, index) => {
        const ours = middle(name)
        if (ours === undefined || reference === undefined) return ''
        return marked(ours / reference, row.goals?.[index], row.more === true)
      })
      const goals = row.goals === undefined ? '' : `${row.more ? '≥' : '≤'} ${row.goals.join(' / ')}`
      return [row.name, ...names.all.map((name) => shown(middle(name), row.digits)), ...ratios, goals]
    }),
  )
}

/** A ratio, in bold where it misses its goal. */
export function marked(ratio: number, goal: number | undefined, more = false): string {
  const text = fixed(ratio, ratio < 0.1 ? 3 : 2)
  const reached = goal === undefined || (more ? ratio >= goal : ratio <= goal)
  return reached ? text : `**${text}**`
}

function shown(value: number | undefined, digits: number): string {
  return value === undefined ? '' : fixed(value, digits)
}
