/** The picture's geometry: nothing overlaps, nothing is crossed, and text stays in its card. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitText, plainText, wrapText } from '../../../src/compiler/graph/plain-text.ts'
import type { Card, Row } from '../../../src/compiler/graph/svg/cards.ts'
import { layOut } from '../../../src/compiler/graph/svg/layout.ts'
import type { Layout, PlacedCard } from '../../../src/compiler/graph/svg/layout.ts'
import { routesOf } from '../../../src/compiler/graph/svg/routes.ts'
import { textWidth } from '../../../src/compiler/graph/svg/text-width.ts'

/** Agents by number, the first of them the entry, with their handoffs. */
function cardsOf(handoffs: readonly (readonly number[])[]): readonly Card[] {
  return handoffs.map((targets, index) => ({
    id: `agent:${index}`,
    name: `agent ${index}`,
    detail: 'a model',
    entry: index === 0,
    rows: targets.map((target): Row => ({
      kind: target % 3 === 0 ? 'tool' : 'handoff',
      name: `row ${target}`,
      detail: 'handoff',
      notes: target % 2 === 0 ? [{ tone: 'ask', text: 'asks when '.repeat(target) }] : [],
      target: `agent:${target}`,
    })),
  }))
}

const anyCards = fc
  .integer({ min: 1, max: 12 })
  .chain((count) =>
    fc.array(fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { maxLength: 5 }), {
      minLength: count,
      maxLength: count,
    }),
  )
  .map(cardsOf)

interface Point {
  readonly x: number
  readonly y: number
}

/** Points along a path of the commands M, L, C and Q. */
function pointsOf(path: string): readonly Point[] {
  const points: Point[] = []
  for (const [, command, written = ''] of path.matchAll(/([MLCQ])([^MLCQ]*)/g)) {
    const numbers = written.trim().split(/\s+/).map(Number)
    expect(numbers.every(Number.isFinite)).toBe(true)
    const corners = numbers.flatMap((x, index) =>
      index % 2 === 0 ? [{ x, y: numbers[index + 1] ?? Number.NaN }] : [],
    )
    const last = points.at(-1)
    const curve = command === 'M' || last === undefined ? corners : [last, ...corners]
    for (let step = 0; step <= 20; step++) points.push(onCurve(curve, step / 20))
  }
  return points
}

/** De Casteljau. */
function onCurve(corners: readonly Point[], share: number): Point {
  const [first, ...rest] = corners
  if (first === undefined || rest.length === 0) return first ?? { x: Number.NaN, y: Number.NaN }
  const between = rest.map((corner, index) => {
    const before = corners[index] ?? first
    return { x: before.x + (corner.x - before.x) * share, y: before.y + (corner.y - before.y) * share }
  })
  return onCurve(between, share)
}

function contains(card: PlacedCard, { x, y }: Point): boolean {
  const [dx, dy] = [x - card.x, y - card.y]
  return dx > 0.5 && dx < card.width - 0.5 && dy > 0.5 && dy < card.height - 0.5
}

function overlap(a: PlacedCard, b: PlacedCard): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

describe('the picture of any agents', () => {
  const check = (name: string, verify: (layout: Layout, cards: readonly Card[]) => void): void => {
    test(name, () => fc.assert(fc.property(anyCards, (cards) => verify(layOut(cards, 100), cards))))
  }

  check('shows each of them once, inside of the page', ({ cards, width, bottom }, given) => {
    expect(cards.map(({ card }) => card.id).toSorted()).toEqual(given.map(({ id }) => id).toSorted())
    for (const { x, y, width: wide, height } of cards) {
      expect(x).toBeGreaterThan(0)
      expect(y).toBeGreaterThanOrEqual(100)
      expect(x + wide).toBeLessThan(width)
      expect(y + height).toBeLessThanOrEqual(bottom)
    }
  })

  check('has no cards over one another', ({ cards }) => {
    for (const [index, a] of cards.entries()) {
      for (const b of cards.slice(index + 1)) expect(overlap(a, b)).toBe(false)
    }
  })

  check(
    'puts whoever the entry reaches one column further at most than the one who leads there',
    ({ cards }) => {
      const entry = cards.find(({ card }) => card.entry)
      expect(entry?.column).toBe(0)
      const byId = new Map(cards.map((card) => [card.card.id, card]))
      for (const { card, column, laneY } of cards) {
        if (laneY !== entry?.laneY) continue
        for (const { target = '' } of card.rows) {
          expect(byId.get(target)?.column).toBeLessThanOrEqual(column + 1)
          expect(byId.get(target)?.laneY).toBe(laneY)
        }
      }
    },
  )

  check(
    'has a line for each row that leads somewhere; none crosses a card or leaves the page',
    (layout, given) => {
      const routes = routesOf(layout)
      expect(routes).toHaveLength(given.flatMap(({ rows }) => rows).length)
      for (const { path, x, y } of routes) {
        const points = pointsOf(path)
        expect(points[0]).toEqual({ x, y })
        for (const point of points) {
          expect(layout.cards.filter((card) => contains(card, point)).map(({ card }) => card.id)).toEqual([])
          expect(point.x).toBeGreaterThan(0)
          expect(point.x).toBeLessThan(layout.width)
          expect(point.y).toBeLessThanOrEqual(layout.bottom)
        }
      }
    },
  )
})

describe('text', () => {
  const width = (text: string): number => textWidth(text, 10)

  test('is wider with wide characters, and as wide as nothing with marks', () => {
    expect(width('iii')).toBeLessThan(width('nnn'))
    expect(width('nnn')).toBeLessThan(width('WWW'))
    expect(width('日本')).toBeGreaterThan(width('NN'))
    expect(width('e\u0301')).toBe(width('e'))
    expect(textWidth('name', 10, 'bold')).toBeGreaterThan(width('name'))
  })

  test('is cut between characters, and only when it does not fit', () => {
    const short = (most: number) => (text: string) => [...text].length <= most
    expect(fitText('abcdef', short(6))).toBe('abcdef')
    expect(fitText('abcdef', short(4))).toBe('abc…')
    expect(fitText('😀😀😀', short(2))).toBe('😀…')
    expect(fitText('x'.repeat(100_000), short(4))).toBe('xxx…')
  })

  test('is broken between words, or anywhere in a word that is too long', () => {
    const fits = (text: string): boolean => text.length <= 10
    expect(wrapText('', 3, fits)).toEqual([])
    expect(wrapText('one two', 3, fits)).toEqual(['one two'])
    expect(wrapText('one two three four', 3, fits)).toEqual(['one two', 'three four'])
    expect(wrapText('abcdefghijklmnopq', 3, fits)).toEqual(['abcdefghi', 'jklmnopq'])
    expect(wrapText('one two three four five six seven eight', 2, fits)).toEqual(['one two', 'three fou…'])
  })

  test('has no characters that act on the text around it', () => {
    expect(plainText(' a\n\tb\u001b[31m \u202ec\ud800 👩‍💻 ')).toBe('a b\ufffd[31m \ufffdc\ufffd 👩‍💻')
  })
})
