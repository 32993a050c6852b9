/**
 * Where the cards are: agents in columns by their distance from the entry, in the order in which they are met. Agents
 * that the entry does not reach have columns of their own below.
 */
import type { Card } from './cards.ts'
import { measureCard, naturalWidth } from './measure.ts'
import type { MeasuredCard } from './measure.ts'

export interface PlacedCard extends MeasuredCard {
  readonly column: number
  /** Where lines that pass below the cards of its band may run. */
  readonly laneY: number
  readonly x: number
  readonly y: number
  readonly width: number
}

export interface Layout {
  readonly cards: readonly PlacedCard[]
  readonly width: number
  /** Where cards and lines end. */
  readonly bottom: number
  /** The line above the agents that the entry does not reach. */
  readonly unreachableAt?: number
}

export const MARGIN = 36
/** Between columns: room for the edges. */
export const GUTTER = 92
/** Between lines that run below the cards. */
export const LANE = 14
const BETWEEN_CARDS = 26
const BETWEEN_BANDS = 64

/** Places the cards below `top`. */
export function layOut(cards: readonly Card[], top: number): Layout {
  const bands = bandsOf(cards)
  const widths = columnWidths(bands)
  const lefts = widths.map((_, column) =>
    widths.slice(0, column).reduce((left, width) => left + width + GUTTER, MARGIN),
  )
  const lanes = lanesOf(bands)
  const placed: PlacedCard[] = []
  let y = top
  let unreachableAt: number | undefined
  for (const [index, band] of bands.entries()) {
    if (index > 0) {
      unreachableAt = y + BETWEEN_BANDS / 2 - 8
      y += BETWEEN_BANDS
    }
    const columns = band.map((column, at) => column.map((card) => measureCard(card, widths[at] ?? 0)))
    const height = Math.max(...columns.map(heightOf))
    const laneY = y + height + 20
    for (const [column, inColumn] of columns.entries()) {
      let cardY = y + Math.round((height - heightOf(inColumn)) / 2)
      for (const card of inColumn) {
        placed.push({ ...card, column, laneY, x: lefts[column] ?? 0, y: cardY, width: widths[column] ?? 0 })
        cardY += card.height + BETWEEN_CARDS
      }
    }
    y += height + (lanes[index] ? 20 + LANE * lanes[index] : 0)
  }
  const width = widths.reduce((sum, one) => sum + one, 0) + GUTTER * (widths.length - 1) + MARGIN * 2
  return { cards: placed, width, bottom: y, ...(unreachableAt === undefined ? {} : { unreachableAt }) }
}

/** How many lines leave each band for a column that is not the next one. */
function lanesOf(bands: readonly Band[]): readonly number[] {
  const columnOf = new Map(
    bands.flatMap((band) => band.flatMap((cards, column) => cards.map(({ id }) => [id, column] as const))),
  )
  const isFar = (from: number, target: string | undefined): boolean =>
    target !== undefined && Math.abs((columnOf.get(target) ?? from) - from) > 1
  return bands.map(
    (band) =>
      band.flatMap((cards, column) =>
        cards.flatMap(({ rows }) => rows.filter(({ target }) => isFar(column, target))),
      ).length,
  )
}

function heightOf(column: readonly MeasuredCard[]): number {
  return column.reduce((sum, { height }) => sum + height + BETWEEN_CARDS, -BETWEEN_CARDS)
}

/** A column is as wide as its widest card in either band. */
function columnWidths(bands: readonly Band[]): readonly number[] {
  const count = Math.max(...bands.map(({ length }) => length))
  return Array.from({ length: count }, (_, column) =>
    Math.max(...bands.flatMap((band) => (band[column] ?? []).map(naturalWidth))),
  )
}

/** Columns of cards. */
type Band = readonly (readonly Card[])[]

/** What is reached from the entry, and the rest. */
function bandsOf(cards: readonly Card[]): readonly Band[] {
  const byId = new Map(cards.map((card) => [card.id, card]))
  const met = new Set<string>()
  const reached = columnsFrom(
    cards.filter(({ entry }) => entry),
    byId,
    met,
  )
  const others: Card[][] = []
  for (const card of cards) {
    if (met.has(card.id)) continue
    for (const [column, more] of columnsFrom([card], byId, met).entries())
      (others[column] ??= []).push(...more)
  }
  return others.length === 0 ? [reached] : [reached, others]
}

/** Breadth first. */
function columnsFrom(starts: readonly Card[], byId: ReadonlyMap<string, Card>, met: Set<string>): Band {
  const columns: (readonly Card[])[] = []
  let column = starts
  for (const { id } of starts) met.add(id)
  while (column.length > 0) {
    columns.push(column)
    column = column.flatMap((card) =>
      card.rows.flatMap(({ target }) => {
        const next = target === undefined || met.has(target) ? undefined : byId.get(target)
        if (next === undefined) return []
        met.add(next.id)
        return [next]
      }),
    )
  }
  return columns
}
