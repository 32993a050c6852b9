/** The lines between cards. They run in the gutters between columns, and never cross a card. */
import type { Row } from './cards.ts'
import { GUTTER, LANE } from './layout.ts'
import type { Layout, PlacedCard } from './layout.ts'
import { CARD } from './measure.ts'
import type { MeasuredRow } from './measure.ts'

export interface Route {
  readonly kind: Row['kind']
  /** It leads back towards the entry. */
  readonly back: boolean
  /** The path of an SVG. */
  readonly path: string
  /** Where it begins. */
  readonly x: number
  readonly y: number
}

interface Point {
  readonly x: number
  readonly y: number
}

/** Room for the tip of an arrow. */
const TIP = 7

/** A line from each row to the card that it leads to. Neighbouring columns are joined directly, others from below. */
export function routesOf(layout: Layout): readonly Route[] {
  const cards = new Map(layout.cards.map((card) => [card.card.id, card]))
  const lanes = new Map<number, number>()
  return layout.cards.flatMap((card) =>
    card.rows.flatMap((row): readonly Route[] => {
      const target = row.row.target === undefined ? undefined : cards.get(row.row.target)
      if (target === undefined) return []
      const distance = target.column - card.column
      const from = { x: distance < 0 ? card.x : card.x + card.width, y: rowMiddle(card, row) }
      if (Math.abs(distance) <= 1) {
        return [{ kind: row.row.kind, back: distance < 0, path: beside(from, target, distance), ...from }]
      }
      const lane = lanes.get(card.laneY) ?? 0
      lanes.set(card.laneY, lane + 1)
      const path = around(from, target, card.laneY, lane)
      return [{ kind: row.row.kind, back: distance < 0, path, ...from }]
    }),
  )
}

function rowMiddle(card: PlacedCard, { top }: MeasuredRow): number {
  return card.y + top + CARD.row / 2
}

/** Where lines arrive at a card: in the middle of its header. */
function portOf(card: PlacedCard, side: 'left' | 'right'): Point {
  const x = side === 'left' ? card.x - TIP : card.x + card.width + TIP
  return { x, y: card.y + CARD.header / 2 }
}

/** Into the next column, the one before, or the same one. */
function beside(from: Point, target: PlacedCard, distance: number): string {
  const to = portOf(target, distance > 0 ? 'left' : 'right')
  const out = distance < 0 ? -1 : 1
  const into = distance > 0 ? -1 : 1
  const reach = distance === 0 ? GUTTER * 0.45 : Math.max(32, Math.abs(to.x - from.x) * 0.55)
  return `M${at(from)} C${at({ x: from.x + out * reach, y: from.y })} ${at({ x: to.x + into * reach, y: to.y })} ${at(to)}`
}

/** Down the gutter beside the row, along a lane below all cards, and up the gutter beside the target. */
function around(from: Point, target: PlacedCard, laneY: number, lane: number): string {
  const direction = target.x > from.x ? 1 : -1
  const to = portOf(target, direction > 0 ? 'left' : 'right')
  const shift = 14 + (lane % 6) * 6
  const down = from.x + direction * shift
  const up = to.x - direction * shift
  const y = laneY + lane * LANE
  return rounded([from, { x: down, y: from.y }, { x: down, y }, { x: up, y }, { x: up, y: to.y }, to])
}

const RADIUS = 9

/** A line through points, with round corners. */
function rounded(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  const parts = [`M${at(first)}`]
  for (const [index, corner] of rest.entries()) {
    const next = rest[index + 1]
    const before = points[index]
    if (next === undefined || before === undefined) {
      parts.push(`L${at(corner)}`)
      continue
    }
    parts.push(`L${at(towards(corner, before))} Q${at(corner)} ${at(towards(corner, next))}`)
  }
  return parts.join(' ')
}

/** The point on the way to another, a radius away at most. */
function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  const share = length === 0 ? 0 : Math.min(RADIUS, length / 2) / length
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
