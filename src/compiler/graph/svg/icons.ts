/** The little drawings in front of rows, in a square of 16 pixels. */
import type { Card, Note, Row } from './cards.ts'
import { element } from './elements.ts'

type Shape = Row['kind'] | 'ask' | 'deny'

const PATHS: Readonly<Record<Shape, string>> = {
  // A spanner, a stack of disks, an arrow, a padlock, and a barred circle.
  tool: 'M9.6 6.4 3.2 12.8M9.3 4.2a3 3 0 0 1 3.9-1.3L11.2 4.9l1.9 1.9 1.9-2A3 3 0 0 1 11 8.2a3 3 0 0 1-1.7-4z',
  mcp_server:
    'M2.8 4.2c0-1 2.3-1.7 5.2-1.7s5.2.7 5.2 1.7-2.3 1.7-5.2 1.7-5.2-.7-5.2-1.7zm0 0v7.6c0 1 2.3 1.7 5.2 1.7s5.2-.7 5.2-1.7V4.2M2.8 8c0 1 2.3 1.7 5.2 1.7s5.2-.7 5.2-1.7',
  handoff: 'M2.5 8h10.6M9.2 4 13.2 8l-4 4',
  ask: 'M5 7.2V5a3 3 0 0 1 6 0v2.2M3.6 7.2h8.8v6.3H3.6zM8 9.6v1.5',
  deny: 'M8 2.4a5.6 5.6 0 1 0 .01 0zM4.1 4.1l7.8 7.8',
}

/** The upper left corner is given. */
export function icon(shape: Shape, x: number, y: number): string {
  const tone = shape === 'ask' || shape === 'deny' ? ` ${shape}` : ''
  return element('path', { class: `icon${tone}`, transform: `translate(${x} ${y})`, d: PATHS[shape] })
}

/** A padlock where calls may ask, a barred circle where they are refused only. */
export function rowShape(row: Row): Shape {
  const tones = new Set(row.notes.map(({ tone }: Note) => tone))
  if (tones.has('ask')) return 'ask'
  return tones.has('deny') ? 'deny' : row.kind
}

/** Whether any row has this shape. */
export function hasShape(cards: readonly Card[], shape: Shape): boolean {
  return cards.some(({ rows }) => rows.some((row) => rowShape(row) === shape))
}
