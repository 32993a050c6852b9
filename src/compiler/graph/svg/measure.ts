/** Sizes: what a card needs, and what fits into it once its width is known. All lengths are in pixels. */
import { fitText, wrapText } from '../plain-text.ts'
import type { Card, Note, Row } from './cards.ts'
import { textWidth } from './text-width.ts'

/** Sizes of text. */
export const TEXT = { title: 19, name: 15, row: 13, small: 11.5 } as const

/** Inside a card. */
export const CARD = { padding: 14, header: 50, row: 28, note: 16, indent: 38, badge: 46, icon: 16 } as const

const WIDTH = { least: 210, most: 340 } as const
const NOTE_LINES = 3

/** A card with every text cut to fit, and the place of each row, from its upper edge. */
export interface MeasuredCard {
  readonly card: Card
  readonly height: number
  readonly name: string
  readonly detail: string
  readonly rows: readonly MeasuredRow[]
}

export interface MeasuredRow {
  readonly row: Row
  readonly top: number
  readonly height: number
  readonly name: string
  readonly detail: string
  readonly notes: readonly MeasuredNote[]
}

export interface MeasuredNote {
  readonly tone: Note['tone']
  readonly lines: readonly string[]
}

/** The width a card would like to have. */
export function naturalWidth(card: Card): number {
  const { padding, indent } = CARD
  const wanted = [
    padding * 2 + textWidth(card.name, TEXT.name, 'bold') + (card.entry ? CARD.badge + 10 : 0),
    padding * 2 + textWidth(card.detail, TEXT.small),
    ...card.rows.flatMap((row) => [
      indent + textWidth(row.name, TEXT.row) + 18 + textWidth(row.detail, TEXT.small) + padding,
      ...row.notes.map(({ text }) => indent + textWidth(text, TEXT.small) + padding),
    ]),
  ]
  return Math.round(Math.min(WIDTH.most, Math.max(WIDTH.least, ...wanted)))
}

/** The card at a width. */
export function measureCard(card: Card, width: number): MeasuredCard {
  const { padding, header, badge } = CARD
  const inside = width - padding * 2
  const rows: MeasuredRow[] = []
  let top = header + (card.rows.length === 0 ? 0 : 6)
  for (const [index, row] of card.rows.entries()) {
    // A little air where tools end and handoffs begin.
    if (index > 0 && card.rows[index - 1]?.kind !== row.kind) top += 9
    const measured = measureRow(row, top, width)
    rows.push(measured)
    top += measured.height
  }
  return {
    card,
    height: top + (card.rows.length === 0 ? 0 : 6),
    name: fitted(card.name, TEXT.name, inside - (card.entry ? badge + 10 : 0), 'bold'),
    detail: fitted(card.detail, TEXT.small, inside),
    rows,
  }
}

function measureRow(row: Row, top: number, width: number): MeasuredRow {
  const inside = width - CARD.indent - CARD.padding
  const detail = fitted(row.detail, TEXT.small, inside / 2)
  const name = fitted(row.name, TEXT.row, inside - textWidth(detail, TEXT.small) - 12)
  const notes = row.notes.map(({ tone, text }) => ({
    tone,
    lines: wrapText(text, NOTE_LINES, (line) => textWidth(line, TEXT.small) <= inside),
  }))
  const lines = notes.reduce((sum, note) => sum + note.lines.length, 0)
  return { row, top, height: CARD.row + lines * CARD.note + (lines === 0 ? 0 : 4), name, detail, notes }
}

function fitted(text: string, size: number, width: number, weight: 'normal' | 'bold' = 'normal'): string {
  return fitText(text, (shown) => textWidth(shown, size, weight) <= width)
}
