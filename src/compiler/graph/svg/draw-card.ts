/** Draws a card: its frame, its header, and its rows. */
import { element, text } from './elements.ts'
import { icon, rowShape } from './icons.ts'
import type { PlacedCard } from './layout.ts'
import { CARD, TEXT } from './measure.ts'
import type { MeasuredRow } from './measure.ts'

const RADIUS = 8

/** The markup of a card at its place. */
export function drawCard(placed: PlacedCard): string {
  const { card, x, y, width, height } = placed
  return element('g', { class: card.entry ? 'entry' : undefined, transform: `translate(${x} ${y})` }, [
    element('rect', { class: 'card', width, height, rx: RADIUS }),
    drawHeader(placed),
    ...placed.rows.flatMap((row, index) => drawRow(row, width, separator(placed, index))),
    // Again, without a fill: the header must not cover the frame.
    element('rect', { class: 'frame card', width, height, rx: RADIUS }),
  ])
}

function drawHeader({ card, name, detail, width, height }: PlacedCard): string {
  const { padding, header, badge } = CARD
  const bottom = card.rows.length === 0 ? height : header
  const corner = card.rows.length === 0 ? RADIUS : 0
  const shape = `M0 ${RADIUS}a${RADIUS} ${RADIUS} 0 0 1 ${RADIUS} -${RADIUS}H${width - RADIUS}a${RADIUS} ${RADIUS} 0 0 1 ${RADIUS} ${RADIUS}V${bottom - corner}a${corner} ${corner} 0 0 1 -${corner} ${corner}H${corner}a${corner} ${corner} 0 0 1 -${corner} -${corner}z`
  const parts = [
    element('path', { class: 'header', d: shape }),
    element('text', { class: 'name', x: padding, y: 22, 'font-size': TEXT.name }, [
      ...tooltip(name, card.name),
      text(name),
    ]),
    element('text', { class: 'muted', x: padding, y: 39, 'font-size': TEXT.small }, [
      ...tooltip(detail, card.detail),
      text(detail),
    ]),
  ]
  if (card.rows.length > 0) {
    parts.push(element('line', { class: 'rule', x1: 0, y1: header, x2: width, y2: header }))
  }
  if (card.entry) {
    const left = width - padding - badge
    parts.push(
      element('rect', { class: 'pill', x: left, y: 10, width: badge, height: 17, rx: 8.5 }),
      element(
        'text',
        { class: 'badge', x: left + badge / 2, y: 22, 'font-size': 10, 'text-anchor': 'middle' },
        ['ENTRY'],
      ),
    )
  }
  return parts.join('')
}

/** The height of a line above a row, where another kind of rows begins. */
function separator({ rows }: PlacedCard, index: number): number | null {
  const [before, row] = [rows[index - 1], rows[index]]
  if (before === undefined || row === undefined || before.row.kind === row.row.kind) return null
  return (before.top + before.height + row.top) / 2
}

function drawRow(
  { row, top, name, detail, notes }: MeasuredRow,
  width: number,
  line: number | null,
): readonly string[] {
  const { padding, indent } = CARD
  const base = top + CARD.row / 2 + 4.5
  const parts =
    line === null
      ? []
      : [element('line', { class: 'rule', x1: padding, y1: line, x2: width - padding, y2: line })]
  parts.push(
    icon(rowShape(row), padding, top + CARD.row / 2 - 8),
    element('text', { class: 'row', x: indent, y: base }, [...tooltip(name, row.name), text(name)]),
    element(
      'text',
      { class: 'muted', x: width - padding, y: base, 'font-size': TEXT.small, 'text-anchor': 'end' },
      [text(detail)],
    ),
  )
  let y = top + CARD.row + 9
  for (const [index, { tone, lines }] of notes.entries()) {
    const full = tooltip(lines.join(' '), row.notes[index]?.text ?? '')
    for (const content of lines) {
      parts.push(
        element('text', { class: tone, x: indent, y, 'font-size': TEXT.small }, [...full, text(content)]),
      )
      y += CARD.note
    }
  }
  return parts
}

/** Shown by a browser when the pointer rests on a text that is cut. */
function tooltip(shown: string, full: string): readonly string[] {
  return shown === full ? [] : [element('title', {}, [text(full)])]
}
